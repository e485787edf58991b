package io.mediajobs.archive;

import static io.mediajobs.archive.ArchiveParts.asset;
import static io.mediajobs.archive.ArchiveParts.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.demo.s3.EmbeddedS3;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobState;
import io.mediajobs.report.ReportAsset;
import io.mediajobs.servers.DiscardingS3;
import io.mediajobs.servers.DiscardingS3.Call;
import io.mediajobs.servers.PlainServer;
import io.mediajobs.store.JobChange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;

/** Hosts and stores that do something else than they say: what is archived is what was asked for, and what is in S3. */
class IntegrityTest {

    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

    @TempDir
    Path folder;

    private static byte[] png(int length) {
        return Arrays.copyOf(PNG, length);
    }

    private ArchiveParts parts(DiscardingS3 s3, Map<String, String> more) throws Exception {
        Map<String, String> settings = new HashMap<>(Map.of("s3.bucket", DiscardingS3.BUCKET));
        settings.putAll(more);
        return new ArchiveParts(folder, s3.endpoint().toString(), "access", "secret", settings);
    }

    /** A PUT that is answered as if it had been stored. */
    private static DiscardingS3.Fault believed() {
        return (request, answer) -> answer.send(200, "", "ETag: \"0123456789abcdef0123456789abcdef\"");
    }

    private static PlainServer host(int length) {
        return new PlainServer((request, answer) -> answer.send(200, png(length), "Content-Type: image/png"));
    }

    @ParameterizedTest
    @ValueSource(ints = {5_000, 300_000})
    void aStoreThatDoesNotStoreIsFoundOutAlsoAfterItNamedTheSumOfAnotherObject(int length) throws Exception {
        try (PlainServer small = host(2_000); PlainServer host = host(length); DiscardingS3 s3 = new DiscardingS3(DiscardingS3.Sums.MD5); ArchiveParts parts = parts(s3, Map.of())) {
            byte[] old = png(length);
            old[length - 1] = 1;
            parts.s3.putObject(put -> put.bucket(DiscardingS3.BUCKET).key("p/job/image.png"), RequestBody.fromBytes(old));
            // as stores do that know the sum before the bytes alone
            s3.faults(asked -> asked.call() == Call.PUT && asked.key().startsWith("before/") ? (request, answer) -> answer.send(200, "", "ETag: \"1\"",
                    "x-amz-checksum-crc32c: " + request.headers().get("x-amz-checksum-crc32c")) : null);
            assertThat(parts.archive(parts.archiving("before", "job", Map.of()), report(asset("image", small.address() + "/a"))).state()).isEqualTo(JobState.ARCHIVED);
            s3.faults(asked -> asked.call() == Call.PUT && asked.key().equals("p/job/image.png") ? believed() : null);

            Job job = parts.archive(parts.archiving("p", "job", Map.of()), report(asset("image", host.address() + "/new")));

            assertThat(job.state()).isEqualTo(JobState.ARCHIVING);
            assertThat(job.error().message()).contains("S3 has other bytes");
        }
    }

    @Test
    void aManifestThatIsNotThereIsSentAgain() throws Exception {
        AtomicInteger manifests = new AtomicInteger();
        try (PlainServer host = host(2_000); DiscardingS3 s3 = new DiscardingS3(DiscardingS3.Sums.MD5); ArchiveParts parts = parts(s3, Map.of())) {
            s3.faults(asked -> asked.call() == Call.PUT && asked.key().endsWith("/manifest.json") && manifests.incrementAndGet() == 1 ? believed() : null);

            Job job = parts.archive(parts.archiving("p", "job", Map.of()), report(asset("image", host.address() + "/a")));
            assertThat(job.state()).isEqualTo(JobState.ARCHIVING);
            assertThat(job.error().message()).isEqualTo("S3 was sent the manifest, said that it has it, and has none.");

            parts.jobs.override(job.key(), any -> JobChange.to(null).askAgainIn(Duration.ZERO));
            assertThat(parts.archive(parts.claim("p"), report(asset("image", host.address() + "/a"))).state()).isEqualTo(JobState.ARCHIVED);
            assertThat(s3.objects()).containsKey("p/job/manifest.json");
        }
    }

    @Test
    void anotherObjectInTheWayBlocksTheJobAtOnce() throws Exception {
        try (PlainServer host = host(2_000); DiscardingS3 s3 = new DiscardingS3(DiscardingS3.Sums.CRC32C); ArchiveParts parts = parts(s3, Map.of("s3.overwrite", "false"))) {
            parts.s3.putObject(put -> put.bucket(DiscardingS3.BUCKET).key("p/job/image.png"), RequestBody.fromString("another"));
            s3.faults(asked -> asked.call() == Call.PUT ? DiscardingS3.error(412, "PreconditionFailed") : null);

            Job job = parts.archive(parts.archiving("p", "job", Map.of()), report(asset("image", host.address() + "/a")));

            assertThat(job.state()).isEqualTo(JobState.BLOCKED);
            assertThat(job.error().code()).isEqualTo("s3-denied");
            assertThat(job.error().message()).contains("p/job/image.png").contains("s3.overwrite").contains("move it away");
        }
    }

    /** In one PUT from memory, in one that streams, and in parts. */
    @ParameterizedTest
    @ValueSource(ints = {2_000, 300_000, 6_000_000})
    void anotherObjectInTheWayThatIsGoneAgainBlocksNothing(int length) throws Exception {
        AtomicInteger refused = new AtomicInteger();
        try (PlainServer host = host(length); DiscardingS3 s3 = new DiscardingS3(DiscardingS3.Sums.CRC32C);
                ArchiveParts parts = parts(s3, Map.of("s3.overwrite", "false", "archive.multipart-from", "5MB"))) {
            s3.faults(asked -> (asked.call() == Call.PUT || asked.call() == Call.COMPLETE) && refused.incrementAndGet() == 1 ? DiscardingS3.error(412, "PreconditionFailed") : null);

            Job job = parts.archive(parts.archiving("p", "job", Map.of()), report(asset("image", host.address() + "/a")));

            assertThat(job.state()).as("%s", job.error()).isEqualTo(JobState.ARCHIVED);
            assertThat(s3.objects().get("p/job/image.png").bytes()).isEqualTo(length);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2_000, 300_000})
    void theSameObjectOfAStoreWithoutSumsIsReadBackAndAdopted(int length) throws Exception {
        try (PlainServer host = host(length); EmbeddedS3 store = EmbeddedS3.start(folder.resolve("s3"));
                ArchiveParts parts = new ArchiveParts(folder, store.endpoint().toString(), store.accessKey(), store.secretKey(), Map.of("s3.overwrite", "false"))) {
            // put there by hand: it has no ETag that is an MD5, and no sum
            Path there = store.createBucket(ArchiveParts.BUCKET).resolve("p/job/image.png");
            Files.createDirectories(there.getParent());
            Files.write(there, png(length));

            Job job = parts.archive(parts.archiving("p", "job", Map.of()), report(asset("image", host.address() + "/a")));

            assertThat(job.state()).as("%s", job.error()).isEqualTo(JobState.ARCHIVED);
        }
    }

    @Test
    void whatIsNoLongerReportedIsNoneOfTheJobsAssets() throws Exception {
        try (PlainServer host = new PlainServer((request, answer) -> {
                    boolean gone = request.path().equals("/gone");
                    answer.send(gone ? 404 : 200, gone ? new byte[0] : png(2_000), "Content-Type: image/png");
                });
                DiscardingS3 s3 = new DiscardingS3(DiscardingS3.Sums.CRC32C); ArchiveParts parts = parts(s3, Map.of())) {
            ReportAsset first = asset("image", host.address() + "/1");
            Job job = parts.archive(parts.archiving("p", "job", Map.of()), report(first, asset("image", host.address() + "/2"), asset("image", host.address() + "/gone")));
            assertThat(job.state()).isEqualTo(JobState.ARCHIVING);
            assertThat(parts.jobs.assets(job)).hasSize(2);

            parts.jobs.override(job.key(), any -> JobChange.to(null).askAgainIn(Duration.ZERO));
            Job after = parts.archive(parts.claim("p"), report(first));

            assertThat(after.state()).isEqualTo(JobState.ARCHIVED);
            assertThat(parts.jobs.assets(after)).hasSize(1);
        }
    }
}
