package io.mediajobs.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.job.JobKey;
import io.mediajobs.servers.PlainServer;
import io.mediajobs.store.Database;
import io.mediajobs.store.JobChange;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.NewEvent;
import io.mediajobs.store.NewJob;
import io.mediajobs.store.PausedRoutes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The route that publishes events, paused and edited while many of them wait. */
class PublishingRouteTest {

    @TempDir
    private Path folder;

    @Test
    void whatWasPausedBeforeTheStartBeginsNothing() throws Exception {
        Path inbox = Files.createDirectories(folder.resolve("inbox"));
        Path registrations = Files.writeString(inbox.resolve("jobs.jsonl"), "{\"provider\":\"stories\",\"jobId\":\"two\"}\n");
        Files.setLastModifiedTime(registrations, java.nio.file.attribute.FileTime.fromMillis(0));
        try (Database database = Database.open(Files.createDirectories(folder.resolve("data")).resolve("jobs.db"))) {
            JobStore jobs = new JobStore(database, (provider, what, incident, error) -> null);
            for (int i = 0; i < 300; i++) {
                tell(jobs, "job-" + i, 0);
            }
            jobs.register(List.of(new NewJob(new JobKey("stories", "one"), Map.of(), Duration.ofHours(1), Duration.ZERO)));
            PausedRoutes paused = new PausedRoutes(database);
            List.of("publish-events", "stories", "inbox", "productai-list").forEach(paused::add);
        }
        try (EditedProgram program = EditedProgram.of(folder, Map.of("inbox.folder", inbox.toString(), "inbox.poll-millis", "100",
                "events.tick-millis", "50")).start()) {
            program.running.simulator.job("stories", "one").neverEnds();
            program.running.simulator.job("productai", "three").neverEnds();
            program.running.follow("productai", "three");
            EditedProgram.await("another provider is asked several times", () -> program.running.simulator.ledger().pollCount("productai", "three") > 3);
            // an edit starts the paused routes anew
            for (String file : List.of("publish-events.camel.yaml", "providers/stories.camel.yaml", "kamelets/due-jobs.kamelet.yaml")) {
                String version = program.version();
                program.save(file, program.read(file) + "# edited\n");
                program.awaitTaken(version);
            }
            int asked = program.running.simulator.ledger().pollCount("productai", "three");
            EditedProgram.await("it is asked again", () -> program.running.simulator.ledger().pollCount("productai", "three") > asked + 3);
            assertThat(lines()).as("events that were sent").isEmpty();
            assertThat(program.running.simulator.ledger().pollCount("stories", "one")).as("polls of a paused provider").isZero();
            assertThat(registrations).exists();

            program.call("resume", "publish-events");
            program.call("resume", "stories");
            program.call("resume", "inbox");
            EditedProgram.await("all events are sent", () -> lines().stream().filter(line -> line.startsWith("job-")).distinct().count() == 300);
            EditedProgram.await("the provider is asked", () -> program.running.simulator.ledger().pollCount("stories", "one") > 0);
            EditedProgram.await("the file is taken", () -> !Files.exists(registrations));
        }
    }

    @Test
    void anEditWhileManyEventsWaitSendsEachOnceAndInOrder() throws Exception {
        List<String> sent = new CopyOnWriteArrayList<>();
        List<String> expected = new ArrayList<>();
        try (Database database = Database.open(Files.createDirectories(folder.resolve("data")).resolve("jobs.db"))) {
            JobStore jobs = new JobStore(database, (provider, what, incident, error) -> null);
            for (int number = 0; number < 2; number++) {
                for (int job = 0; job < 100; job++) {
                    tell(jobs, "job-" + job, number);
                    expected.add("job-" + job + "/" + number);
                }
            }
        }
        try (PlainServer destination = new PlainServer((request, answer) -> {
            sent.add(new String(request.body().readAllBytes(), StandardCharsets.UTF_8));
            answer.send(200, "");
        })) {
            // all that is handed out at once takes longer than the hold, half of which is what a loop sends
            destination.delay(100);
            EditedProgram program = EditedProgram.of(folder, Map.of("events.uri", destination.address().toString(), "events.hold", "4s", "events.tick-millis", "50"));
            try (EditedProgram running = program.start()) {
                String version = running.version();
                // Quartz lets a job of the same name wait until the former one is through
                running.replace("publish-events.camel.yaml", "uri: quartz:publish-events", "uri: quartz:publish-again");
                running.awaitTaken(version);
                assertThat(sent.size()).as("the edit came while events waited").isLessThan(150);
                version = running.version();
                running.save("application.properties", running.read("application.properties") + "events.batch=90\n");
                running.awaitTaken(version);
                EditedProgram.await("all is sent", () -> running.running.events().stream().allMatch(event -> event.publishedAt() != null));
            }
        }
        assertThat(sent).containsExactlyInAnyOrderElementsOf(expected);
        for (int job = 0; job < 100; job++) {
            assertThat(sent.indexOf("job-" + job + "/0")).isLessThan(sent.indexOf("job-" + job + "/1"));
        }
    }

    private List<String> lines() {
        Path file = folder.resolve("data/events/events.jsonl");
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void tell(JobStore jobs, String jobId, int number) {
        JobKey key = new JobKey("nobody", jobId);
        jobs.register(List.of(new NewJob(key, Map.of(), Duration.ofHours(1), Duration.ofHours(1))));
        String id = jobId + "/" + number;
        jobs.override(key, job -> JobChange.to(null).event(new NewEvent(id, "mediajobs.job.completed." + number, key.toString(), id)));
    }
}
