package io.mediajobs.report;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(20)
class MappingTest {

    private static final JsonNode ANSWER = Fixtures.json("{\"status\":\"pending\",\"n\":3}".getBytes());

    @ParameterizedTest
    @ValueSource(strings = {"{status: .status", "}", "def f: ; .", "{a: \"", ". |", "import \"a\" as a; .", "include \"a\"; .", "  \n ", "# only a comment",
            "{status: lenght}", "{status: $nothing}", "{a: env}", "{a: $ENV}", "{a: env.PATH}"})
    void refusesWhatIsNotAUsableProgram(String source) {
        assertThatThrownBy(() -> Mapping.compile("mine.jq", source))
                .isInstanceOf(MappingException.class).hasMessageStartingWith("mine.jq");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "empty | mine.jq yields nothing for this answer",
            "{}, {} | mine.jq: the program yields more than one value",
            "range(1e12) | mine.jq: the program yields more than one value",
            "[.] | mine.jq yields an array and not an object",
            ".status | mine.jq yields a string and not an object",
            "null | mine.jq yields null and not an object",
            "error(\"no https://h.example/?sig=S\") | mine.jq: no https://h.example/",
            "def f: f, f; f | mine.jq: the program recurses too deeply for this answer",
    })
    void yieldsExactlyOneObjectOrSaysWhatElse(String source, String message) throws MappingException {
        Mapping mapping = Mapping.compile("mine.jq", source);
        assertThatThrownBy(() -> mapping.apply(ANSWER)).isInstanceOf(MappingException.class).hasMessage(message);
    }

    @Test
    void aSyntaxErrorHasItsPlace() {
        assertThatThrownBy(() -> Mapping.compile("mine.jq", "{\n  status: .status,,\n}"))
                .hasMessageMatching("mine.jq is not a jq program: Encountered .* at line 2, column 19\\.");
        assertThatThrownBy(() -> Mapping.compile("mine.jq", "{a: lenght}")).hasMessage("mine.jq: Function lenght/0 does not exist");
        assertThatThrownBy(() -> Mapping.compile("mine.jq", "include \"a\"; .")).hasMessage("mine.jq: modules are not available in a mapping");
    }

    @Test
    void doesNotChangeTheAnswer() throws MappingException {
        JsonNode before = ANSWER.deepCopy();
        Mapping.compile("mine.jq", ".status = \"failed\" | del(.n)").apply(ANSWER);
        assertThat(ANSWER).isEqualTo(before);
    }

    @Test
    void oneMappingServesManyThreads() throws Exception {
        Mapping mapping = Fixtures.MAPPINGS.get("stories.jq");
        JsonNode answer = Fixtures.json(Fixtures.bytes(Fixtures.ROUTES.resolve("stories.samples/completed.json")));
        JsonNode expected = mapping.apply(answer);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<JsonNode>> results = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                results.add(threads.submit(() -> mapping.apply(answer)));
            }
            for (Future<JsonNode> result : results) {
                assertThat(result.get()).isEqualTo(expected);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** The reason for the parentheses in our mappings. If this fails, jackson-jq is mended and the note in Mapping can go. */
    @Test
    void andAndOrBindAlikeUnlikeInTheJqProgram() throws MappingException {
        assertThat(Mapping.compile("mine.jq", "{a: (true or false and false)}").apply(ANSWER).get("a").booleanValue()).isFalse();
    }
}
