package io.mediajobs.demo;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.mediajobs.demo.simulator.Assets;
import io.mediajobs.demo.simulator.Misbehaviour;
import io.mediajobs.demo.simulator.NotFoundStyle;
import io.mediajobs.demo.simulator.ProviderSimulator;
import io.mediajobs.demo.simulator.SimulatedJob;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The simulator answers what the providers' documentation prints: the same fields, types and values; of a URL, its file type. */
class ProviderDocsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final StandingClock clock = new StandingClock("2024-01-15T10:30:00Z");
    private ProviderSimulator simulator;

    @BeforeEach
    void start() {
        simulator = ProviderSimulator.builder().clock(clock).start();
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    @ParameterizedTest
    @CsvSource({
            "pictory-image,  in-progress, 4d82d040-4394-4371-867d-72ae1dd62b6d",
            "pictory-video,  in-progress, 4a09edf9-d071-4847-bda5-8dea913d80fe",
            "pictory-render, in-progress, 265a7c1a-4985-4058-9208-68114f131a2b",
            "stories,        pending,     0b8f7c52-1d0e-4f0a-9a51-3a6f0c2b7d11"})
    void queued(String provider, String fixture, String jobId) throws Exception {
        job(provider, jobId).completes();

        assertAnswer(200, provider, fixture, jobId);
    }

    @ParameterizedTest
    @CsvSource({
            "pictory-image,  in-progress,         4d82d040-4394-4371-867d-72ae1dd62b6d",
            "pictory-video,  in-progress,         4a09edf9-d071-4847-bda5-8dea913d80fe",
            "pictory-render, in-progress-running, 265a7c1a-4985-4058-9208-68114f131a2b",
            "productai,      processing,          job_abc123xyz",
            "stories,        processing,          0b8f7c52-1d0e-4f0a-9a51-3a6f0c2b7d11"})
    void processing(String provider, String fixture, String jobId) throws Exception {
        job(provider, jobId).completes();
        clock.pass(ofMillis(18_500));

        assertAnswer(200, provider, fixture, jobId);
    }

    @ParameterizedTest
    @CsvSource({
            "pictory-image,  4d82d040-4394-4371-867d-72ae1dd62b6d",
            "pictory-video,  4a09edf9-d071-4847-bda5-8dea913d80fe",
            "pictory-render, 265a7c1a-4985-4058-9208-68114f131a2b",
            "productai,      job_abc123xyz",
            "stories,        0b8f7c52-1d0e-4f0a-9a51-3a6f0c2b7d11"})
    void completed(String provider, String jobId) throws Exception {
        job(provider, jobId).completes();
        clock.pass(ofSeconds(60));

        assertAnswer(200, provider, "completed", jobId);
    }

    @ParameterizedTest
    @CsvSource({
            "pictory-image,  30, 5001, Image generation failed due to an internal error.,  4d82d040-4394-4371-867d-72ae1dd62b6d",
            "pictory-video,  30, 5001, Video generation failed due to an internal error.,  4a09edf9-d071-4847-bda5-8dea913d80fe",
            "pictory-render, 30, 5001, Video render failed due to an internal error.,      265a7c1a-4985-4058-9208-68114f131a2b",
            "productai,      10, generation_failed, Unable to process the input image,     job_abc123xyz",
            "stories, 30, content_rejected, The story asks for content that is not allowed., 0b8f7c52-1d0e-4f0a-9a51-3a6f0c2b7d11"})
    void failed(String provider, int seconds, String code, String message, String jobId) throws Exception {
        job(provider, jobId).processingFor(ofSeconds(seconds)).fails(code, message);
        clock.pass(ofSeconds(60));

        assertAnswer(200, provider, "failed", jobId);
    }

    @ParameterizedTest
    @CsvSource({
            "pictory-image,  4d82d040-4394-4371-867d-72ae1dd62b6d",
            "pictory-video,  4a09edf9-d071-4847-bda5-8dea913d80fe",
            "pictory-render, 265a7c1a-4985-4058-9208-68114f131a2b"})
    void unknownJobOfPictoryIsA200(String provider, String jobId) throws Exception {
        assertAnswer(200, provider, "not-found", jobId);
    }

    @Test
    void unknownJobOfPictoryCanBeA404() throws Exception {
        simulator.provider("pictory-image").tellsNotFoundAs(NotFoundStyle.STATUS_404);

        assertAnswer(404, "pictory-image", "not-found", "4d82d040-4394-4371-867d-72ae1dd62b6d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"productai", "stories"})
    void unknownJobOfTheOthersIsA404(String provider) throws Exception {
        assertThat(Client.poll(simulator, provider, "nobody").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pictory-image", "pictory-video", "pictory-render"})
    void pictoryTakesTheBareKeyOnly(String provider) throws Exception {
        job(provider, "j").completes();
        String url = simulator.statusUrl(provider, "j");
        String key = simulator.provider(provider).key();

        assertThat(key).startsWith("pictai_");
        assertThat(Client.get(url, "Authorization", key).statusCode()).isEqualTo(200);
        for (var refused : new HttpResponse<?>[] {
                Client.get(url), Client.get(url, "Authorization", "Bearer " + key), Client.get(url, "Authorization", "x")}) {
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(JSON.readTree((byte[]) refused.body())).isEqualTo(fixture(provider, "unauthorized"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"productai", "stories"})
    void theOthersTakeABearerOnly(String provider) throws Exception {
        job(provider, "j").completes();
        String url = simulator.statusUrl(provider, "j");
        String key = simulator.provider(provider).key();

        assertThat(Client.get(url, "Authorization", "Bearer " + key).statusCode()).isEqualTo(200);
        assertThat(Client.get(url, "Authorization", key).statusCode()).isEqualTo(401);
        assertThat(Client.get(url).statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 402, 403, 404, 409, 422, 429, 451, 500, 502, 503})
    void everyHttpErrorOfStoriesHasTheEnvelope(int status) throws Exception {
        job("stories", "j").completes().atPoll(1, Misbehaviour.status(status));

        HttpResponse<byte[]> answer = Client.poll(simulator, "stories", "j");

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(fieldNames(JSON.readTree(answer.body()))).isEqualTo(fieldNames(fixture("stories", "error")));
    }

    @Test
    void unauthorizedStory() throws Exception {
        HttpResponse<byte[]> answer = Client.get(simulator.statusUrl("stories", "j"));

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(JSON.readTree(answer.body())).isEqualTo(fixture("stories", "error"));
    }

    @Test
    void list() throws Exception {
        for (int i = 1; i < 156; i++) {
            job("productai", "older_" + i).completes(Assets.images(1));
        }
        job("productai", "job_abc123xyz").completes();
        clock.pass(ofSeconds(60));
        job("productai", "still_queued").completes();
        JsonNode documented = fixture("productai", "list");

        JsonNode page = listPage("?limit=10&status=completed");

        assertThat(page.path("jobs")).hasSize(10);
        assertThat(page.path("jobs").path(0)).isEqualTo(documented.path("jobs").path(0));
        for (String field : new String[] {"total", "limit", "offset", "has_more"}) {
            assertThat(page.path(field)).as(field).isEqualTo(documented.path(field));
        }
        assertThat(fieldNames(page)).isEqualTo(fieldNames(documented));
        assertThat(listPage("").path("limit").asInt()).isEqualTo(20);
        assertThat(listPage("").path("jobs").path(0).path("job_id").asText()).as("newest first").isEqualTo("still_queued");
        assertThat(listPage("?limit=500").path("jobs")).hasSize(100);
        JsonNode last = listPage("?limit=100&offset=100");
        assertThat(last.path("jobs")).hasSize(57);
        assertThat(last.path("has_more").asBoolean()).isFalse();
        assertThat(listPage("?status=pending").path("total").asInt()).isEqualTo(1);
    }

    @Test
    void webhook() throws Exception {
        SimulatedJob job = job("productai", "job_abc123xyz").completes(Assets.images(1));
        clock.pass(ofSeconds(60));

        assertThat(withoutHosts(JSON.readTree(simulator.webhook(job).body())))
                .isEqualTo(withoutHosts(fixture("productai", "webhook")));
        assertThat(simulator.webhook(job).signature()).matches("sha256=[0-9a-f]{64}");
    }

    private SimulatedJob job(String provider, String jobId) {
        return simulator.job(provider, jobId).queuedFor(ofSeconds(5)).processingFor(ofSeconds(30));
    }

    private JsonNode listPage(String query) throws Exception {
        return JSON.readTree(Client.get(simulator.url("productai") + "/v1/jobs" + query, "Authorization",
                simulator.provider("productai").authorization()).body());
    }

    private void assertAnswer(int status, String provider, String fixture, String jobId) throws Exception {
        HttpResponse<byte[]> answer = Client.poll(simulator, provider, jobId);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json; charset=utf-8");
        assertThat(withoutHosts(JSON.readTree(answer.body()))).isEqualTo(withoutHosts(fixture(provider, fixture)));
    }

    private static JsonNode fixture(String provider, String name) throws IOException {
        String path = "/provider-docs/" + provider + "/" + name + ".json";
        try (InputStream in = ProviderDocsTest.class.getResourceAsStream(path)) {
            assertThat(in).as(path).isNotNull();
            return JSON.readTree(in);
        }
    }

    private static List<String> fieldNames(JsonNode node) {
        return node.properties().stream().map(Map.Entry::getKey).toList();
    }

    /** Of every URL only that it is one, and the extension of its file. */
    private static JsonNode withoutHosts(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode copy = JSON.createObjectNode();
            object.properties().forEach(field -> copy.set(field.getKey(), withoutHosts(field.getValue())));
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = JSON.createArrayNode();
            array.forEach(each -> copy.add(withoutHosts(each)));
            return copy;
        }
        if (node.isTextual() && node.asText().matches("https?://.*")) {
            String path = node.asText().replaceAll("\\?.*", "");
            int dot = path.indexOf('.', path.lastIndexOf('/'));
            return TextNode.valueOf("URL" + (dot < 0 ? "" : path.substring(dot)));
        }
        return node;
    }
}
