package io.mediajobs.archive;

import static io.mediajobs.archive.ArchiveParts.BUCKET;
import static io.mediajobs.archive.ArchiveParts.asset;
import static io.mediajobs.archive.ArchiveParts.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.archive.S3Front.Fault;
import io.mediajobs.demo.s3.EmbeddedS3;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobState;
import io.mediajobs.store.JobChange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** S3 that is away, or refuses us altogether, blocks no job; S3 that takes others' assets and never this job's does. */
class S3OutageTest {

    private static final byte[] PICTURE = {1, 2, 3, 4};

    @TempDir
    Path folder;
    private EmbeddedS3 store;
    private S3Front front;
    private AssetHost host;
    private ArchiveParts parts;

    @BeforeEach
    void start() throws Exception {
        store = EmbeddedS3.start(folder.resolve("s3"));
        store.createBucket(BUCKET);
        front = new S3Front(store.endpoint());
        host = new AssetHost();
        host.file("/a.png", "image/png", PICTURE);
        parts = new ArchiveParts(folder, front.endpoint().toString(), store.accessKey(), store.secretKey(),
                Map.of("archive.tries", "2", "archive.asset-retry-delay", "1ms"));
    }

    @AfterEach
    void stop() {
        parts.close();
        host.close();
        front.close();
        store.close();
    }

    private Job archive(Job job) {
        return parts.archive(job, report(asset("image", host.url("/a.png"))));
    }

    private Job again(Job job) {
        parts.jobs.override(job.key(), any -> JobChange.to(null).askAgainIn(Duration.ZERO));
        return archive(parts.claim(job.provider()));
    }

    @ParameterizedTest
    @CsvSource({"503, SlowDown", "403, ExpiredToken", "403, AccessDenied", "404, NoSuchBucket", "0, ''"})
    void anOutageBlocksNoJobAndTheJobGoesOnAfterwards(int status, String code) throws Exception {
        front.on(asked -> true, 10_000, status == 0 ? Fault.reset() : Fault.status(status, code));
        Job job = archive(parts.archiving("p", "waits", Map.of()));
        Duration first = Duration.between(job.updatedAt(), job.nextPollAt());
        for (int i = 0; i < 4; i++) {
            assertThat(job.state()).isEqualTo(JobState.ARCHIVING);
            assertThat(job.failures().archive()).isZero();
            job = again(job);
        }
        assertThat(Duration.between(job.updatedAt(), job.nextPollAt())).as("backs off").isGreaterThan(first.multipliedBy(4));
        assertThat(job.error().code()).isEqualTo(status == 403 || status == 404 ? "s3-denied" : "s3-unavailable");
        assertThat(parts.events()).isEmpty();
        front.clear();
        assertThat(again(job).state()).isEqualTo(JobState.ARCHIVED);
    }

    @Test
    void aJobThatS3NeverTakesWhileItTakesOthersIsBlocked() throws Exception {
        front.on(asked -> asked.key().contains("never"), 10_000, Fault.status(500, "InternalError"));
        Job job = archive(parts.archiving("p", "never", Map.of()));
        for (int i = 0; i < 2; i++) {
            assertThat(job.state()).isEqualTo(JobState.ARCHIVING);
            assertThat(archive(parts.archiving("q", "other-" + i, Map.of())).state()).isEqualTo(JobState.ARCHIVED);
            job = again(job);
        }
        assertThat(job.state()).isEqualTo(JobState.BLOCKED);
        assertThat(job.error().message()).contains("InternalError");
    }
}
