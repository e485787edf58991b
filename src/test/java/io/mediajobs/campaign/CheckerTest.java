package io.mediajobs.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checker of the crash campaign sees each kind of loss: a small world without fault, and then one fault at a time. */
class CheckerTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BYTES = "the video";
    private static final CampaignJob VIDEO = new CampaignJob("stories", "v", null, "archived", JsonNodeFactory.instance.objectNode());
    private static final CampaignJob FAILED = new CampaignJob("stories", "f", null, "failed", JsonNodeFactory.instance.objectNode());

    @TempDir
    Path folder;
    private Path object;
    private Path manifest;
    private Path events;
    private String completed;
    private String failed;
    private JsonNode ledger;

    @BeforeEach
    void aWorldWithoutFault() throws Exception {
        String sha256 = sha256(BYTES);
        String asset = "{\"role\":\"video\",\"key\":\"stories/v/video.mp4\",\"bytes\":9,\"sha256\":\"" + sha256 + "\"}";
        object = write("bucket/stories/v/video.mp4", BYTES);
        manifest = write("bucket/stories/v/manifest.json", "{\"assets\":[" + asset + "]}");
        completed = event(VIDEO, ",\"data\":{\"manifest\":\"stories/v/manifest.json\",\"assets\":[" + asset + "]}");
        failed = event(FAILED, "");
        events = write("events.jsonl", completed + "\n" + failed + "\n");
        ledger = JSON.readTree("{\"unauthorized\":0,\"leakedKeys\":0,\"unknownJobs\":[],\"jobs\":[{\"provider\":\"stories\",\"jobId\":\"v\","
                + "\"polls\":[{\"at\":\"2026-01-01T00:00:00Z\"}],\"assets\":[{\"path\":\"/cdn/stories/v/video.mp4\",\"bytes\":9,\"sha256\":\"" + sha256
                + "\",\"downloads\":1}]},{\"provider\":\"stories\",\"jobId\":\"f\",\"polls\":[],\"assets\":[]}]}");
        sql("CREATE TABLE job (id INTEGER PRIMARY KEY, provider TEXT, job_id TEXT, state TEXT, attempt INTEGER, lease_token TEXT, next_poll_at BIGINT, manifest TEXT)",
                "CREATE TABLE asset (job BIGINT, attempt INTEGER)",
                "CREATE TABLE outbox (id INTEGER PRIMARY KEY, event_id TEXT, payload TEXT, published_at BIGINT, next_attempt_at BIGINT)",
                "INSERT INTO job (provider, job_id, state, attempt) VALUES ('stories', 'v', 'archived', 1), ('stories', 'f', 'failed', 1)",
                "INSERT INTO outbox (event_id, payload, published_at) VALUES ('" + VIDEO.event() + "', '" + completed + "', 1), ('" + FAILED.event() + "', '" + failed + "', 1)");
    }

    @Test
    void findsNothingWhereNothingIsWrong() throws Exception {
        write("events.jsonl", completed + "\n" + failed + "\n" + completed + "\n");
        assertThat(check()).as("the same event twice is allowed").isEmpty();
    }

    @Test
    void seesWhatIsWrongWithEvents() throws Exception {
        write("events.jsonl", completed + "\n");
        assertThat(check()).contains("an event is missing").contains("taken down as published and was not told");
        write("events.jsonl", completed + "\n" + failed + "\n" + completed.replace("video.mp4", "other.mp4") + "\n");
        assertThat(check()).contains("told twice with different words");
        write("events.jsonl", completed + "\n" + failed + completed + "\n");
        assertThat(check()).contains("not one JSON object");
        write("events.jsonl", completed + "\n" + failed + "\n" + failed.replace("/1/", "/2/") + "\n");
        assertThat(check()).contains("an event that should not be");
        write("events.jsonl", completed + "\n" + failed + "\n{\"id\":\"stories/1/mediajobs.provider.unavailable\",\"time\":\"2026-01-01T00:00:00Z\"}\n");
        assertThat(check()).contains("it was not told that a provider has recovered");
    }

    @Test
    void seesWhatIsWrongInTheBucket() throws Exception {
        Files.writeString(object, "the vidio");
        assertThat(check()).contains("an object is not what its manifest says");
        Files.delete(object);
        assertThat(check()).contains("an object of a manifest is missing");
        Files.writeString(object, BYTES);
        write("bucket/stories/f/image.png", "x");
        assertThat(check()).contains("an object that should not be");
        Files.delete(folder.resolve("bucket/stories/f/image.png"));
        write("bucket/.mpus-1-stories/1", "x");
        assertThat(check()).contains("an upload in parts was left open");
        Files.delete(manifest);
        assertThat(check()).contains("a manifest is missing");
        Files.writeString(manifest, "{\"assets\":[]}");
        assertThat(check()).contains("names other assets than the provider served").contains("written again with other bytes");
    }

    @Test
    void seesWhatIsWrongInTheStore() throws Exception {
        sql("UPDATE job SET lease_token = 'x' WHERE job_id = 'f'");
        assertThat(check()).contains("a finished job is still in work");
        sql("UPDATE job SET state = 'lost' WHERE job_id = 'f'");
        assertThat(check()).contains("a job has the wrong end");
        sql("DELETE FROM job WHERE job_id = 'f'");
        assertThat(check()).contains("a job that was answered is not in the store");
        sql("INSERT INTO job (provider, job_id, state, attempt) VALUES ('stories', 'x', 'archived', 1)");
        assertThat(check()).contains("a job that nobody registered");
        sql("UPDATE outbox SET published_at = NULL, next_attempt_at = 1");
        assertThat(check()).contains("the outbox is not empty");
    }

    @Test
    void seesWhatTheProviderWasAskedTooMuch() throws Exception {
        ledger = JSON.readTree(ledger.toString().replace("2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"));
        assertThat(check()).contains("asked for a job after its end");
    }

    @Test
    void seesWhetherProvidersWereAskedPolitely() throws Exception {
        String early = "{\"answered\":\"2026-01-01T00:00:00Z\",\"came\":\"2026-01-01T00:00:00.400Z\"}";
        arrivals(20, 10, early);
        assertThat(check()).as("what was under way").isEmpty();
        arrivals(21, 10, "");
        assertThat(check()).contains("asked faster than its rate");
        arrivals(20, 11, "");
        assertThat(check()).contains("by more at once");
        arrivals(20, 10, early.replace("00.400Z", "01.400Z"));
        assertThat(check()).contains("asked within its Retry-After: 1", "stories: 1400 ms");
        arrivals(20, 10, early.replace("T00:0", "T00:1").replace("00.400Z", "01.400Z"));
        assertThat(check()).as("the process that had heard of it was killed").isEmpty();
    }

    private void arrivals(int mostInASecond, int mostAtOnce, String early) {
        ((ObjectNode) ledger).putObject("arrivals").set("stories", read("{\"mostInASecond\":" + mostInASecond + ",\"mostAtOnce\":" + mostAtOnce
                + ",\"withinRetryAfter\":[" + early + "]}"));
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private String check() throws Exception {
        Findings findings = new Findings();
        new Checker(List.of(VIDEO, FAILED), ledger, new Bucket(folder.resolve("bucket")), List.of(events), StoreReader.sqlite(folder.resolve("jobs.db")),
                Map.of(VIDEO.name(), sha256("{\"assets\":[{\"role\":\"video\",\"key\":\"stories/v/video.mp4\",\"bytes\":9,\"sha256\":\"" + sha256(BYTES) + "\"}]}")),
                0, new Politeness(20, 10, List.of(Instant.parse("2026-01-01T00:10:00Z"))), findings).run();
        return findings.toString();
    }

    private static String event(CampaignJob job, String rest) {
        return "{\"id\":\"" + job.event() + "\",\"time\":\"2026-02-01T00:00:00Z\"" + rest + "}";
    }

    private Path write(String name, String text) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private void sql(String... statements) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("jobs.db")); var statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes()));
    }
}
