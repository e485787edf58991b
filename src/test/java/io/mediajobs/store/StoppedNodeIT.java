package io.mediajobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mediajobs.events.JobEvents;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobError;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that is stopped for longer than its lease and then wakes up, as a process of its own: SIGSTOP, SIGCONT. */
class StoppedNodeIT {

    private static final Duration LEASE = Duration.ofSeconds(2);

    /** The other process: claims the job, waits to be told, and then writes an outcome it has decided on long ago. */
    public static final class Node {

        private Node() {
        }

        public static void main(String[] arguments) throws IOException {
            StoreSettings settings = new StoreSettings(arguments[0], "postgres", PostgresServer.PASSWORD, 4, Duration.ofSeconds(5));
            JobEvents events = new JobEvents("/test", Clock.systemUTC());
            try (Database database = Database.open(settings)) {
                JobStore jobs = new JobStore(database, events, LEASE);
                Job job = jobs.claim("p", new JobStore.Terms(1, LEASE)).get(0);
                System.out.println("claimed");
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
                try {
                    jobs.apply(job, JobChange.to(JobState.FAILED).askNoMore()
                            .event(events.ended(job, JobState.FAILED, new JobError("stale", "long ago", null), null)), null);
                    System.out.println("written");
                } catch (LeaseLostException e) {
                    System.out.println("fenced");
                }
            }
        }
    }

    @Test
    void wakesUpAndCannotWrite(@TempDir Path folder) throws Exception {
        try (PostgresServer server = PostgresServer.start(folder)) {
            StoreSettings settings = server.newDatabase();
            try (Database database = Database.open(settings)) {
                JobStore jobs = new JobStore(database, new JobEvents("/test", Clock.systemUTC()));
                JobKey key = new JobKey("p", "1");
                jobs.register(List.of(new NewJob(key, Map.of(), Duration.ofHours(1), Duration.ZERO)));
                Process node = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), Node.class.getName(), settings.url())
                        .redirectError(folder.resolve("node.log").toFile()).start();
                try {
                    BufferedReader words = node.inputReader(StandardCharsets.UTF_8);
                    assertThat(words.readLine()).isEqualTo("claimed");
                    signal(node, "STOP");
                    JobStore.Terms terms = new JobStore.Terms(1, Duration.ofMinutes(1));
                    assertThat(jobs.claim("p", terms)).as("its lease still runs").isEmpty();
                    Job mine = await().atMost(Duration.ofSeconds(10)).until(() -> jobs.claim("p", terms), claimed -> claimed.size() == 1).get(0);
                    signal(node, "CONT");
                    node.outputWriter(StandardCharsets.UTF_8).append("go\n").flush();
                    assertThat(words.readLine()).isEqualTo("fenced");
                    assertThat(jobs.find(key).orElseThrow().state()).isEqualTo(JobState.PENDING);
                    assertThat(new Outbox(database).list(0, 10)).isEmpty();
                    assertThat(jobs.apply(mine, JobChange.to(JobState.PROCESSING), null).state()).isEqualTo(JobState.PROCESSING);
                    assertThat(node.waitFor(20, TimeUnit.SECONDS)).isTrue();
                } finally {
                    node.destroyForcibly();
                }
            }
        }
    }

    private static void signal(Process process, String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor()).isZero();
    }
}
