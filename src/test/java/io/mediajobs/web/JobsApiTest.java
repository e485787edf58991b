package io.mediajobs.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobError;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.store.ArchivedAsset;
import io.mediajobs.store.JobChange;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.NewAsset;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobsApiTest {

    @TempDir
    static Path folder;
    static RunningApi api;

    @BeforeAll
    static void start() throws Exception {
        api = new RunningApi(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        api.close();
    }

    static String encoded(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static void follow(String provider, String jobId) throws Exception {
        assertThat(api.post("/api/jobs", RunningApi.JSON.createObjectNode().put("provider", provider).put("jobId", jobId).toString()).status()).isEqualTo(201);
    }

    /** As a poller would: the one job that is due. */
    static Job claimed(String jobId) {
        return api.jobs.claim("stories", new JobStore.Terms(1_000, Duration.ofMinutes(5))).stream()
                .filter(job -> job.jobId().equals(jobId)).findFirst().orElseThrow();
    }

    static void problem(RunningApi.Answer answer, int status, String code) throws Exception {
        assertThat(answer.text()).contains("\"code\":\"" + code + "\"");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        JsonNode json = answer.json();
        assertThat(json.path("status").asInt()).isEqualTo(status);
        assertThat(json.path("type").asText()).isEqualTo("about:blank");
        assertThat(json.path("title").asText()).isNotEmpty();
        assertThat(json.path("detail").asText()).matches("(?s).+[.?]").doesNotContain("Exception");
    }

    @Test
    void aNewJobIs201AndAKnownOne200() throws Exception {
        var created = api.post("/api/jobs", "{\"provider\":\"stories\",\"jobId\":\"one\",\"deadline\":\"90m\",\"tags\":{\"order\":\"7\"}}");
        assertThat(created.status()).isEqualTo(201);
        JsonNode job = created.json();
        assertThat(job.path("state").asText()).isEqualTo("pending");
        assertThat(job.path("attempt").asInt()).isEqualTo(1);
        assertThat(job.path("polls").asInt()).isZero();
        assertThat(job.path("tags").path("order").asText()).isEqualTo("7");
        assertThat(Duration.between(Instant.parse(job.path("registeredAt").asText()), Instant.parse(job.path("deadlineAt").asText())))
                .isEqualTo(Duration.ofMinutes(90));
        assertThat(job.has("progress") || job.has("error")).isFalse();
        assertThat(api.post("/api/jobs", "{\"provider\":\"stories\",\"jobId\":\"one\"}").status()).isEqualTo(200);
        assertThat(api.get("/api/jobs/stories/one").json().path("timeline").path(0).path("what").asText()).isEqualTo("registered");
    }

    @Test
    void anArrayGetsAResultAnEntry() throws Exception {
        var answer = api.post("/api/jobs", "[{\"provider\":\"stories\",\"jobId\":\"array-1\"}, {\"provider\":\"storys\",\"jobId\":\"x\"},"
                + " 5, {\"provider\":\"stories\",\"jobId\":\"array-1\"}]");
        assertThat(answer.status()).isEqualTo(200);
        JsonNode results = answer.json().path("results");
        assertThat(results.findValuesAsText("status").get(0)).isEqualTo("201");
        assertThat(results.path(0).path("jobId").asText()).isEqualTo("array-1");
        assertThat(results.path(1).path("problem").path("code").asText()).isEqualTo("unknown-provider");
        assertThat(results.path(1).path("problem").path("detail").asText()).contains("did you mean stories?");
        assertThat(results.path(1).path("index").asInt()).isEqualTo(1);
        assertThat(results.path(2).path("status").asInt()).isEqualTo(400);
        assertThat(results.path(3).path("status").asInt()).isEqualTo(200);
        assertThat(api.post("/api/jobs", "[]").json().path("results").isEmpty()).isTrue();
    }

    @Test
    void tenThousandInOneArray() throws Exception {
        String entry = "{\"provider\":\"pictory-render\",\"jobId\":\"many-%d\"}";
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            entries.add(String.format(entry, i));
        }
        assertThat(api.post("/api/jobs", "[" + String.join(",", entries) + "]").json().path("results")).hasSize(10_000)
                .allMatch(result -> result.path("status").asInt() == 201);
        entries.add(String.format(entry, 10_000));
        problem(api.post("/api/jobs", "[" + String.join(",", entries) + "]"), 400, "too-many");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"provider":"stories","jobId":"x"        | unreadable       | line 1, column
            {"provider":"stories","jobId":"x"} {}    | unreadable       | line 1
            nonsense                                 | unreadable       | line 1
            "text"                                   | unreadable       | object
            {"provider":"stories","jobid":"x"}       | unknown-field    | did you mean jobId?
            {"provider":"storys","jobId":"x"}        | unknown-provider | did you mean stories?
            {"provider":"stories"}                   | invalid-job-id   | missing
            {"provider":"stories","jobId":""}        | invalid-job-id   | missing
            {"provider":"stories","jobId":7}         | invalid-job-id   | string
            {"jobId":"x"}                            | invalid-provider | missing
            {"provider":"stories","jobId":"x","deadline":"9"}        | invalid-deadline | unit
            {"provider":"stories","jobId":"x","tags":{"a":1}}        | invalid-tags | string
            {"provider":"stories","jobId":"x","jobId":"y"}           | unreadable | twice
            """)
    void whatCannotBeRegisteredIs400(String body, String code, String word) throws Exception {
        var answer = api.post("/api/jobs", body);
        problem(answer, 400, code);
        assertThat(answer.json().path("detail").asText()).contains(word);
    }

    @Test
    void bodiesOfTheWrongKind() throws Exception {
        problem(api.post("/api/jobs", ""), 400, "no-body");
        problem(api.post("/api/jobs"), 400, "no-body");
        problem(api.send(api.to("/api/jobs").header("Authorization", "Bearer " + RunningApi.TOKEN).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[] {'"', (byte) 0xff, '"'}))), 400, "unreadable");
        for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx")) {
            problem(api.send(api.to("/api/jobs").header("Authorization", "Bearer " + RunningApi.TOKEN).header("Content-Type", type)
                    .POST(HttpRequest.BodyPublishers.ofString("{}"))), 415, "unsupported-media-type");
        }
        problem(api.send(api.to("/api/jobs").header("Authorization", "Bearer " + RunningApi.TOKEN).header("Content-Type", "application/json")
                .header("Content-Encoding", "gzip").POST(HttpRequest.BodyPublishers.ofString("{}"))), 415, "encoded-body");
        problem(api.send(api.to("/api/jobs").header("Authorization", "Bearer " + RunningApi.TOKEN).header("Content-Type", "application/json; charset=UTF-16")
                .POST(HttpRequest.BodyPublishers.ofString("{}", StandardCharsets.UTF_16))), 415, "unsupported-charset");
        assertThat(Path.of("file-uploads")).doesNotExist();
    }

    @Test
    void aClientMayAskFirstWhetherItsBodyIsWanted() throws Exception {
        assertThat(api.send(api.to("/api/jobs").header("Authorization", "Bearer " + RunningApi.TOKEN).header("Content-Type", "application/json")
                .expectContinue(true).POST(HttpRequest.BodyPublishers.ofString("{\"provider\":\"stories\",\"jobId\":\"polite\"}"))).status()).isEqualTo(201);
    }

    @Test
    void aBodyOverTheLimitIs413() throws Exception {
        HttpRequest.BodyPublisher announced = HttpRequest.BodyPublishers.ofByteArray(new byte[17 * 1024 * 1024]);
        problem(api.send(api.to("/api/jobs").header("Authorization", "Bearer " + RunningApi.TOKEN).header("Content-Type", "application/json").POST(announced)),
                413, "body-too-large");
        // in chunks nobody says beforehand how long it is
        HttpRequest.BodyPublisher chunked = HttpRequest.BodyPublishers.fromPublisher(announced);
        problem(api.send(api.to("/api/jobs").header("Authorization", "Bearer " + RunningApi.TOKEN).header("Content-Type", "application/json").POST(chunked)),
                413, "body-too-large");
        String huge = api.rawStatus("POST /api/jobs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + RunningApi.TOKEN
                + "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: 1000000000000000\r\n\r\n");
        assertThat(huge).startsWith("HTTP/1.1 413");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a%2Fb", "100%", "with blank", "a+b", "ünï©ødé-日本-😀", "..", "a/../b", "../../etc/passwd", "x?y=z#f", "semi;colon", "a\\b",
            "check", "${env:PATH}", "{{http.token}}", "a//b", "%252e", "-", "a&b=c"})
    void aJobIdIsOpaqueOnItsWayInAndOut(String id) throws Exception {
        if (id.equals("..")) {
            problem(api.post("/api/jobs", "{\"provider\":\"stories\",\"jobId\":\"..\"}"), 400, "invalid-job-id");
            return;
        }
        follow("stories", id);
        String path = "/api/jobs/stories/" + encoded(id);
        assertThat(api.get(path).json().path("jobId").asText()).isEqualTo(id);
        assertThat(api.post(path + "/check").json().path("jobId").asText()).isEqualTo(id);
        assertThat(api.post(path + "/cancel").json().path("state").asText()).isEqualTo("cancelled");
        assertThat(api.post(path + "/retry").json().path("attempt").asInt()).isEqualTo(2);
        assertThat(api.get("/api/jobs?q=" + encoded(id)).json().path("jobs").findValuesAsText("jobId")).contains(id);
    }

    @Test
    void aQueryOrHeaderCannotTakeTheJobsPlace() throws Exception {
        follow("stories", "mine");
        problem(api.get("/api/jobs/stories/mine?jobId=other"), 400, "unknown-parameter");
        var answer = api.send(api.to("/api/jobs/stories/mine").header("Authorization", "Bearer " + RunningApi.TOKEN).header("jobId", "other")
                .header("provider", "other"));
        assertThat(answer.json().path("jobId").asText()).isEqualTo("mine");
    }

    @Test
    void unknownJobsAndProvidersAre404() throws Exception {
        problem(api.get("/api/jobs/stories/nobody"), 404, "unknown-job");
        for (String action : List.of("check", "retry", "cancel", "verify")) {
            problem(api.post("/api/jobs/stories/nobody/" + action), 404, "unknown-job");
        }
        var answer = api.get("/api/jobs/storis/nobody");
        problem(answer, 404, "unknown-provider");
        assertThat(answer.json().path("detail").asText()).contains("did you mean stories?");
    }

    @Test
    void aListComesInPagesNewestFirst() throws Exception {
        for (int i = 0; i < 5; i++) {
            follow("stories", "paged-" + i);
        }
        var first = api.get("/api/jobs?q=paged-&limit=2&provider=stories&state=pending").json();
        assertThat(first.path("jobs").findValuesAsText("jobId")).containsExactly("paged-4", "paged-3");
        var second = api.get("/api/jobs?q=paged-&limit=2&after=" + first.path("next").asText()).json();
        assertThat(second.path("jobs").findValuesAsText("jobId")).containsExactly("paged-2", "paged-1");
        var last = api.get("/api/jobs?q=paged-&limit=2&after=" + second.path("next").asText()).json();
        assertThat(last.path("jobs").findValuesAsText("jobId")).containsExactly("paged-0");
        assertThat(last.get("next").isNull()).isTrue();
        assertThat(api.get("/api/jobs?q=paged_").json().path("jobs")).as("wildcards of SQL are plain text").isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"limit=1e9,invalid-limit", "limit=1000000000,invalid-limit", "limit=0,invalid-limit", "limit=-1,invalid-limit", "limit=,invalid-limit",
            "after=x,invalid-cursor", "after=ajE,invalid-cursor", "after=MQ,invalid-cursor", "state=done,unknown-state", "state=PENDING,unknown-state",
            "provider=storis,unknown-provider", "lmit=3,unknown-parameter", "limit=1&limit=2,malformed-query", "q=%zz,malformed-path", "q=%ff,malformed-path"})
    void badQueriesAre400(String query, String code) throws Exception {
        if (query.equals("after=ajE")) {
            assertThat(api.get("/api/jobs?" + query).status()).isEqualTo(200);
        } else if (query.equals("q=%zz")) {
            assertThat(api.rawGet("/api/jobs?" + query, "Authorization: Bearer " + RunningApi.TOKEN)).startsWith("HTTP/1.1 400").contains(code);
        } else {
            problem(api.get("/api/jobs?" + query), 400, code);
        }
    }

    @Test
    void aSingleJobShowsItsAssetsReportAndError() throws Exception {
        follow("stories", "full");
        Job job = claimed("full");
        assertThat(api.jobs.saveAssets(List.of(new NewAsset(job, new ArchivedAsset(0, "video", "stories/full/video.mp4", 12, "ab", "video/mp4",
                "https://cdn.example/v.mp4", Map.of("width", 720, "duration", 8.5))))).lost()).isEmpty();
        api.jobs.apply(job, JobChange.to(JobState.BLOCKED).askNoMore().progress(45).polled().manifest("stories/full/manifest.json")
                .report("{\"status\":\"completed\"}").error(new JobError("5001", "No.", false)).note("blocked", "5001"), null);
        JsonNode json = api.get("/api/jobs/stories/full").json();
        assertThat(json.path("progress").asInt()).isEqualTo(45);
        assertThat(json.path("polls").asInt()).isEqualTo(1);
        assertThat(json.path("error").toString()).isEqualTo("{\"code\":\"5001\",\"message\":\"No.\",\"retryable\":false}");
        assertThat(json.path("assets").path(0).path("width").asInt()).isEqualTo(720);
        assertThat(json.path("assets").path(0).path("sha256").asText()).isEqualTo("ab");
        assertThat(json.path("manifest").asText()).isEqualTo("stories/full/manifest.json");
        assertThat(json.path("report").path("status").asText()).isEqualTo("completed");
        assertThat(json.has("nextPollAt")).isFalse();
        problem(api.post("/api/jobs/stories/full/check"), 409, "conflict");
        JsonNode cancelled = api.post("/api/jobs/stories/full/cancel").json();
        assertThat(cancelled.path("state").asText()).as("blocked jobs can be cancelled").isEqualTo("cancelled");
        assertThat(cancelled.has("error")).isFalse();
    }

    @Test
    void checkMakesAJobDueAndLeavesItsHolderTheLease() throws Exception {
        follow("stories", "checked");
        Job job = claimed("checked");
        Job later = api.jobs.apply(job, JobChange.to(JobState.PROCESSING).askAgainIn(Duration.ofHours(1)).keepLease(), null);
        assertThat(later.nextPollAt()).isAfter(Instant.now().plusSeconds(3000));
        JsonNode json = api.post("/api/jobs/stories/checked/check").json();
        assertThat(Instant.parse(json.path("nextPollAt").asText())).isBeforeOrEqualTo(Instant.now());
        assertThat(json.path("state").asText()).isEqualTo("processing");
        Job after = api.jobs.apply(later, JobChange.to(JobState.PROCESSING).progress(50).askAgainIn(Duration.ofHours(1)), null);
        assertThat(after.progress()).isEqualTo(50);
        assertThat(after.nextPollAt()).as("what its holder asked may have been answered before the call").isEqualTo(after.updatedAt());
    }

    @Test
    void cancelPublishesAnEventAndRetryOpensTheNextAttempt() throws Exception {
        follow("stories", "stop");
        problem(api.post("/api/jobs/stories/stop/retry"), 409, "conflict");
        assertThat(api.post("/api/jobs/stories/stop/cancel").status()).isEqualTo(200);
        problem(api.post("/api/jobs/stories/stop/cancel"), 409, "conflict");
        problem(api.post("/api/jobs/stories/stop/check"), 409, "conflict");
        JsonNode event = api.get("/api/events?limit=1000").json().path("events").findParents("id").stream()
                .filter(one -> one.path("subject").asText().equals("stories/stop") && one.has("position")).findFirst().orElseThrow();
        assertThat(event.path("id").asText()).isEqualTo("stories/stop/1/mediajobs.job.cancelled");
        assertThat(event.path("event").path("data").path("state").asText()).isEqualTo("cancelled");
        JsonNode again = api.post("/api/jobs/stories/stop/retry").json();
        assertThat(again.path("state").asText()).isEqualTo("pending");
        assertThat(again.path("attempt").asInt()).isEqualTo(2);
    }
}
