package io.mediajobs.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mediajobs.demo.simulator.ProviderSimulator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Another process can order jobs and read the ledger over HTTP. */
class ControlEndpointTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ProviderSimulator simulator;

    @BeforeEach
    void start() {
        simulator = ProviderSimulator.start();
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void ordersJobsAndReadsTheLedger() throws Exception {
        HttpResponse<byte[]> ordered = send("POST", "/simulator/jobs", """
                [{"provider": "pictory-video", "jobId": "v", "assets": [
                   {"role": "video", "bytes": 5000000, "seed": 7},
                   {"role": "thumbnail", "width": 64, "height": 48, "faults": [{"from": 1, "kind": "status", "status": 500}]}]},
                 {"provider": "productai", "jobId": "p", "queuedFor": "1h", "processingFor": "90s",
                  "faults": [{"from": 1, "to": 2, "kind": "throttled", "retryAfter": "2s"}]},
                 {"provider": "stories", "jobId": "s", "end": "failed", "error": {"code": "c", "message": "m"}}]""");
        assertThat(ordered.statusCode()).isEqualTo(201);

        JsonNode video = JSON.readTree(Client.poll(simulator, "pictory-video", "v").body()).path("data");
        byte[] bytes = Client.get(video.path("url").asText()).body();
        assertThat(Client.get(video.path("thumbnailImageUrl").asText()).statusCode()).isEqualTo(500);
        assertThat(Client.poll(simulator, "productai", "p").statusCode()).isEqualTo(429);
        assertThat(Client.poll(simulator, "stories", "nobody").statusCode()).isEqualTo(404);

        assertThat(bytes).hasSize(5_000_000);
        JsonNode ledger = JSON.readTree(Client.get(simulator.url() + "/simulator/ledger").body());
        assertThat(ledger.path("polls").asInt()).isEqualTo(3);
        assertThat(ledger.path("leakedKeys").asInt()).isZero();
        JsonNode job = ledger.path("jobs").path(0);
        assertThat(job.path("jobId").asText()).isEqualTo("v");
        assertThat(job.path("polls").path(0).path("status").asInt()).isEqualTo(200);
        assertThat(job.path("assets").path(0).path("bytes").asLong()).isEqualTo(5_000_000);
        assertThat(job.path("assets").path(0).path("sha256").asText())
                .isEqualTo(ledger.path("downloads").path(0).path("sha256").asText());
        assertThat(ledger.path("unknownJobs").path(0).path("jobId").asText()).isEqualTo("nobody");
        JsonNode jobs = JSON.readTree(Client.get(simulator.url() + "/simulator/jobs").body()).path("jobs");
        assertThat(jobs).extracting(each -> each.path("phase").asText()).containsExactly("completed", "pending", "failed");
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "{", "{}", "{\"provider\": \"nobody\", \"jobId\": \"j\"}", "{\"provider\": \"productai\"}",
            "{\"provider\": \"productai\", \"jobId\": \"j\", \"queuedFor\": \"soon\"}",
            "{\"provider\": \"productai\", \"jobId\": \"j\", \"end\": \"maybe\"}",
            "{\"provider\": \"productai\", \"jobId\": \"j\", \"faults\": [{\"kind\": \"sulk\"}]}"})
    void refusesWhatItDoesNotUnderstand(String order) throws Exception {
        HttpResponse<byte[]> answer = send("POST", "/simulator/jobs", order);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(answer.body()).path("message").asText()).isNotEmpty();
        assertThat(simulator.jobs()).isEmpty();
    }

    @Test
    void takesAProviderDown() throws Exception {
        simulator.job("productai", "p");

        send("PUT", "/simulator/outage/productai", "{\"kind\": \"status\", \"status\": 502}");
        assertThat(Client.poll(simulator, "productai", "p").statusCode()).isEqualTo(502);
        send("DELETE", "/simulator/outage/productai", "");
        assertThat(Client.poll(simulator, "productai", "p").statusCode()).isEqualTo(200);
    }

    private HttpResponse<byte[]> send(String method, String path, String body) throws Exception {
        return Client.send(Client.request(simulator.url() + path)
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
    }
}
