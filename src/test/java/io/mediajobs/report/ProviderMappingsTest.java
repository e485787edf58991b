package io.mediajobs.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The shipped mappings on every saved answer: the reports beside them, nothing lost, and the same as the jq program says. */
class ProviderMappingsTest {

    /** Set it to write the expectations anew, then read the difference: -Dreport.fixtures.write=true */
    private static final boolean WRITE = Boolean.getBoolean("report.fixtures.write");

    static List<Sample> answers() {
        return Fixtures.all();
    }

    static List<Sample> documented() {
        return Fixtures.all().stream().filter(Fixtures::isOfTheDocument).toList();
    }

    /** The printed examples, and answers made of the tables of fields where a document prints no example. */
    static List<Sample> documentedFields() {
        Set<String> ofTables = Set.of("pictory-render/completed", "pictory-render/running", "pictory-render/failed", "pictory-render/invalid-job-id",
                "productai/pending", "stories/pending", "stories/processing", "stories/completed", "stories/failed", "stories/http-402-payment-required");
        return Fixtures.all().stream().filter(answer -> Fixtures.isOfTheDocument(answer) || ofTables.contains(answer.mapping() + "/" + answer.name())).toList();
    }

    @ParameterizedTest
    @MethodSource("answers")
    void makesTheReportBesideTheAnswer(Sample answer) throws Exception {
        JsonNode actual = answer.outcome(Fixtures.mapping(answer));
        if (WRITE) {
            Files.writeString(answer.expected(), Fixtures.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(actual) + "\n");
        }
        assertThat(actual).isEqualTo(Fixtures.json(Fixtures.bytes(answer.expected())));
        assertThat(actual.toString()).doesNotContain("SECRET");
    }

    @Test
    void everyDocumentedExampleIsThere() {
        assertThat(documented()).hasSize(15);
    }

    /**
     * Every value of a documented example is replaced by one that occurs nowhere else, and must then show up in what we make
     * of it. Only these do not, as their meaning is in the status.
     */
    private static final Map<String, String> TOLD_BY_THE_STATUS = Map.of(
            "/success", "true, false and the status must agree",
            "/data/status", "Pictory's word for it",
            "/status", "ProductAI's word for it; in a list it is text and does show up");

    @ParameterizedTest
    @MethodSource("documentedFields")
    void losesNoValueOfTheDocumentedExamples(Sample answer) throws Exception {
        JsonNode original = Fixtures.json(Fixtures.bytes(answer.file()));
        List<String> lost = new ArrayList<>();
        for (String leaf : leaves("", original)) {
            JsonNode value = original.at(leaf);
            boolean notFound = leaf.equals("/data/error_message") && value.asText().equals("JOB_NOT_FOUND");
            if (value.isNull() || TOLD_BY_THE_STATUS.containsKey(leaf)) {
                continue;
            }
            JsonNode unique = notFound ? value : unique(leaf, value);
            ObjectNode changed = original.deepCopy();
            replace(changed, leaf, unique);
            String expected = leaf.equals("/data/duration") ? "37" : unique.asText();
            byte[] body = changed.toString().getBytes(StandardCharsets.UTF_8);
            JsonNode outcome = answer.outcome(Fixtures.mapping(answer), body);
            if (texts(outcome).noneMatch(expected::equals)) {
                lost.add(leaf + " = " + unique);
            }
        }
        assertThat(lost).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("answers")
    void saysTheSameAsTheJqProgram(Sample answer, @TempDir Path folder) throws Exception {
        Path mapping = Fixtures.ROUTES.resolve(answer.mapping() + ".jq");
        Path out = folder.resolve("out.json");
        int exit = jq(mapping, answer.file(), out);
        assumeTrue(exit != 127, "no jq program here");
        JsonNode ours;
        try {
            ours = Fixtures.mapping(answer).apply(Fixtures.json(Fixtures.bytes(answer.file())));
        } catch (MappingException e) {
            assertThat(exit).as("jq succeeds where we say: " + e.getMessage()).isNotZero();
            return;
        }
        assertThat(exit).isZero();
        assertThat(comparable(ours)).isEqualTo(comparable(Fixtures.json(Fixtures.bytes(out))));
    }

    @Test
    void aWebhooksBodyIsAnotherShapeButStillNoMoreThanAReport() throws Exception {
        // the document's webhook example: it has a status and images, so it would read as a report; it has no way into the reader
        Mapping mapping = Fixtures.MAPPINGS.get("productai.jq");
        Answer answer = new AnswerReader().read(200, "application/json", """
                {"event": "job.completed", "job_id": "job_abc123xyz", "status": "completed",
                 "images": [{"url": "https://cdn.productai.photo/generated/img_001.jpg", "width": 1024, "height": 1024}],
                 "tokens_used": 5, "completed_at": "2024-01-15T10:30:35Z"}""".getBytes(StandardCharsets.UTF_8), mapping);
        assertThat(answer.report().assets()).hasSize(1);
        assertThat(answer.report().attributes()).doesNotContainKey("event");
    }

    @Test
    void signedUrlsAreWholeInMemoryOnly() throws Exception {
        byte[] body = Fixtures.bytes(Fixtures.ROUTES.resolve("pictory-render.samples/completed-signed.json"));
        Report report = new AnswerReader().read(200, "application/json", body, Fixtures.MAPPINGS.get("pictory-render")).report();
        assertThat(report.assets().get(0).url()).isEqualTo("https://d1.example.cloudfront.net/r/v.mp4?Expires=1&Signature=SECRET&Key-Pair-Id=K1");
        assertThat(report.toString()).doesNotContain("SECRET");
        assertThat(report.toJson().toString()).doesNotContain("SECRET").contains("https://d1.example.cloudfront.net/r/v.mp4\"");
        assertThat(report.links()).containsEntry("share", "https://video.pictory.ai/v/1");
    }

    @Test
    void howASampleDiffersIsToldWithoutSecrets() throws Exception {
        JsonNode expected = new ObjectMapper().readTree("{\"url\":\"https://s.example/a?sig=SECRET\"}");
        JsonNode actual = new ObjectMapper().readTree("{\"url\":\"https://ann:SECRET@s.example/" + "a".repeat(100) + "?sig=SECRET\"}");
        assertThat(Sample.difference(expected, actual)).startsWith("url is ").contains("and should be \"https://s.example/a").doesNotContain("SECRET");
    }

    @Test
    void tenThousandImagesAtAnyDepthAreFoundInReasonableTime() throws Exception {
        StringBuilder body = new StringBuilder("{\"status\":\"completed\",\"result\":{\"scenes\":[");
        for (int i = 0; i < 10_000; i++) {
            body.append(i == 0 ? "" : ",").append("{\"image\":{\"url\":\"https://s.example/").append(i).append("?sig=SECRET\"}}");
        }
        long start = System.nanoTime();
        Answer answer = new AnswerReader().read(200, "application/json",
                body.append("]}}").toString().getBytes(StandardCharsets.UTF_8), Fixtures.MAPPINGS.get("stories"));
        assertThat(answer.report().assets()).hasSize(10_000);
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
    }

    @Test
    void theCostliestResultTakesSecondsAndNotMinutes() throws Exception {
        String many = "\"http://a/\",".repeat(480_000);
        String body = "{\"status\":\"completed\",\"result\":[" + many + "0]}";
        long start = System.nanoTime();
        Answer answer = new AnswerReader().read(200, "application/json", body.getBytes(StandardCharsets.UTF_8), Fixtures.MAPPINGS.get("stories"));
        assertThat(answer.error().message()).isEqualTo("stories.jq: result has more than 20000 URLs");
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(30));
    }

    private static int jq(Path mapping, Path input, Path output) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder("jq", "-f", mapping.toString(), input.toString())
                    .redirectOutput(output.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return 127;
        }
        return process.waitFor();
    }

    /** jq writes 8.0 and 8 alike. */
    private static Object comparable(JsonNode node) {
        return PlainJson.toMap(normal(node));
    }

    private static JsonNode normal(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode copy = object.objectNode();
            object.properties().forEach(field -> copy.set(field.getKey(), normal(field.getValue())));
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = array.arrayNode();
            array.forEach(element -> copy.add(normal(element)));
            return copy;
        }
        return node.isNumber() ? PlainJson.number(node.decimalValue()) : node;
    }

    private static List<String> leaves(String at, JsonNode node) {
        List<String> leaves = new ArrayList<>();
        if (node.isObject()) {
            node.properties().forEach(field -> leaves.addAll(leaves(at + "/" + field.getKey(), field.getValue())));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                leaves.addAll(leaves(at + "/" + i, node.get(i)));
            }
        } else {
            leaves.add(at);
        }
        return leaves;
    }

    private static JsonNode unique(String leaf, JsonNode value) {
        ObjectNode nodes = Fixtures.JSON.createObjectNode();
        if (value.isBoolean()) {
            return value;
        }
        if (value.isNumber()) {
            // what must stay a per cent
            return nodes.numberNode(leaf.endsWith("/scenes_completed") ? 0 : leaf.toLowerCase(Locale.ROOT).endsWith("progress") ? 73 : 7919);
        }
        String text = value.textValue();
        if (leaf.equals("/data/duration")) {
            return nodes.textNode("37s");
        }
        if (text.matches("\\d{4}-\\d\\d-\\d\\dT.*")) {
            return nodes.textNode("2031-07-09T11:13:17Z");
        }
        return nodes.textNode(text.startsWith("https://") ? "https://unique.example/7919.bin" : "unique-7919");
    }

    private static void replace(JsonNode root, String leaf, JsonNode value) {
        int slash = leaf.lastIndexOf('/');
        JsonNode parent = root.at(leaf.substring(0, slash));
        String name = leaf.substring(slash + 1);
        if (parent instanceof ObjectNode object) {
            object.set(name, value);
        } else {
            ((ArrayNode) parent).set(Integer.parseInt(name), value);
        }
    }

    private static Stream<String> texts(JsonNode node) {
        return leaves("", node).stream().map(leaf -> node.at(leaf).asText());
    }
}
