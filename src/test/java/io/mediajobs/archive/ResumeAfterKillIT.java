package io.mediajobs.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.archive.RangedFile.Turn;
import io.mediajobs.archive.S3Front.Call;
import io.mediajobs.archive.S3Front.Fault;
import io.mediajobs.demo.s3.EmbeddedS3;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A process is killed in the midst of an upload in parts; the next one goes on, and sends at most one part again. */
class ResumeAfterKillIT {

    private static final Logger LOG = LoggerFactory.getLogger(ResumeAfterKillIT.class);
    private static final int PART = 5 << 20;
    private static final int PARTS = 8;
    private static final int LENGTH = (PARTS - 1) * PART + 1_000_003;
    private static final byte[] VIDEO = new byte[LENGTH];

    static {
        new Random(1).nextBytes(VIDEO);
    }

    @TempDir
    Path folder;

    /** Where the process is killed: before S3 gets a request, or before the process gets the answer. */
    enum Kill {
        BEFORE_CREATE(asked -> asked.call() == Call.CREATE, false, 0),
        AFTER_CREATE(asked -> asked.call() == Call.CREATE, true, 0),
        BEFORE_FIRST_PART(asked -> asked.part() == 1, false, 0),
        BEFORE_PART(asked -> asked.part() == 5, false, 4),
        AFTER_PART(asked -> asked.part() == 5, true, 4),
        AFTER_LAST_PART(asked -> asked.part() == PARTS, true, PARTS - 1),
        BEFORE_COMPLETE(asked -> asked.call() == Call.COMPLETE, false, PARTS),
        AFTER_COMPLETE(asked -> asked.call() == Call.COMPLETE, true, PARTS),
        BEFORE_IT_IS_WRITTEN_DOWN(asked -> asked.call() == Call.HEAD, true, PARTS);

        private final Predicate<S3Front.Asked> at;
        private final boolean forwarded;
        private final int partsWrittenDown;

        Kill(Predicate<S3Front.Asked> at, boolean forwarded, int partsWrittenDown) {
            this.at = at;
            this.forwarded = forwarded;
            this.partsWrittenDown = partsWrittenDown;
        }
    }

    @ParameterizedTest
    @EnumSource(Kill.class)
    void theNextProcessGoesOn(Kill kill) throws Exception {
        RangedFile file = new RangedFile(VIDEO, "\"v1\"", (time, range) -> Turn.FINE);
        try (EmbeddedS3 store = EmbeddedS3.start(folder.resolve("s3")); S3Front front = new S3Front(store.endpoint()); AssetHost host = new AssetHost();
                S3Client s3 = client(store)) {
            store.createBucket(ArchiveParts.BUCKET);
            host.on("/v.mp4", file);
            String foreign = s3.createMultipartUpload(create -> create.bucket(ArchiveParts.BUCKET).key("large/asset/video.mp4.theirs")).uploadId();
            AtomicReference<Process> child = new AtomicReference<>();
            Runnable end = () -> child.get().destroyForcibly().onExit().join();
            front.on(kill.at, 1, kill.forwarded ? Fault.after(end) : Fault.before(end));

            child.set(start(store, front, host, "first"));
            assertThat(child.get().waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(child.get().exitValue()).as(Files.readString(folder.resolve("first"))).isEqualTo(137);
            long sentBefore = file.sent.get();

            child.set(start(store, front, host, "second"));
            assertThat(child.get().waitFor(60, TimeUnit.SECONDS)).isTrue();
            String output = Files.readString(folder.resolve("second"));
            String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(VIDEO));
            assertThat(output).contains("state ARCHIVED", "video.mp4 " + LENGTH + " " + sha256);
            assertThat(store.folder().resolve(ArchiveParts.BUCKET).resolve("large/asset/video.mp4")).hasBinaryContent(VIDEO);

            long again = file.sent.get() - sentBefore;
            List<Integer> parts = new ArrayList<>(front.parts());
            int partsAgain = parts.size() - PARTS;
            LOG.info("{}: parts sent {}, of them again {}, bytes fetched by the second process {} of {}, read back {}", kill, parts.size(), partsAgain,
                    again, LENGTH, front.count(Call.GET));
            assertThat(partsAgain).as("parts sent again: %s", parts).isLessThanOrEqualTo(1);
            assertThat(again).as("bytes that the second process fetched").isEqualTo(LENGTH - Math.min(LENGTH, (long) kill.partsWrittenDown * PART));
            assertThat(s3.listMultipartUploads(list -> list.bucket(ArchiveParts.BUCKET)).uploads()).as("nothing of ours stays, and theirs does")
                    .singleElement().satisfies(upload -> assertThat(upload.uploadId()).isEqualTo(foreign));
        }
    }

    private Process start(EmbeddedS3 store, S3Front front, AssetHost host, String output) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-XX:TieredStopAtLevel=1",
                "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), LargeAssetChild.class.getName()));
        Stream.of(folder.resolve("data").toString(), front.endpoint().toString(), store.accessKey(), store.secretKey(), host.url("/v.mp4?sig=secret"),
                "archive.multipart-from=5MB", "archive.part-size=5MB").forEach(command::add);
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(folder.resolve(output).toFile()).start();
    }

    private static S3Client client(EmbeddedS3 store) {
        return S3Client.builder().endpointOverride(store.endpoint()).forcePathStyle(true).region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(store.accessKey(), store.secretKey()))).build();
    }
}
