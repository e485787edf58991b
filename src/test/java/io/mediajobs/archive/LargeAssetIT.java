package io.mediajobs.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.demo.s3.EmbeddedS3;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An asset of 1 GiB passes through a program whose heap is an eighth of that, with and without an announced length. */
class LargeAssetIT {

    private static final Logger LOG = LoggerFactory.getLogger(LargeAssetIT.class);
    private static final long LENGTH = 1L << 30;
    private static final byte[] BLOCK = new byte[1 << 20];

    static {
        new Random(1).nextBytes(BLOCK);
    }

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"/known.mp4", "/unknown.mp4"})
    void passesThroughASmallHeap(String path) throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        for (long at = 0; at < LENGTH; at += BLOCK.length) {
            sha256.update(BLOCK);
        }
        try (EmbeddedS3 store = EmbeddedS3.start(folder.resolve("s3")); AssetHost host = new AssetHost()) {
            store.createBucket(ArchiveParts.BUCKET);
            host.on("/known.mp4", (request, time, out) -> {
                AssetHost.head(out, "200 OK", "Content-Type: video/mp4", "Content-Length: " + LENGTH);
                body(out, false);
            }).on("/unknown.mp4", (request, time, out) -> {
                AssetHost.head(out, "200 OK", "Content-Type: video/mp4", "Transfer-Encoding: chunked");
                body(out, true);
            });
            Path output = folder.resolve("output");
            long start = System.nanoTime();
            Process child = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m",
                    "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), LargeAssetChild.class.getName(),
                    folder.resolve("data").toString(), store.endpoint().toString(), store.accessKey(), store.secretKey(), host.url(path)))
                    .redirectErrorStream(true).redirectOutput(output.toFile()).start();
            try {
                assertThat(child.waitFor(180, TimeUnit.SECONDS)).as("ended in time").isTrue();
            } finally {
                child.destroyForcibly();
            }
            String said = Files.readString(output);
            assertThat(child.exitValue()).as(said).isZero();
            assertThat(said).contains("state ARCHIVED").contains("asset large/asset/video.mp4 " + LENGTH + " " + HexFormat.of().formatHex(sha256.digest()));
            assertThat(Files.size(folder.resolve("s3").resolve(ArchiveParts.BUCKET).resolve("large/asset/video.mp4"))).isEqualTo(LENGTH);
            LOG.warn("{}: 1 GiB at -Xmx128m in {} s, {}", path, (System.nanoTime() - start) / 1_000_000_000,
                    said.lines().filter(line -> line.startsWith("VmHWM")).findFirst().orElse("peak RSS unknown").replaceAll("\\s+", " "));
        }
    }

    private static void body(OutputStream out, boolean chunked) throws IOException {
        for (long at = 0; at < LENGTH; at += BLOCK.length) {
            if (chunked) {
                AssetHost.chunk(out, BLOCK, BLOCK.length);
            } else {
                out.write(BLOCK);
            }
        }
        if (chunked) {
            AssetHost.chunk(out, BLOCK, 0);
        }
    }
}
