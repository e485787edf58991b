package io.mediajobs.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mediajobs.events.JobEvents;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.store.ArchivedAsset;
import io.mediajobs.store.Database;
import io.mediajobs.store.JobChange;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.NewJob;
import io.mediajobs.store.PostgresServer;
import io.mediajobs.store.StoreSettings;
import io.mediajobs.store.StoreUnavailableException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Assets on PostgreSQL, while somebody has locked the row of a job and does not let go of it. */
class AssetRecordsIT {

    private static PostgresServer server;

    @BeforeAll
    static void startServer(@TempDir Path folder) {
        server = PostgresServer.start(folder);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void aRowThatIsHeldHoldsUpItsOwnJobsAssetsOnly() throws Exception {
        StoreSettings settings = server.newDatabase();
        try (Database database = Database.open(settings);
                Connection somebody = DriverManager.getConnection(settings.url(), settings.user(), settings.password())) {
            JobStore jobs = new JobStore(database, new JobEvents("/test", Clock.systemUTC()), Duration.ofMinutes(1));
            Job one = archiving(jobs, "one");
            Job other = archiving(jobs, "other");
            hold(somebody, one);
            try (AssetRecords records = new AssetRecords(jobs)) {
                CompletableFuture<Void> held = records.save(one, asset(0));
                CompletableFuture<Void> free = records.save(other, asset(0));
                free.get(5, TimeUnit.SECONDS);
                for (int position = 1; position < 50; position++) {
                    records.save(other, asset(position)).get(5, TimeUnit.SECONDS);
                }
                jobs.register(List.of(new NewJob(new JobKey("q", "new"), Map.of(), Duration.ofHours(1), Duration.ZERO)));
                assertThat(jobs.claim("q", new JobStore.Terms(1, Duration.ofMinutes(5)))).hasSize(1);
                assertThat(held).isNotDone();
                somebody.rollback();
                held.get(5, TimeUnit.SECONDS);
            }
            assertThat(jobs.assets(one)).hasSize(1);
            assertThat(jobs.assets(other)).hasSize(50);
        }
    }

    @Test
    void aRowThatIsHeldForLongIsGivenUp() throws Exception {
        StoreSettings settings = server.newDatabase();
        try (Database database = Database.open(settings);
                Connection somebody = DriverManager.getConnection(settings.url(), settings.user(), settings.password())) {
            JobStore jobs = new JobStore(database, new JobEvents("/test", Clock.systemUTC()), Duration.ofSeconds(1));
            Job job = archiving(jobs, "one");
            hold(somebody, job);
            try (AssetRecords records = new AssetRecords(jobs)) {
                assertThatThrownBy(() -> records.save(job, asset(0)).get(10, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(StoreUnavailableException.class).hasMessageContaining("p/one could not be written down");
            }
        }
    }

    private static Job archiving(JobStore jobs, String id) {
        jobs.register(List.of(new NewJob(new JobKey("p", id), Map.of(), Duration.ofHours(1), Duration.ZERO)));
        return jobs.apply(jobs.claim("p", new JobStore.Terms(1, Duration.ofMinutes(5))).get(0), JobChange.to(JobState.ARCHIVING).keepLease(), null);
    }

    private static void hold(Connection somebody, Job job) throws SQLException {
        somebody.setAutoCommit(false);
        try (var lock = somebody.prepareStatement("SELECT 1 FROM job WHERE id = ? FOR UPDATE")) {
            lock.setLong(1, job.id());
            lock.execute();
        }
    }

    private static ArchivedAsset asset(int position) {
        return new ArchivedAsset(position, "video", "k" + position, 1, "ab".repeat(32), null, null, Map.of());
    }
}
