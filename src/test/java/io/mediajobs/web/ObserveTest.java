package io.mediajobs.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Health and metrics over HTTP, as probes and Prometheus see them. */
class ObserveTest {

    @TempDir
    static Path folder;
    static RunningApi api;

    @BeforeAll
    static void start() throws Exception {
        api = new RunningApi(folder);
        api.post("/api/jobs", "{\"provider\":\"stories\",\"jobId\":\"1\"}");
    }

    @AfterAll
    static void stop() throws Exception {
        api.close();
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.observePort + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode check(String text, String name) throws Exception {
        for (JsonNode check : RunningApi.JSON.readTree(text).path("checks")) {
            if (check.path("name").asText().equals(name)) {
                return check;
            }
        }
        throw new AssertionError("no check " + name + " in " + text);
    }

    @Test
    void readyNamesEveryCheckAndLiveOnlyTheProcess() throws Exception {
        HttpResponse<String> ready = get("/observe/health/ready");
        assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
        for (String name : new String[] {"job-store", "s3", "outbox", "providers", "routes"}) {
            assertThat(check(ready.body(), name).path("status").asText()).isEqualTo("UP");
        }
        HttpResponse<String> live = get("/observe/health/live");
        assertThat(live.statusCode()).isEqualTo(200);
        assertThat(live.body()).doesNotContain("job-store").doesNotContain("s3");
        assertThat(get("/observe/health").statusCode()).isEqualTo(200);
    }

    @Test
    void readyIsDownAndLiveUpWhereBucketOrStoreDoNotAnswer() throws Exception {
        api.bucket = () -> {
            throw new IllegalStateException("AccessDenied for https://s3.example/bucket?X-Amz-Signature=abc");
        };
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> get("/observe/health/ready").statusCode() == 503);
        HttpResponse<String> ready = get("/observe/health/ready");
        assertThat(check(ready.body(), "s3").path("status").asText()).isEqualTo("DOWN");
        assertThat(ready.body()).contains("AccessDenied").doesNotContain("X-Amz-Signature=abc");
        assertThat(get("/observe/health/live").statusCode()).isEqualTo(200);
        api.bucket = () -> { };
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> get("/observe/health/ready").statusCode() == 200);
    }

    @Test
    void aPausedProviderIsADetailAndAMetric() throws Exception {
        api.post("/api/providers/stories/pause");
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> get("/observe/health/ready").body().contains("stories (operator)"));
        assertThat(get("/observe/health/ready").statusCode()).isEqualTo(200);
        assertThat(get("/observe/metrics").body()).contains("mediajobs_provider_paused{provider=\"stories\",reason=\"operator\"} 1.0")
                .contains("mediajobs_jobs{provider=\"stories\",state=\"pending\"} 1.0").contains("mediajobs_due_jobs 1.0");
        api.post("/api/providers/stories/resume");
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !get("/observe/metrics").body().contains("mediajobs_provider_paused{"));
    }

    @Test
    void metricsHaveTheirNamesUnitsAndHelp() throws Exception {
        api.metrics.polled("stories", "completed", Duration.ofMillis(120));
        api.metrics.archived("stories", 1_048_576, Duration.ofSeconds(2));
        // one and the same answer: the counts are registered anew now and then, and one that comes just then is without them
        String metrics = Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> get("/observe/metrics").body(), body -> body.contains("mediajobs_jobs{"));
        assertThat(metrics).contains("mediajobs_polls_total{outcome=\"completed\",provider=\"stories\"} 1.0")
                .contains("mediajobs_poll_seconds_count{provider=\"stories\"} 1").contains("mediajobs_poll_seconds_bucket{provider=\"stories\",le=\"0.5\"} 1")
                .contains("mediajobs_archived_assets_total{provider=\"stories\"} 1.0").contains("mediajobs_archived_bytes_total{provider=\"stories\"} 1048576.0")
                .contains("mediajobs_archive_seconds_sum{provider=\"stories\"} 2.0").contains("mediajobs_outbox_waiting 0.0")
                .contains("mediajobs_outbox_oldest_seconds 0.0").contains("mediajobs_store_up 1.0");
        for (String name : new String[] {"jobs", "polls_total", "poll_seconds", "archived_assets_total", "archived_bytes_total", "archive_seconds",
            "outbox_waiting", "outbox_oldest_seconds", "due_jobs", "store_up"}) {
            assertThat(metrics).containsPattern("# HELP mediajobs_" + name + " [A-Z].+\\.");
        }
        assertThat(metrics).as("Camel's own").contains("routeId=\"list-jobs\"");
    }

    @Test
    void nothingElseIsOnThatPort() throws Exception {
        for (String path : new String[] {"/", "/api/jobs", "/q/dev", "/observe/info", "/application.properties", "/q/upload/x", "/q/send"}) {
            assertThat(get(path).statusCode()).as(path).isEqualTo(404);
        }
    }
}
