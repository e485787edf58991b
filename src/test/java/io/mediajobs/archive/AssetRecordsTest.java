package io.mediajobs.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.spy;

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

@Timeout(value = 15, unit = TimeUnit.SECONDS)
class AssetRecordsTest {

    private static final int TOGETHER = 9;
    private static final int NOT_TAKEN = 5;

    @TempDir
    Path folder;

    @Test
    void oneThatTheStoreDoesNotTakeFailsAlone() throws Exception {
        try (Database database = Database.open(folder.resolve("jobs.db"))) {
            JobStore jobs = new JobStore(database, new JobEvents("/test", Clock.systemUTC()));
            Job job = job(jobs);
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

    private static ArchivedAsset home(int position) {
        return new ArchivedAsset(position, "video", "p/j/" + position, 1, "ab".repeat(32), null, null, Map.of());
    }

    @Test
    void afterAnErrorItGoesOn() throws Exception {
        try (Database database = Database.open(folder.resolve("jobs.db"))) {
            JobStore jobs = spy(new JobStore(database, new JobEvents("/test", Clock.systemUTC())));
            Job job = job(jobs);
            doThrow(new OutOfMemoryError("Java heap space")).doCallRealMethod().when(jobs).saveAssets(any());
            try (AssetRecords records = new AssetRecords(jobs)) {
                JobTransfers transfers = new JobTransfers(List.of(), List.of(), List.of());
                CompletableFuture<Void> failed = records.save(job, home(0));
                assertThatThrownBy(failed::get).hasStackTraceContaining("Java heap space");
                transfers.recording(failed);
                transfers.awaitRecords();
                assertThat(transfers.failure()).as("a try that failed, after which there is another").hasMessageContaining("Java heap space");

                records.save(job, home(1)).get();
            }
            assertThat(jobs.assets(job)).extracting(ArchivedAsset::position).containsExactly(1);
        }
    }

    private static Job job(JobStore jobs) {
        jobs.register(List.of(new NewJob(new JobKey("p", "j"), Map.of(), Duration.ofHours(1), Duration.ZERO)));
        return jobs.apply(jobs.claim("p", new JobStore.Terms(1, Duration.ofMinutes(5))).get(0), JobChange.to(JobState.ARCHIVING).keepLease(), null);
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
