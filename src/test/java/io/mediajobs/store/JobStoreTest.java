package io.mediajobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mediajobs.config.KnownSecrets;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobError;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The embedded store. */
class JobStoreTest extends JobStoreContract {

    @Test
    void aRestartTriesARefusedProviderAtOnce() {
        register("p", "1");
        jobs.apply(claimOne("p"), JobChange.to(null).askAgainIn(Duration.ZERO),
                new ProviderSignal.Refused("unauthorized", new JobError("http-401", "no", null), Duration.ofHours(1), true));
        assertThat(jobs.claim("p", terms(1))).isEmpty();
        jobs.releaseAll();
        assertThat(jobs.claim("p", terms(1))).hasSize(1);
    }

    @Override
    StoreSettings settings() {
        return StoreSettings.embedded(folder.resolve("jobs.db"));
    }

    @Test
    void aSecondProcessIsRefused() {
        assertThatThrownBy(() -> Database.open(folder.resolve("jobs.db"))).isInstanceOf(StoreException.class).hasMessageContaining("in use by another process");
    }

    @Test
    void aDamagedFileIsRefusedAndKept() throws IOException {
        Path damaged = folder.resolve("damaged.db");
        Files.writeString(damaged, "this is no database, but somebody's precious bytes".repeat(100), StandardCharsets.UTF_8);
        byte[] before = Files.readAllBytes(damaged);
        assertThatThrownBy(() -> Database.open(damaged)).isInstanceOf(StoreException.class).hasMessageContaining(damaged.toString());
        assertThat(Files.readAllBytes(damaged)).isEqualTo(before);
    }

    /** A store of 300 jobs that was closed. */
    private Path closedStore() {
        for (int i = 0; i < 300; i++) {
            register("p", String.valueOf(i));
        }
        close();
        return folder.resolve("jobs.db");
    }

    private void assertRefused(Path file, String words) throws IOException {
        byte[] before = Files.exists(file) ? Files.readAllBytes(file) : null;
        assertThatThrownBy(() -> Database.open(file)).isInstanceOf(StoreException.class).hasMessageContaining(file.toString()).hasMessageContaining(words)
                .hasMessageContaining("Put back a backup");
        assertThat(Files.exists(file) ? Files.readAllBytes(file) : null).as("not touched").isEqualTo(before);
    }

    @Test
    void aStoreThatWasEmptiedOrIsGoneIsNotTakenForANewOne() throws IOException {
        Path file = closedStore();
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, new byte[0]);
        assertRefused(file, "is empty");
        Files.delete(file);
        assertRefused(file, "is gone");
        Files.write(file, whole);
        open();
        assertThat(jobs.list(new JobFilter(null, null, null, null, 1000))).hasSize(300);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.001, 0.3, 0.7, 0.99})
    void aStoreThatWasCutOffIsRefused(double rest) throws IOException {
        Path file = closedStore();
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, (int) (whole.length * rest)));
        assertRefused(file, "is cut off");
    }

    /** In the file's header, in the schema, and in the heads of other pages: what holds the pages together. Text within a page has no checksum. */
    @ParameterizedTest
    @ValueSource(ints = {0, 16, 100, 4096, 5 * 4096, 11 * 4096})
    void aStoreWithBitsThatFlippedIsRefused(int at) throws IOException {
        Path file = closedStore();
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < 8; i++) {
            whole[at + i] ^= (byte) 0xff;
        }
        Files.write(file, whole);
        assertRefused(file, "The job store");
    }

    @Test
    void onlyTheOwnerReadsTheStore() throws IOException {
        register("p", "1");
        close();
        Path file = folder.resolve("new/data/jobs.db");
        try (Database other = Database.open(file)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent()))).isEqualTo("rwx------");
            try (Stream<Path> files = Files.list(file.getParent())) {
                assertThat(files).hasSizeGreaterThan(2).allSatisfy(each ->
                        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each))).as("%s", each).isEqualTo("rw-------"));
            }
        }
        open();
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws IOException {
        Path file = folder.resolve("file");
        Files.writeString(file, "");
        assertThatThrownBy(() -> Database.open(file.resolve("jobs.db"))).isInstanceOf(StoreException.class).hasMessageContaining("not writable");
    }

    /** What a driver says quotes what it was given. */
    @Test
    void whyAStoreCannotBeOpenedIsToldWithoutSecrets() {
        KnownSecrets.add("kanarie-known-secret");
        StoreSettings settings = new StoreSettings("jdbc:postgresql://kanarie-known-secret.invalid/media?user=ann&password=kanarie", "", "", 10, Duration.ofSeconds(10));
        assertThatThrownBy(() -> Database.open(settings)).isInstanceOf(StoreException.class).hasMessageContaining("[redacted].invalid").hasMessageNotContaining("kanarie");
    }

    @Test
    void aFullDiskIsWaitedFor() {
        JobKey kept = register("p", "1");
        Job job = claimOne("p");
        setMostPages(1);
        List<NewJob> many = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            many.add(new NewJob(new JobKey("p", "more-" + i), Map.of(), HOUR, Duration.ZERO));
        }
        assertThatThrownBy(() -> jobs.register(many)).isInstanceOf(StoreUnavailableException.class).hasMessageContaining("takes no writes");
        assertThat(jobs.find(kept)).as("reading works").isPresent();
        assertThat(jobs.list(new JobFilter(null, null, null, null, 10))).as("all or nothing").hasSize(1);
        JobStore patient = new JobStore(database, events, Duration.ofSeconds(30));
        CompletableFuture<Job> outcome = CompletableFuture.supplyAsync(
                () -> patient.apply(job, JobChange.to(JobState.FAILED).askNoMore().error(new JobError("big", "x".repeat(1_000_000), null)), null));
        await().during(Duration.ofMillis(500)).until(() -> !outcome.isDone());
        await().ignoreException(StoreUnavailableException.class).until(() -> setMostPages(1_000_000) > 1);
        assertThat(outcome.join().state()).isEqualTo(JobState.FAILED);
        jobs.ping();
        assertThat(jobs.register(many)).hasSize(2_000);
    }

    /** S3 has the part already: a transfer that failed with the first second of an outage would send it again, or begin anew. */
    @Test
    void whatS3HasTakenIsOfferedToAStoreThatIsAway() {
        register("p", "1");
        Job job = claimOne("p");
        Uploads uploads = new Uploads(database, Duration.ofSeconds(30));
        Upload upload = uploads.begin(job, 0, "b", "k", "video/mp4", 5, "https://host/v.mp4", 5L, null);
        // each needs more room than the file has
        String large = "x".repeat(1_000_000);
        UploadPart part = new UploadPart(1, 5, large, "m", "c");
        setMostPages(1);
        List<CompletableFuture<?>> written = List.of(CompletableFuture.supplyAsync(() -> uploads.created(job, upload, large)),
                CompletableFuture.runAsync(() -> uploads.addPart(job, upload, part)), CompletableFuture.supplyAsync(() -> uploads.allSent(job, upload, 5, large)));
        await().during(Duration.ofMillis(500)).until(() -> written.stream().noneMatch(CompletableFuture::isDone));
        await().ignoreException(StoreUnavailableException.class).until(() -> setMostPages(1_000_000) > 1);
        written.forEach(CompletableFuture::join);

        assertThat(uploads.find(job, 0)).contains(upload.withUploadId(large).withAllSent(5, large).withParts(List.of(part)));
    }

    /** SQLite's own limit of pages gives the same error as a disk without room. */
    private int setMostPages(int most) {
        return database.write(handle -> handle.createQuery("PRAGMA max_page_count = " + most).mapTo(Integer.class).one());
    }
}
