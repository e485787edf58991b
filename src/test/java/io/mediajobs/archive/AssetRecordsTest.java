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
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class AssetRecordsTest {

    private static final int TOGETHER = 9;
    private static final int NOT_TAKEN = 5;

    @TempDir
    Path folder;

    @Test
    void oneThatTheStoreDoesNotTakeFailsAlone() throws Exception {
        try (Database database = Database.open(folder.resolve("jobs.db"))) {
            JobStore jobs = new JobStore(database, new JobEvents("/test", Clock.systemUTC()));
            jobs.register(List.of(new NewJob(new JobKey("p", "j"), Map.of(), Duration.ofHours(1), Duration.ZERO)));
            Job job = jobs.apply(jobs.claim("p", new JobStore.Terms(1, Duration.ofMinutes(5))).get(0), JobChange.to(JobState.ARCHIVING).keepLease(), null);
            List<CompletableFuture<Void>> written = new ArrayList<>();
            try (AssetRecords records = new AssetRecords(jobs)) {
                // while the store is busy, all of them come together
                CountDownLatch busy = new CountDownLatch(1);
                CountDownLatch queued = new CountDownLatch(1);
                CompletableFuture<Void> other = CompletableFuture.runAsync(() -> database.write(handle -> {
                    busy.countDown();
                    return await(queued);
                }));
                busy.await();
                for (int position = 0; position < TOGETHER; position++) {
                    // the store takes none without its SHA-256
                    String sha256 = position == NOT_TAKEN ? null : "ab".repeat(32);
                    written.add(records.save(job, new ArchivedAsset(position, "video", "p/j/" + position, 1, sha256, null, null, Map.of())));
                }
                queued.countDown();
                other.get();
                for (int position = 0; position < TOGETHER; position++) {
                    CompletableFuture<Void> record = written.get(position);
                    if (position == NOT_TAKEN) {
                        assertThatThrownBy(record::get).isInstanceOf(ExecutionException.class).hasStackTraceContaining("sha256");
                    } else {
                        record.get();
                    }
                }
            }
            assertThat(jobs.assets(job)).extracting(ArchivedAsset::position).containsExactly(0, 1, 2, 3, 4, 6, 7, 8);
        }
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
