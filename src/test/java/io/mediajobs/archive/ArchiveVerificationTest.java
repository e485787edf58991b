package io.mediajobs.archive;

import static io.mediajobs.archive.ArchiveParts.BUCKET;
import static io.mediajobs.archive.ArchiveParts.asset;
import static io.mediajobs.archive.ArchiveParts.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mediajobs.demo.s3.EmbeddedS3;
import io.mediajobs.job.Job;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ArchiveVerificationTest {

    @TempDir
    Path folder;

    @Test
    void saysWhereS3HasSomethingElseThanTheManifestSays() throws Exception {
        byte[] video = new byte[6_000_000];
        new Random(3).nextBytes(video);
        try (EmbeddedS3 store = EmbeddedS3.start(folder.resolve("objects")); AssetHost host = new AssetHost()) {
            store.createBucket(BUCKET);
            host.file("/v.mp4", "video/mp4", video).file("/i.png", "image/png", new byte[2000]).file("/a.mp3", "audio/mpeg", new byte[3000]);
            try (ArchiveParts parts = new ArchiveParts(folder, store.endpoint().toString(), store.accessKey(), store.secretKey(),
                    Map.of("archive.multipart-from", "5MB", "archive.part-size", "5MB"))) {
                ArchiveVerification verification = new ArchiveVerification(parts.settings, parts.s3Repeating, parts.jobs);
                Job job = parts.archive(parts.archiving("p", "one", Map.of()),
                        report(asset("video", host.url("/v.mp4")), asset("image", host.url("/i.png")), asset("audio", host.url("/a.mp3"))));
                Job other = parts.archive(parts.archiving("p2", "two", Map.of()), report(asset("image", host.url("/i.png"))));

                ArchiveVerification.Result well = verification.verify(job);
                assertThat(well.drift()).isEmpty();
                assertThat(well.objects()).isEqualTo(4);
                assertThat(well.bytes()).isGreaterThan(6_005_000);

                byte[] changed = video.clone();
                changed[5_500_000] ^= 1;
                put(parts, "p/one/video.mp4", changed);
                put(parts, "p/one/image.png", new byte[1999]);
                parts.s3.deleteObject(delete -> delete.bucket(BUCKET).key("p/one/audio.mp3"));
                put(parts, "p/one/notes.txt", new byte[7]);
                assertThat(verification.verify(job).drift()).extracting(ArchiveVerification.Drift::key, ArchiveVerification.Drift::what).containsExactly(
                        org.assertj.core.groups.Tuple.tuple("p/one/video.mp4", "sha256"), org.assertj.core.groups.Tuple.tuple("p/one/video.mp4", "crc32c"),
                        org.assertj.core.groups.Tuple.tuple("p/one/image.png", "length"), org.assertj.core.groups.Tuple.tuple("p/one/image.png", "sha256"),
                        org.assertj.core.groups.Tuple.tuple("p/one/image.png", "crc32c"), org.assertj.core.groups.Tuple.tuple("p/one/audio.mp3", "missing"),
                        org.assertj.core.groups.Tuple.tuple("p/one/notes.txt", "extra"));

                // an object and the manifest that were changed together, and the object of another job
                String manifest = parts.s3.getObjectAsBytes(get -> get.bucket(BUCKET).key(job.manifest())).asUtf8String();
                String sha256 = manifest.replaceAll("(?s).*p/one/video.mp4.*?\"sha256\" ?: ?\"([0-9a-f]{64})\".*", "$1");
                String itsNow = HexFormat.of().formatHex(Digests.digest("SHA-256").digest(changed));
                put(parts, job.manifest(), manifest.replace(sha256, itsNow).replace("p/one/audio.mp3", "p2/two/image.png").getBytes(StandardCharsets.UTF_8));
                assertThat(verification.verify(job).drift()).contains(new ArchiveVerification.Drift("p/one/video.mp4", "manifest", sha256, itsNow))
                        .anySatisfy(drift -> assertThat(drift.key() + " " + drift.what()).isEqualTo("p2/two/image.png not-archived"))
                        .anySatisfy(drift -> assertThat(drift.key() + " " + drift.what()).isEqualTo("p/one/audio.mp3 not-listed"))
                        .noneSatisfy(drift -> assertThat(drift.key() + " " + drift.what()).isEqualTo("p/one/video.mp4 sha256"));

                byte[] others = parts.s3.getObjectAsBytes(get -> get.bucket(BUCKET).key(other.manifest())).asByteArray();
                put(parts, job.manifest(), others);
                assertThat(verification.verify(job).drift()).contains(new ArchiveVerification.Drift(job.manifest(), "unreadable", "the manifest of p/one", "that of another job"))
                        .extracting(ArchiveVerification.Drift::what).contains("not-listed");
                put(parts, job.manifest(), "{".getBytes());
                // the objects are looked at all the same
                assertThat(whats(verification, job)).startsWith("unreadable", "sha256", "crc32c").endsWith("missing", "extra");
                put(parts, job.manifest(), "[]".getBytes());
                assertThat(whats(verification, job)).startsWith("unreadable").contains("sha256");
                parts.s3.deleteObject(delete -> delete.bucket(BUCKET).key(job.manifest()));
                assertThat(whats(verification, job)).startsWith("missing").contains("sha256");

                Files.move(folder.resolve("objects").resolve(BUCKET), folder.resolve("gone"));
                assertThatThrownBy(() -> verification.verify(job)).isInstanceOf(ArchiveException.class).hasMessageContaining("p/one");
            }
        }
    }

    private static List<String> whats(ArchiveVerification verification, Job job) {
        return verification.verify(job).drift().stream().map(ArchiveVerification.Drift::what).toList();
    }

    private static void put(ArchiveParts parts, String key, byte[] bytes) {
        parts.s3.putObject(put -> put.bucket(BUCKET).key(key), RequestBody.fromBytes(bytes));
    }
}
