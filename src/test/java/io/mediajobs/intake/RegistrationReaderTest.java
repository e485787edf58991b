package io.mediajobs.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistrationReaderTest {

    private final RegistrationReader reader = new RegistrationReader();

    @Test
    void readsAllFields() throws Exception {
        assertThat(reader.read("{\"provider\":\"stories\",\"jobId\":\"7\",\"deadline\":\"2h\",\"tags\":{\"a\":\"b\"}}"))
                .isEqualTo(new Registration("stories", "7", "2h", Map.of("a", "b")));
        assertThat(reader.read("{\"provider\":\"stories\",\"jobId\":\"7\",\"deadline\":null,\"tags\":null}"))
                .isEqualTo(new Registration("stories", "7", null, Map.of()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', nullValues = "null", textBlock = """
            {"provider":"p","job_id":"7"}           | unknown-field    | job_id   | A registration has no field 'job_id'; did you mean jobId?
            {"provider":"p","jobId":"7","x":1}      | unknown-field    | x        | A registration has no field 'x'; it has provider, jobId, deadline, tags.
            {"provider":"p","jobId":7}              | invalid-job-id   | jobId    | The field jobId must be a string.
            {"provider":["p"],"jobId":"7"}          | invalid-provider | provider | The field provider must be a string.
            {"provider":"p","jobId":"7","deadline":7200} | invalid-deadline | deadline | The field deadline must be a string.
            {"provider":"p","jobId":"7","tags":[]}  | invalid-tags     | tags     | The field tags must be an object of strings.
            {"provider":"p","jobId":"7","tags":{"a":1}} | invalid-tags | tags     | The value of the tag 'a' must be a string.
            {"provider":"p","provider":"q"}         | unreadable       | null     | This is not JSON: a name stands twice in one object in line 1, column 27.
            {"provider":"p"} {}                     | unreadable       | null     | This is not JSON: something follows behind it in line 1, column 18.
            {"provider":"p"                         | unreadable       | null     | This is not JSON: it is cut off in line 1, column 16.
            provider=p                              | unreadable       | null     | This is not JSON: a syntax error in line 1, column 9.
            7                                       | unreadable       | null     | A registration is a JSON object such as {"provider": "…", "jobId": "…"}.
            ~~                                      | unreadable       | null     | There is no JSON.
            """)
    void refusesWhatItDoesNotKnow(String json, String code, String field, String sentence) {
        RefusedException refused = catchThrowableOfType(RefusedException.class, () -> reader.read(json));
        assertThat(refused.refused()).isEqualTo(new Result.Refused(code, sentence, field));
    }

    @Test
    void deepAndLongThingsAreRefusedWithoutTheirText() {
        for (String json : new String[] {"[".repeat(100_000), "{\"" + "n".repeat(2_000) + "\":1}", "1".repeat(5_000), "{\"provider\":sk_secret}"}) {
            RefusedException refused = catchThrowableOfType(RefusedException.class, () -> reader.read(json));
            assertThat(refused.refused().code()).isEqualTo("unreadable");
            assertThat(refused.getMessage()).hasSizeLessThan(150).doesNotContain("sk_secret");
        }
    }
}
