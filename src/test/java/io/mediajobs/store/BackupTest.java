package io.mediajobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mediajobs.events.JobEvents;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {

    @TempDir
    Path folder;
    private final JobEvents events = new JobEvents("/test", Clock.systemUTC());

    @Test
    void aBackupUnderLoadIsOneConsistentMomentAndRestores() {
        StoreSettings settings = StoreSettings.embedded(folder.resolve("jobs.db"));
        Path backup = folder.resolve("backup.db");
        AtomicInteger accepted = new AtomicInteger();
        int before;
        Backup.Copy copy;
        try (Database database = Database.open(settings)) {
            JobStore jobs = new JobStore(database, events);
            AtomicBoolean over = new AtomicBoolean();
            CompletableFuture<Void> load = CompletableFuture.runAsync(() -> {
                while (!over.get()) {
                    JobKey key = new JobKey("p", "j" + accepted.get());
                    jobs.register(List.of(new NewJob(key, Map.of(), Duration.ofHours(1), Duration.ZERO)));
                    accepted.incrementAndGet();
                    Job job = jobs.claim("p", new JobStore.Terms(1, Duration.ofMinutes(1))).get(0);
                    jobs.apply(job, JobChange.to(JobState.FAILED).askNoMore().note("failed", null)
                            .event(new NewEvent(key + "/1/failed", "failed", key.toString(), "{}")), null);
                }
            });
            await().until(() -> accepted.get() > 500);
            before = accepted.get();
            copy = Backup.of(settings, backup);
            int after = accepted.get();
            over.set(true);
            load.join();
            assertThat(copy.jobs()).isBetween((long) before, after + 1L);
            assertThatThrownBy(() -> Backup.of(settings, backup)).isInstanceOf(StoreException.class).hasMessageContaining("never replaces");
            assertThatThrownBy(() -> Backup.restore(backup, settings)).isInstanceOf(StoreException.class).hasMessageContaining("in use");
        }
        Path kept = Backup.restore(backup, settings);
        assertThat(kept).exists();
        try (Database restored = Database.open(settings)) {
            JobStore jobs = new JobStore(restored, events);
            List<Job> failed = jobs.list(new JobFilter("failed", null, null, null, 1_000_000));
            List<OutboxEvent> told = new Outbox(restored).list(0, 1_000_000);
            assertThat(new JobCounts(restored).byState().stream().mapToLong(JobCounts.Count::jobs).sum()).isEqualTo(copy.jobs());
            assertThat(told).as("an event for each end, and no other").extracting(OutboxEvent::subject)
                    .containsExactlyInAnyOrderElementsOf(failed.stream().map(job -> job.key().toString()).toList());
            assertThat(failed).allSatisfy(job -> assertThat(jobs.timeline(job)).hasSize(2));
            assertThat(failed.size()).as("all but the one in work at that moment").isGreaterThanOrEqualTo((int) copy.jobs() - 1);
            assertThat(jobs.register(List.of(new NewJob(new JobKey("p", "later"), Map.of(), Duration.ofHours(1), Duration.ZERO))).get(0).created()).isTrue();
        }
    }

    @Test
    void aDamagedBackupIsNotRestored() throws Exception {
        StoreSettings settings = StoreSettings.embedded(folder.resolve("jobs.db"));
        Database.open(settings).close();
        byte[] store = Files.readAllBytes(folder.resolve("jobs.db"));
        Path garbage = folder.resolve("garbage.db");
        Files.writeString(garbage, "precious, but no database ".repeat(1000));
        assertThatThrownBy(() -> Backup.restore(garbage, settings)).isInstanceOf(StoreException.class).hasMessageContaining("cannot be restored");
        Path cut = folder.resolve("cut.db");
        Files.write(cut, Arrays.copyOf(store, store.length / 2));
        assertThatThrownBy(() -> Backup.restore(cut, settings)).isInstanceOf(StoreException.class);
        assertThat(Files.readAllBytes(folder.resolve("jobs.db"))).as("untouched").isEqualTo(store);
    }

    @Test
    void onlyAnEmbeddedStoreIsCopied() {
        StoreSettings shared = new StoreSettings("jdbc:postgresql://user:secret@db/media?password=secret", "", "", 4, Duration.ofSeconds(1));
        assertThatThrownBy(() -> Backup.of(shared, folder.resolve("x"))).isInstanceOf(StoreException.class).hasMessageContaining("pg_dump")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> Backup.of(StoreSettings.embedded(folder.resolve("none.db")), folder.resolve("x"))).hasMessageContaining("no job store");
    }
}
