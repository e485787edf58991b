package io.mediajobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.management.OperatingSystemMXBean;
import io.mediajobs.demo.simulator.Asset;
import io.mediajobs.demo.simulator.Assets;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.store.PostgresServer;
import io.mediajobs.store.StoreSettings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * The whole program under load while its database goes away: it waits without burning the processor, says so once, is alive and not
 * ready, and afterwards all jobs come home with one event each. The long outage takes {@code -Doutage.seconds}, 15 by default.
 */
class DatabaseOutageIT {

    private static final List<String> PROVIDERS = List.of("pictory-image", "pictory-video", "pictory-render", "productai", "stories");

    private static final String HOOK_TOKEN = "a-token-that-nobody-guesses";

    @TempDir
    Path folder;
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private PostgresServer server;
    private TestProgram program;
    private int observePort;
    private int port;

    @BeforeEach
    void start() throws IOException {
        log.start();
        ((Logger) LoggerFactory.getLogger("ROOT")).addAppender(log);
        server = PostgresServer.start(folder);
        StoreSettings store = server.newDatabase();
        try (ServerSocket free = new ServerSocket(0); ServerSocket other = new ServerSocket(0)) {
            observePort = free.getLocalPort();
            port = other.getLocalPort();
        }
        Map<String, String> settings = new HashMap<>(Map.of("store.url", store.url(), "store.user", store.user(), "store.password", store.password(),
                "store.statement-timeout", "4s", "poll.lease", "10s", "events.hold", "2s", "observe.port", String.valueOf(observePort), "http.port", String.valueOf(port), "provider.pictory.hook-token", HOOK_TOKEN));
        program = TestProgram.start(folder, settings);
    }

    @AfterEach
    void stop() {
        ((Logger) LoggerFactory.getLogger("ROOT")).detachAppender(log);
        try {
            program.close();
        } finally {
            server.close();
        }
    }

    private List<JobKey> load(int jobsEach, Duration longest) {
        List<JobKey> keys = new ArrayList<>();
        for (String provider : PROVIDERS) {
            for (int i = 0; i < jobsEach; i++) {
                String id = provider + "-" + i + "-" + longest.toMillis();
                program.simulator.job(provider, id).processingFor(longest.multipliedBy(i + 1).dividedBy(jobsEach))
                        .completes(provider.equals("productai") ? Assets.images(1, 64, 64) : Assets.usual(provider).toArray(new Asset[0]));
                keys.add(program.follow(provider, id));
            }
        }
        return keys;
    }

    private void allComeHome(List<JobKey> keys) {
        await().atMost(Duration.ofMinutes(4)).pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(keys.stream().map(program::job).filter(job -> job.state() != JobState.ARCHIVED).map(Job::toString))
                        .as(() -> "jobs that are not home at " + Instant.now() + "; warnings: " + told(Level.WARN)).isEmpty());
        await().atMost(Duration.ofSeconds(30)).until(() -> program.events().stream().filter(event -> event.subject().indexOf('/') > 0)
                .allMatch(event -> event.publishedAt() != null));
        for (JobKey key : keys) {
            assertThat(program.eventsOf(key.toString())).containsExactly(key + "/1/mediajobs.job.completed");
        }
    }

    private int health(String part) {
        try {
            return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + observePort + "/observe/health/" + part)).timeout(Duration.ofSeconds(30)).build(),
                    HttpResponse.BodyHandlers.ofString()).statusCode();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A genuine webhook for a job that nobody follows. */
    private HttpResponse<String> webhook() {
        try {
            return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/hooks/pictory-video/" + HOOK_TOKEN)).timeout(Duration.ofSeconds(30))
                    .POST(HttpRequest.BodyPublishers.ofString("{\"job_id\":\"of-the-outage\"}")).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> told(Level level) {
        return List.copyOf(log.list).stream().filter(event -> event.getLevel().isGreaterOrEqual(level)).map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static Duration processor() {
        return Duration.ofNanos(((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime());
    }

    /** Processor time of each Java thread so far, by number: without the compiler, which still works on what the load before has run. */
    private static Map<Long, Duration> byThread() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Map<Long, Duration> used = new HashMap<>();
        for (long thread : threads.getAllThreadIds()) {
            used.put(thread, Duration.ofNanos(Math.max(0, threads.getThreadCpuTime(thread))));
        }
        return used;
    }

    private static Duration usedSince(Map<Long, Duration> before) {
        return byThread().entrySet().stream().map(thread -> thread.getValue().minus(before.getOrDefault(thread.getKey(), Duration.ZERO)))
                .reduce(Duration.ZERO, Duration::plus);
    }

    private void outage(Duration length) {
        List<JobKey> keys = load(20, length.plusSeconds(6));
        await().atMost(Duration.ofSeconds(60)).until(() -> keys.stream().anyMatch(key -> program.job(key).state() != JobState.PENDING));
        assertThat(health("ready")).isEqualTo(200);
        int warned = told(Level.WARN).size();
        server.stop();
        long begin = System.nanoTime();
        await().atMost(Duration.ofSeconds(30)).until(() -> health("ready") == 503);
        HttpResponse<String> refused = webhook();
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        Duration processorBefore = processor();
        Map<Long, Duration> threadsBefore = byThread();
        long settled = System.nanoTime();
        await().atMost(length.plusSeconds(60)).pollInterval(Duration.ofMillis(500)).until(() -> {
            assertThat(health("live")).isEqualTo(200);
            return System.nanoTime() - begin > length.toNanos();
        });
        double elapsed = System.nanoTime() - settled;
        double share = usedSince(threadsBefore).toNanos() / elapsed;
        System.out.printf("Database away for %d s with 100 jobs: %.1f%% of one processor in its threads, %.1f%% with the compiler (product, simulator and S3 server together)%n",
                length.toSeconds(), share * 100, processor().minus(processorBefore).toNanos() / elapsed * 100);
        server.start();
        await().atMost(Duration.ofSeconds(60)).until(() -> health("ready") == 200);
        long back = System.nanoTime();
        await().atMost(Duration.ofSeconds(60)).until(() -> webhook().statusCode() == 202);
        allComeHome(keys);
        System.out.printf("all %d jobs home %.1f s after the database was back%n", keys.size(), (System.nanoTime() - back) / 1e9);
        List<String> warnings = told(Level.WARN).subList(warned, told(Level.WARN).size());
        System.out.println("warnings: " + warnings);
        assertThat(warnings.stream().filter(warning -> warning.startsWith("The job store does not answer")).count()).as("told once").isBetween(1L, 2L);
        assertThat(warnings).hasSizeLessThan(10);
        assertThat(told(Level.INFO)).anyMatch(line -> line.startsWith("The job store answers again, after "));
        if (length.toSeconds() >= 10) {
            assertThat(share).as("share of one processor").isLessThan(0.5);
        }
    }

    @Test
    void threeSeconds() {
        outage(Duration.ofSeconds(3));
    }

    @Test
    void longerThanAnyLease() {
        outage(Duration.ofSeconds(Integer.getInteger("outage.seconds", 15)));
    }

    @Test
    void everySessionEndedAgainAndAgain() {
        List<JobKey> keys = load(20, Duration.ofSeconds(6));
        long begin = System.nanoTime();
        await().pollInterval(Duration.ofMillis(250)).atMost(Duration.ofSeconds(30)).until(() -> {
            server.terminateSessions();
            return System.nanoTime() - begin > Duration.ofSeconds(8).toNanos();
        });
        allComeHome(keys);
        System.out.println("every session ended every 250 ms: " + told(Level.WARN));
    }
}
