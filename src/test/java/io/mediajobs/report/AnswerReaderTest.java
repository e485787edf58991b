package io.mediajobs.report;

import io.mediajobs.config.KnownSecrets;
import io.mediajobs.job.JobError;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The row "Answers" of the campaign: whatever a provider sends, it is read exactly or refused in a sentence, at little cost. */
@Timeout(20)
class AnswerReaderTest {

    private static Mapping copy;

    private final AnswerReader reader = new AnswerReader();

    @BeforeAll
    static void compile() throws MappingException {
        copy = Mapping.compile("copy.jq", "{status: .status, error, assets: (.assets // []), attributes: {it: .it}}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "~~ | the answer is empty",
            "~   \n ~ | the answer is empty",
            "<html><body>Bad gateway</body></html> | the answer is HTML or XML and not JSON (content type text/html)",
            "  <?xml version='1.0'?> | the answer is HTML or XML and not JSON (content type text/html)",
            "Service unavailable | the answer is not JSON (content type text/html) (line 1, column 8)",
            "[] | the answer is an array and not a JSON object",
            "[{\"status\":\"pending\"}] | the answer is an array and not a JSON object",
            "\"pending\" | the answer is a string and not a JSON object",
            "42 | the answer is a number and not a JSON object",
            "true | the answer is true or false and not a JSON object",
            "null | the answer is null and not a JSON object",
            "{\"status\":\"pending\" | the answer is cut off (line 1, column 20)",
            "{\"status\":\"pend | the answer is cut off (line 1, column 16)",
            "{\"status\":\"pending\"} {} | the answer goes on behind its JSON object (line 1, column 22)",
            "{\"status\":\"failed\",\"status\":\"completed\"} | the answer has a name twice in one object (line 1, column 28)",
            "{\"it\":{\"a\":1,\"a\":1}} | the answer has a name twice in one object (line 1, column 17)",
            "{\"it\":{\"a\\u0000\":1,\"a\\ud800\":1}} | the answer has a name twice in one object",
            "{\"it\":NaN} | the answer is not JSON (content type text/html) (line 1, column 10)",
            "{\"it\":Infinity} | the answer is not JSON (content type text/html) (line 1, column 15)",
            "{\"it\":1e999999} | the answer has a number that is too large",
            "{\"it\":-1e999999} | the answer has a number that is too large",
            "{'status':'pending'} | the answer is not JSON (content type text/html) (line 1, column 2)",
            "{\"status\":\"pending\",} | the answer is not JSON (content type text/html) (line 1, column 21)",
            "{\"status\":\"pending\"/* */} | the answer is not JSON (content type text/html) (line 1, column 20)",
            "{\"status\":\"a\tb\"} | the answer is not JSON (content type text/html) (line 1, column 13)",
    })
    void saysPlainlyWhyABodyIsNotAnAnswer(String body, String reason) {
        Answer answer = reader.read(200, "text/html", bytes(body), copy);
        assertThat(answer.report()).isNull();
        assertThat(answer.error().code()).isEqualTo(UnreadableAnswerException.UNREADABLE);
        assertThat(answer.error().message()).isEqualTo(reason);
    }

    @Test
    void noBodyAtAllIsUnreadable() {
        assertThat(reader.read(204, null, (byte[]) null, copy).error().message()).isEqualTo("the answer is empty");
    }

    @Test
    void aWrongContentTypeDoesNotMakeJsonUnreadable() {
        assertThat(reader.read(200, "text/plain", bytes("\uFEFF{\"status\":\"pending\"}"), copy).report().status()).isEqualTo(Status.PENDING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void tenThousandLevelsAreRefused(String level) {
        Answer answer = reader.read(200, "application/json", bytes("{\"it\":" + level.repeat(10_000)), copy);
        assertThat(answer.error().message()).startsWith("the answer is beyond the limits of 500 levels");
    }

    @Test
    void fourHundredNinetyLevelsAreReadAndShown() {
        Answer answer = reader.read(200, "application/json",
                bytes("{\"status\":\"pending\",\"it\":" + "[".repeat(490) + "]".repeat(490) + "}"), copy);
        assertThat(answer.fits()).isTrue();
        assertThat(answer.report().toJson().toString()).contains("[".repeat(490));
    }

    @Test
    void deepResultsDoNotOverflowTheStackOfAMapping() throws MappingException {
        Answer answer = reader.read(200, "application/json",
                bytes("{\"status\":\"completed\",\"result\":" + "[".repeat(490) + "\"https://s.example/a.png\"" + "]".repeat(490) + "}"),
                Fixtures.MAPPINGS.get("stories"));
        assertThat(answer.report().assets()).hasSize(1);
    }

    @Test
    void aHundredThousandDigitsAreRefused() {
        for (String number : List.of("9".repeat(100_000), "0." + "1".repeat(100_000), "1e" + "1".repeat(100_000))) {
            Answer answer = reader.read(200, "application/json", bytes("{\"it\":" + number + "}"), copy);
            assertThat(answer.error().message()).startsWith("the answer is beyond the limits of");
        }
    }

    @Test
    void aNumberOfAThousandDigitsIsKeptButIsNoWidth() throws MappingException {
        String digits = "7".repeat(1_000);
        assertThat(reader.read(200, null, bytes("{\"status\":\"pending\",\"it\":" + digits + "}"), copy).report().attributes().get("it"))
                .hasToString(digits);
        Answer width = reader.read(200, null, bytes("{\"status\":\"completed\",\"images\":[{\"url\":\"https://a.example/\",\"width\":" + digits + "}]}"),
                Fixtures.MAPPINGS.get("productai"));
        assertThat(width.error().code()).isEqualTo(Answer.UNFIT);
    }

    @Test
    void twoHundredMegabytesAreRefusedAfterTheCapInConstantMemory() throws IOException {
        Endless body = new Endless(200L * 1024 * 1024);
        Answer answer = new AnswerReader(1_000_000).read(200, "application/json", body, copy);
        assertThat(answer.error().code()).isEqualTo(UnreadableAnswerException.TOO_LARGE);
        assertThat(answer.error().message()).isEqualTo("the answer is larger than 1000000 bytes");
        assertThat(body.read).isLessThanOrEqualTo(1_000_001);
        assertThat(answer.excerpt()).hasSize(AnswerReader.LONGEST_EXCERPT);
        assertThat(new AnswerReader().read(200, "application/json", new Endless(200L * 1024 * 1024), copy).error().message())
                .isEqualTo("the answer is larger than 8388608 bytes");
    }

    @Test
    void aBodyOfExactlyTheCapIsRead() {
        byte[] body = bytes("{\"status\":\"pending\"}");
        assertThat(new AnswerReader(body.length).read(200, null, body, copy).fits()).isTrue();
        assertThat(new AnswerReader(body.length - 1).read(200, null, body, copy).fits()).isFalse();
    }

    @Test
    void millionsOfSmallValuesAreRefused() {
        Answer answer = reader.read(200, null, bytes("{\"it\":[" + "0,".repeat(3_000_000) + "0]}"), copy);
        assertThat(answer.error().message()).startsWith("the answer is beyond the limits of 500 levels, 500000 tokens");
    }

    @Test
    void whatJqCanMakeAndJsonCannotSayIsAbsent() throws MappingException {
        Mapping mapping = Mapping.compile("mine.jq", "{status, progress: nan, usage: {a: infinite, b: (\"1e999999\" | tonumber)}, attributes: {list: [nan, 1]}}");
        Report report = reader.read(200, null, bytes("{\"status\":\"pending\"}"), mapping).report();
        assertThat(report.progress()).isNull();
        assertThat(report.usage()).isEmpty();
        assertThat(report.toJson().toString()).isEqualTo("{\"status\":\"pending\",\"attributes\":{\"list\":[null,1]}}");
    }

    @Test
    void badUtf8IsRefused() throws IOException {
        for (int[] bad : new int[][] {{0xC3, 0x28}, {0xED, 0xA0, 0x80}, {0xC0, 0xAF}, {0xFF, 0xFE}, {0xF4, 0x90, 0x80, 0x80}}) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            body.write(bytes("{\"status\":\"pending\",\"it\":\""));
            for (int b : bad) {
                body.write(b);
            }
            body.write(bytes("\"}"));
            assertThat(reader.read(200, null, body.toByteArray(), copy).error().message()).isEqualTo("the answer is not UTF-8");
        }
        byte[] utf16 = "{\"status\":\"pending\"}".getBytes(StandardCharsets.UTF_16LE);
        assertThat(reader.read(200, null, utf16, copy).fits()).isFalse();
    }

    @Test
    void nulAndLoneSurrogatesBecomeReplacementCharacters() {
        Answer answer = reader.read(200, null, bytes("""
                {"status": "pending", "it": {"a\\u0000b": "x\\u0000y", "lone": "\\ud83d", "pair": "\\ud83d\\ude00", "low": "\\ude00\\ud83d"}}"""), copy);
        assertThat(answer.report().attributes().get("it")).isEqualTo(Map.of(
                "a\uFFFDb", "x\uFFFDy", "lone", "\uFFFD", "pair", "\uD83D\uDE00", "low", "\uFFFD\uFFFD"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"${env:HOME}", "{{env:HOME}}", "$simple{body}", "${body}", "#{7*7}", "%{HOME}"})
    void placeholdersStayLiteral(String placeholder) {
        Answer answer = reader.read(200, null, bytes("{\"status\":\"failed\",\"error\":{\"code\":\"" + placeholder + "\",\"message\":\"" + placeholder
                + "\"},\"assets\":[{\"role\":\"image\",\"url\":\"https://a.example/" + placeholder + "\"}],\"it\":\"" + placeholder + "\"}"), copy);
        assertThat(answer.report().error().code()).isEqualTo(placeholder);
        assertThat(answer.report().error().message()).isEqualTo(placeholder);
        assertThat(answer.report().assets().get(0).url()).isEqualTo("https://a.example/" + placeholder);
        assertThat(answer.report().attributes()).containsEntry("it", placeholder);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "{\"status\":null}", "{\"status\":1}", "{\"status\":[\"pending\"]}", "{\"status\":{}}", "{\"status\":\"\"}", "{\"status\":\"PENDING\"}",
            "{\"status\":\"failed\",\"error\":\"text\"}", "{\"status\":\"failed\",\"error\":[]}", "{\"status\":\"failed\",\"error\":{\"code\":5001}}",
            "{\"status\":\"failed\",\"error\":{\"other\":1}}",
            "{\"status\":\"completed\",\"assets\":{}}", "{\"status\":\"completed\",\"assets\":[\"https://a.example\"]}",
            "{\"status\":\"completed\",\"assets\":[null]}", "{\"status\":\"completed\",\"assets\":[{\"role\":\"image\"}]}",
            "{\"status\":\"completed\",\"assets\":[{\"role\":\"image\",\"url\":\"\"}]}",
            "{\"status\":\"completed\",\"assets\":[{\"role\":\"../x\",\"url\":\"https://a.example\"}]}",
            "{\"status\":\"completed\",\"assets\":[{\"role\":\"image\",\"url\":\"https://a.example\",\"width\":-1}]}",
            "{\"status\":\"completed\",\"assets\":[{\"role\":\"image\",\"url\":\"https://a.example\",\"width\":1.5}]}",
            "{\"status\":\"completed\",\"assets\":[{\"role\":\"image\",\"url\":\"https://a.example\",\"duration\":\"8s\"}]}",
            "{\"status\":\"completed\",\"assets\":[{\"role\":\"image\",\"url\":\"https://a.example\",\"auth\":\"mine\"}]}",
    })
    void whatDoesNotFitIsNeverGuessedAt(String body) {
        Answer answer = reader.read(200, "application/json", bytes(body), copy);
        assertThat(answer.report()).isNull();
        assertThat(answer.error().code()).isEqualTo(Answer.UNFIT);
        assertThat(answer.error().message()).startsWith("what copy.jq makes of the answer is not a report: ");
        assertThat(answer.excerpt()).isNotEmpty();
    }

    @Test
    void tenThousandAssetsFitAndOneMoreDoesNot() {
        String asset = "{\"role\":\"image\",\"url\":\"https://a.example/x?sig=S\"}";
        String head = "{\"status\":\"completed\",\"assets\":[" + (asset + ",").repeat(9_999) + asset;
        assertThat(reader.read(200, null, bytes(head + "]}"), copy).report().assets()).hasSize(10_000);
        assertThat(reader.read(200, null, bytes(head + "," + asset + "]}"), copy).fits()).isFalse();
    }

    @Test
    void aUrlOf64KiBFitsAndOneMoreCharacterDoesNot() {
        String url = "https://a.example/" + "x".repeat(65_536 - 18);
        String body = "{\"status\":\"completed\",\"assets\":[{\"role\":\"image\",\"url\":\"%s\"}]}";
        assertThat(reader.read(200, null, bytes(body.formatted(url)), copy).fits()).isTrue();
        assertThat(reader.read(200, null, bytes(body.formatted(url + "x")), copy).fits()).isFalse();
    }

    @Test
    void wholeNumbersMayBeWrittenAsDecimals() {
        Answer answer = reader.read(200, null, bytes(
                "{\"status\":\"completed\",\"assets\":[{\"role\":\"image\",\"url\":\"https://a.example\",\"width\":720.0,\"duration\":8.0}]}"), copy);
        assertThat(answer.report().assets().get(0).width()).isEqualTo(720);
        assertThat(answer.report().assets().get(0).duration()).hasToString("8");
    }

    @Test
    void anErrorAnswerKeepsItsStatusWhateverItsBody() {
        Endless large = new Endless(9_000_000);
        assertThat(failure(502, "<html>bad gateway https://u:p@h.example/x?sig=SECRET</html>")).isEqualTo("http-502 Bad Gateway");
        assertThat(failure(500, "")).isEqualTo("http-500 Internal Server Error");
        assertThat(failure(429, "[]")).isEqualTo("http-429 Too Many Requests");
        assertThat(failure(418, "{}")).isEqualTo("http-418 HTTP status 418");
        assertThat(failure(302, "{\"status\":\"completed\"}")).isEqualTo("http-302 Found");
        assertThat(failure(403, "{\"message\":\"No https://h.example/x?sig=SECRET for you\"}")).isEqualTo("http-403 No https://h.example/x for you");
        assertThat(failure(400, "{\"error\":{\"code\":\"bad\",\"message\":\"Bad id\",\"retryable\":false}}")).isEqualTo("bad Bad id");
        assertThat(failure(400, "{\"error\":7,\"message\":[]}")).isEqualTo("http-400 Bad Request");
        assertThat(reader.read(502, null, bytes("<p>https://u:p@h.example/x?sig=SECRET</p>"), copy).excerpt()).isEqualTo("<p>https://h.example/x</p>");
        try {
            assertThat(reader.read(503, null, large, copy).error().code()).isEqualTo("http-503");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aBodyThatBreaksOffIsAnExceptionForASuccessOnly() throws IOException {
        assertThatThrownBy(() -> reader.read(200, null, broken(), copy)).isInstanceOf(IOException.class).hasMessage("reset");
        assertThat(reader.read(401, null, broken(), copy).error().code()).isEqualTo("http-401");
    }

    @Test
    void aCompletedReportWithoutAssetsIsPassedOn() {
        Report report = reader.read(200, null, bytes("{\"status\":\"completed\"}"), copy).report();
        assertThat(report.status()).isEqualTo(Status.COMPLETED);
        assertThat(report.assets()).isEmpty();
    }

    @Test
    void longErrorMessagesAreCut() {
        Answer answer = reader.read(200, null, bytes("{\"status\":\"failed\",\"error\":{\"message\":\"" + "x".repeat(50_000) + "\"}}"), copy);
        assertThat(answer.report().error().message()).hasSize(4_000).endsWith("…");
    }

    /** A cut could leave half a secret, which nobody would know any more. */
    @Test
    void secretsAreTakenOutBeforeTextIsCut() throws MappingException {
        KnownSecrets.add("kanarie-known-secret");
        Mapping all = Mapping.compile("all.jq", ".");
        for (int longest : List.of(60, 200, 300, AnswerReader.LONGEST_EXCERPT, 4_000)) {
            for (int before = longest - 19; before < longest; before++) {
                String text = "x".repeat(before) + "kanarie-known-secret";
                assertThat(reader.read(200, null, bytes("{\"status\":\"" + text + "\"}"), all).toString()).doesNotContain("kanarie");
                assertThat(reader.read(200, null, bytes("{\"status\":\"pending\",\"" + text + "\":1}"), all).toString()).doesNotContain("kanarie");
                assertThat(reader.read(200, text, bytes(text), all).toString()).doesNotContain("kanarie");
                assertThat(reader.read(400, null, bytes("{\"error\":{\"code\":\"" + text + "\",\"message\":\"" + text + "\"}}"), all).toString()).doesNotContain("kanarie");
            }
        }
    }

    /** Whoever makes it. */
    @Test
    void nothingThatIsKeptOfAnAnswerHasASecret() {
        KnownSecrets.add("kanarie-known-secret");
        String said = "kanarie-known-secret of https://ann:kanarie-user@h.example/a?v=kanarie-query";
        Map<String, Object> map = Map.of(said, said, "list", List.of(said, Map.of(said, said)));
        JobError error = new JobError(said, said, null);
        ReportAsset asset = new ReportAsset("image", "https://ann:kanarie-user@h.example/a?v=kanarie-query", said, null, null, null, null);
        Report report = new Report(Status.COMPLETED, null, error, List.of(asset), Map.of(said, said), map, null, null, null, map);
        assertThat(report.toJson().toString()).contains("[redacted] of https://h.example/a").doesNotContain("kanarie");
        assertThat(report.toString()).doesNotContain("kanarie");
        assertThat(new Answer(400, null, error, map, said).toString()).contains("[redacted] of https://h.example/a").doesNotContain("kanarie");
    }

    private String failure(int status, String body) {
        Answer answer = reader.read(status, "application/json", bytes(body), copy);
        assertThat(answer.report()).isNull();
        assertThat(answer.isSuccess()).isFalse();
        assertThat(answer.toString()).doesNotContain("SECRET");
        return answer.error().code() + " " + answer.error().message();
    }

    private static byte[] bytes(String text) {
        return text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    }

    private static InputStream broken() {
        return new SequenceInputStream(new ByteArrayInputStream(bytes("{\"status\":")), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("reset");
            }
        });
    }

    /** A JSON string that goes on and on, made as it is read. */
    private static final class Endless extends InputStream {
        private final long length;
        private long read;

        Endless(long length) {
            this.length = length;
        }

        @Override
        public int read() {
            if (read >= length) {
                return -1;
            }
            return switch ((int) Math.min(read++, 2)) {
                case 0 -> '{';
                case 1 -> '"';
                default -> 'x';
            };
        }
    }
}
