package io.mediajobs.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mediajobs.TestProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way of a job through the whole program, from a line in a file to a line in a file. */
class InboxToEventTest {

    @TempDir
    Path folder;

    @Test
    void aLineInTheInboxBecomesALineInTheEvents() throws Exception {
        Path events = folder.resolve("data/events/events.jsonl");
        try (TestProgram program = TestProgram.start(folder, Map.of("inbox.initial-millis", "0", "inbox.poll-millis", "100"))) {
            program.simulator.job("pictory-video", "a/b 1").queuedFor(Duration.ZERO).processingFor(Duration.ZERO).fails("5001", "No.");
            Files.writeString(folder.resolve("data/inbox/new.csv"), "provider,jobId,tag.order\npictory-video,a/b 1,7\npictory-vidoe,c,8\n");
            await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(events) && Files.size(events) > 0);
        }
        List<String> lines = Files.readAllLines(events);
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).contains("\"id\":\"pictory-video/a/b 1/1/mediajobs.job.failed\"").contains("\"tags\":{\"order\":\"7\"}");
        assertThat(folder.resolve("data/inbox/done/new.csv")).exists();
        assertThat(folder.resolve("data/inbox/rejected/new.csv.reasons")).content()
                .isEqualTo("line 3: There is no provider 'pictory-vidoe'; did you mean pictory-video?\n");
    }

    @Test
    void jobsOfTheAccountAreFoundWhenDiscoveryIsOn() {
        try (TestProgram program = TestProgram.start(folder, Map.of("provider.productai.discover-every", "200ms"))) {
            for (int i = 0; i < 130; i++) {
                program.simulator.job("productai", "job_" + i).queuedFor(Duration.ZERO).processingFor(Duration.ZERO).fails("moderated", "No.");
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> program.events().size() == 130);
            assertThat(program.events()).allMatch(event -> event.type().equals("mediajobs.job.failed"));
        }
    }
}
