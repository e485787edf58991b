package io.mediajobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mediajobs.config.Settings;
import io.mediajobs.demo.s3.EmbeddedS3;
import io.mediajobs.demo.simulator.Assets;
import io.mediajobs.demo.simulator.Download;
import io.mediajobs.demo.simulator.ProviderSimulator;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.runtime.MediaJobRoutes;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.NewJob;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A stop in the midst of a large transfer, as SIGTERM asks for it: it keeps to its time, frees the job, and the next process goes on at once. */
class StopDuringTransferIT {

    private static final long LENGTH = 45L << 20;

    @TempDir
    Path folder;

    private long count(String sql) {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("data/jobs.db")); Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM " + sql)) {
            return result.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static MediaJobRoutes start(Map<String, String> settings) {
        return MediaJobRoutes.start(Settings.load(Path.of("").toAbsolutePath(), List.of(), Map.of(), new Properties(), settings));
    }

    @Test
    void theLeaseOfATransferThatTakesLongerIsRenewedAllTheTime() {
        JobKey key = new JobKey("pictory-video", "longer");
        try (ProviderSimulator simulator = ProviderSimulator.start(); EmbeddedS3 s3 = EmbeddedS3.start(folder.resolve("s3"))) {
            s3.createBucket(TestProgram.BUCKET);
            simulator.job(key.provider(), key.jobId()).completes(Assets.generatedVideo(24 << 20, 1).slowedTo(4 << 20));
            Map<String, String> settings = TestProgram.settings(folder, simulator, s3);
            settings.put("poll.lease", "2s");
            try (MediaJobRoutes program = start(settings)) {
                JobStore jobs = program.part("jobs", JobStore.class);
                jobs.register(List.of(new NewJob(key, Map.of(), Duration.ofHours(1), Duration.ZERO)));
                await().atMost(Duration.ofSeconds(60)).until(() -> jobs.find(key).orElseThrow().state() == JobState.ARCHIVED);
                assertThat(jobs.find(key).orElseThrow().polls()).as("nobody else took it").isEqualTo(1);
                assertThat(simulator.ledger().downloads(key.provider(), key.jobId())).filteredOn(download -> download.method().equals("GET")).hasSize(1);
            }
        }
    }

    @Test
    void theLeaseIsFreedAndTheNextProcessGoesOnBehindTheParts() {
        JobKey key = new JobKey("pictory-video", "large");
        try (ProviderSimulator simulator = ProviderSimulator.start(); EmbeddedS3 s3 = EmbeddedS3.start(folder.resolve("s3"))) {
            s3.createBucket(TestProgram.BUCKET);
            simulator.job(key.provider(), key.jobId()).completes(Assets.generatedVideo(LENGTH, 1).slowedTo(8 << 20));
            Map<String, String> settings = TestProgram.settings(folder, simulator, s3);
            settings.putAll(Map.of("archive.multipart-from", "5MB", "archive.part-size", "5MB", "camel.main.shutdown-timeout", "1"));
            ListAppender<ILoggingEvent> log = new ListAppender<>();
            MediaJobRoutes first = start(settings);
            try {
                log.start();
                ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).addAppender(log);
                first.part("jobs", JobStore.class).register(List.of(new NewJob(key, Map.of(), Duration.ofHours(1), Duration.ZERO)));
                await().atMost(Duration.ofSeconds(30)).until(() -> count("upload_part") >= 2);
            } finally {
                long begin = System.nanoTime();
                first.close();
                ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(log);
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).as("to stop").isLessThan(Duration.ofSeconds(15));
            }
            List<ILoggingEvent> told = List.copyOf(log.list);
            assertThat(told).as("stack traces").allMatch(line -> line.getThrowableProxy() == null);
            assertThat(told).extracting(ILoggingEvent::getFormattedMessage).anyMatch(line -> line.startsWith("Job pictory-video/large was being archived when the time to stop was over."));
            assertThat(count("job WHERE state = 'archiving'")).isOne();
            assertThat(count("job WHERE lease_token IS NOT NULL")).as("leases").isZero();
            long parts = count("upload_part");
            assertThat(parts).isGreaterThanOrEqualTo(2);
            try (MediaJobRoutes second = start(settings)) {
                await().atMost(Duration.ofSeconds(60)).until(() -> second.part("jobs", JobStore.class).find(key).orElseThrow().state() == JobState.ARCHIVED);
            }
            assertThat(simulator.ledger().downloads(key.provider(), key.jobId())).filteredOn(download -> download.method().equals("GET"))
                    .last().extracting(Download::range).isEqualTo("bytes=" + parts * (5L << 20) + "-");
        }
    }
}
