package io.mediajobs.web;

import static io.mediajobs.web.JobsApiTest.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mediajobs.store.ListRounds;
import io.mediajobs.store.Pace;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Providers, routes, events, and what every call has in common. */
class OtherCallsTest {

    @TempDir
    static Path folder;
    static RunningApi api;

    @BeforeAll
    static void start() throws Exception {
        api = new RunningApi(folder);
        for (String id : new String[] {"a", "b/c"}) {
            api.post("/api/jobs", "{\"provider\":\"stories\",\"jobId\":\"" + id + "\"}");
            api.post("/api/jobs/stories/" + id.replace("/", "%2F") + "/cancel");
        }
    }

    @AfterAll
    static void stop() throws Exception {
        api.close();
    }

    private static JsonNode provider(String name) throws Exception {
        for (JsonNode provider : api.get("/api/providers").json().path("providers")) {
            if (provider.path("name").asText().equals(name)) {
                return provider;
            }
        }
        throw new AssertionError("no provider " + name);
    }

    @Test
    void aListThatRestsIsShownWithItsReasonUntilSomebodyResumesIt() throws Exception {
        assertThat(provider("pictory-render").has("list")).isFalse();
        assertThat(provider("stories").path("list").toString()).isEqualTo("{\"atLeast\":10,\"every\":7.5,\"discoverEvery\":60.0}");
        ListRounds.Terms terms = new ListRounds.Terms(new ListRounds.Use(10, Duration.ZERO, false), 1, Duration.ZERO, 1, Pace.FREE, Duration.ofMinutes(1));
        ListRounds lists = new ListRounds(api.database, api.jobs);
        lists.failed(lists.begin("stories", terms).orElseThrow(), null, "http-404: No such list", Duration.ofHours(1), Duration.ofHours(1));
        JsonNode list = provider("stories").path("list");
        assertThat(list.path("lastError").asText()).isEqualTo("http-404: No such list");
        assertThat(Instant.parse(list.path("restsUntil").asText())).isAfter(Instant.now().plus(Duration.ofMinutes(50)));
        api.post("/api/providers/stories/resume");
        assertThat(provider("stories").path("list").has("restsUntil")).isFalse();
    }

    @Test
    void providersShowTheirRateAndPause() throws Exception {
        JsonNode render = provider("pictory-render");
        assertThat(render.path("every").asDouble()).isEqualTo(15);
        assertThat(render.path("deadline").asDouble()).isEqualTo(7200);
        assertThat(render.path("rate").asDouble()).isEqualTo(5);
        assertThat(render.path("running").asBoolean()).isTrue();
        assertThat(render.path("paused").asBoolean()).isFalse();
        assertThat(provider("stories").has("rate")).as("no limit is absent").isFalse();

        JsonNode paused = api.post("/api/providers/stories/pause").json();
        assertThat(paused.path("paused").asBoolean()).isTrue();
        assertThat(paused.path("pauseReason").asText()).isEqualTo("operator");
        assertThat(provider("stories").path("paused").asBoolean()).isTrue();
        assertThat(api.post("/api/providers/stories/resume").json().path("paused").asBoolean()).isFalse();

        var unknown = api.post("/api/providers/storie/pause");
        problem(unknown, 404, "unknown-provider");
        assertThat(unknown.json().path("detail").asText()).contains("did you mean stories?");
    }

    @Test
    void routesShowTheirFileAndVersion() throws Exception {
        JsonNode routes = api.get("/api/routes").json().path("routes");
        assertThat(routes).hasSize(17);
        JsonNode route = routes.path(0);
        assertThat(route.path("file").asText()).isEqualTo("http-api/cancel-job.camel.yaml");
        assertThat(route.path("id").asText()).isEqualTo("cancel-job");
        assertThat(route.path("state").asText()).isEqualTo("started");
        assertThat(route.path("version").asText()).matches("[0-9a-f]{12}");
        assertThat(Instant.parse(route.path("loadedAt").asText())).isBefore(Instant.now().plusSeconds(1));
        assertThat(route.get("lastRejected").isNull()).isTrue();
    }

    @Test
    void eventsAreListedAndSentAgain() throws Exception {
        JsonNode events = api.get("/api/events").json();
        assertThat(events.path("events")).hasSize(2);
        JsonNode first = api.get("/api/events?limit=1").json();
        assertThat(first.path("events").path(0).path("id").asText()).isEqualTo("stories/a/1/mediajobs.job.cancelled");
        assertThat(first.path("events").path(0).has("publishedAt")).isFalse();
        JsonNode second = api.get("/api/events?after=" + first.path("next").asText()).json();
        assertThat(second.path("events").path(0).path("id").asText()).isEqualTo("stories/b/c/1/mediajobs.job.cancelled");
        assertThat(second.get("next").isNull()).isTrue();

        api.outbox.published(api.outbox.list(0, 1).get(0));
        assertThat(api.outbox.list(0, 1).get(0).publishedAt()).isNotNull();
        assertThat(api.post("/api/events/stories%2Fa%2F1%2Fmediajobs.job.cancelled/republish").status()).isEqualTo(200);
        assertThat(api.outbox.list(0, 1).get(0).publishedAt()).isNull();

        api.outbox.park(api.outbox.list(0, 1).get(0), "too large");
        JsonNode parked = api.get("/api/events?parked=true").json();
        assertThat(parked.path("events")).hasSize(1);
        assertThat(parked.path("events").path(0).path("lastError").asText()).isEqualTo("too large");
        assertThat(parked.path("events").path(0).has("parkedAt")).isTrue();
        assertThat(api.post("/api/events/stories%2Fa%2F1%2Fmediajobs.job.cancelled/republish").status()).isEqualTo(200);
        assertThat(api.get("/api/events?parked=true").json().path("events")).isEmpty();

        problem(api.get("/api/events?parked=yes"), 400, "invalid-parked");
        problem(api.post("/api/events/stories%2Fnone%2F1%2Fx/republish"), 404, "unknown-event");
        problem(api.get("/api/events?after=-1"), 400, "invalid-cursor");
        problem(api.get("/api/events?after=1e3"), 400, "invalid-cursor");
        problem(api.get("/api/events?limit=1e9"), 400, "invalid-limit");
    }

    @Test
    void unknownPathsAre404AndWrongMethods405() throws Exception {
        for (String path : new String[] {"/api", "/api/nothing", "/api/jobs/stories", "/api/jobs/stories/a/b/c", "/API/jobs", "/index.html", "/favicon.ico",
            "/api/jobs/stories/b/c", "/application.properties", "/observe/health"}) {
            problem(api.get(path), 404, "unknown-path");
        }
        var wrong = api.send(api.to("/api/jobs").header("Authorization", "Bearer " + RunningApi.TOKEN).DELETE());
        problem(wrong, 405, "method-not-allowed");
        assertThat(wrong.header("Allow")).isEqualTo("GET, POST");
        var get = api.get("/api/jobs/stories/b%2Fc/check");
        problem(get, 405, "method-not-allowed");
        assertThat(get.header("Allow")).isEqualTo("POST");
        assertThat(api.send(api.to("/api/jobs/stories/a").header("Authorization", "Bearer " + RunningApi.TOKEN)
                .method("PATCH", HttpRequest.BodyPublishers.noBody())).header("Allow")).isEqualTo("GET");
    }

    @Test
    void aStoreThatDoesNotAnswerIs503() throws Exception {
        try (RunningApi broken = new RunningApi(folder.resolve("broken"))) {
            broken.database.write(handle -> handle.execute("DROP TABLE job"));
            var answer = broken.get("/api/jobs");
            problem(answer, 503, "store-unavailable");
            assertThat(answer.text()).doesNotContain("SELECT");
        }
    }

    @Test
    void nothingOfTheRequestComesBackAsAHeader() throws Exception {
        var answer = api.send(api.to("/api/providers").header("Authorization", "Bearer " + RunningApi.TOKEN).header("X-Mine", "1").header("Cookie", "a=b"));
        assertThat(answer.response().headers().map().keySet()).containsExactlyInAnyOrder("cache-control", "content-length", "content-security-policy",
                "content-type", "cross-origin-opener-policy", "cross-origin-resource-policy", "referrer-policy", "x-content-type-options");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    }
}
