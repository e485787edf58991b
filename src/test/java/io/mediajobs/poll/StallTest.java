package io.mediajobs.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mediajobs.TestProgram;
import io.mediajobs.demo.simulator.SimulatedJob;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.store.JobFilter;
import io.mediajobs.store.OutboxEvent;
import io.mediajobs.store.TimelineEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that do not get on, from the shipped routes with a shorter patience. */
class StallTest {

    private static final String STALLED = "/1/mediajobs.job.stalled";

    @TempDir
    Path folder;
    private TestProgram program;

    @BeforeEach
    void start() throws Exception {
        Path routes = TestProgram.copyRoutes(folder.resolve("routes"));
        Path provider = routes.resolve("providers/productai.camel.yaml");
        Files.writeString(provider, Files.readString(provider).replace("        provider: productai\n", "        provider: productai\n        stalledAfter: 1s\n"));
        program = TestProgram.start(folder, Map.of("routes.folder", routes.toString(), "stall.at-least", "500ms", "provider.productai-list.enabled", "false",
                "events.stalled.uri", "mock:stalled"));
    }

    @AfterEach
    void stop() {
        program.close();
    }

    @Test
    void progressThatStandsStillIsToldOnceAndTheJobGoesOn() throws Exception {
        // half done, for ever
        SimulatedJob simulated = program.simulator.job("productai", "stuck").neverEnds();
        JobKey key = program.follow("productai", "stuck");
        await().atMost(Duration.ofSeconds(20)).until(() -> program.job(key).stalledSince() != null);
        assertThat(program.job(key).stalledSince()).isEqualTo(program.job(key).progressAt());
        assertThat(program.jobs.list(new JobFilter(null, null, null, true, null, 10))).extracting(job -> job.jobId()).containsExactly("stuck");
        await().atMost(Duration.ofSeconds(20)).until(() -> program.events().stream().anyMatch(event -> event.id().equals(key + STALLED) && event.publishedAt() != null));

        long polls = program.job(key).polls();
        await().atMost(Duration.ofSeconds(20)).until(() -> program.job(key).polls() >= polls + 3);
        assertThat(program.job(key).state()).isEqualTo(JobState.PROCESSING);
        assertThat(program.eventsOf(key.toString())).as("told once").containsExactly(key + STALLED);
        OutboxEvent event = program.events().stream().filter(each -> each.id().equals(key + STALLED)).findFirst().orElseThrow();
        JsonNode data = new ObjectMapper().readTree(event.payload()).path("data");
        assertThat(data.path("state").asText()).isEqualTo("processing");
        assertThat(data.path("error").path("code").asText()).isEqualTo("no-progress");
        assertThat(data.path("timings").path("stalledSince").asText()).isEqualTo(program.job(key).stalledSince().toString());

        // it moves, and then stands still again
        simulated.processingFor(Duration.ofHours(1)).completes();
        await().atMost(Duration.ofSeconds(20)).until(() -> program.job(key).stalledSince() == null);
        simulated.neverEnds();
        await().atMost(Duration.ofSeconds(20)).until(() -> program.job(key).stalledSince() != null);
        assertThat(program.eventsOf(key.toString())).as("once in an attempt").containsExactly(key + STALLED);
        assertThat(program.jobs.timeline(program.job(key))).extracting(TimelineEntry::what).containsExactly("registered", "processing", "stalled", "moving", "stalled");

        simulated.processingFor(Duration.ZERO).completes();
        await().atMost(Duration.ofSeconds(30)).until(() -> program.job(key).state() == JobState.ARCHIVED);
        assertThat(program.job(key).stalledSince()).isNull();
        assertThat(program.jobs.list(new JobFilter(null, null, null, true, null, 10))).isEmpty();
    }
}
