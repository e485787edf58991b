package io.mediajobs.archive;

import static io.mediajobs.archive.ArchiveParts.asset;
import static io.mediajobs.archive.ArchiveParts.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.job.Job;
import io.mediajobs.job.JobState;
import io.mediajobs.servers.DiscardingS3;
import io.mediajobs.servers.DiscardingS3.Asked;
import io.mediajobs.servers.DiscardingS3.Call;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BufferedPutsTest {

    private static final int LARGEST = 256 * 1024;

    @TempDir
    Path folder;
    private final AtomicInteger puts = new AtomicInteger();

    /** @param sent how many of its bytes come, of all that are announced */
    private static AssetHost host(int length, int sent) {
        byte[] bytes = new byte[length];
        System.arraycopy(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'}, 0, bytes, 0, 8);
        return new AssetHost().on("/a.png", (request, time, out) -> {
            AssetHost.head(out, "200 OK", "Content-Type: image/png", "Content-Length: " + length);
            out.write(bytes, 0, sent);
        });
    }

    private Job archived(DiscardingS3 s3, AssetHost host) throws Exception {
        try (ArchiveParts parts = new ArchiveParts(folder, s3.endpoint().toString(), "access", "secret", Map.of("s3.bucket", DiscardingS3.BUCKET))) {
            return parts.archive(parts.archiving("p", "job", Map.of()), report(asset("image", host.url("/a.png"))));
        }
    }

    private boolean isPut(Asked asked) {
        return asked.call() == Call.PUT && asked.key().equals("p/job/image.png");
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 2"})
    void whatIsSmallIsSentAgainFromMemoryAndWhatIsLargerFromItsHost(int more, int downloads) throws Exception {
        try (DiscardingS3 s3 = new DiscardingS3(DiscardingS3.Sums.CRC32C); AssetHost host = host(LARGEST + more, LARGEST + more)) {
            s3.faults(asked -> isPut(asked) && puts.incrementAndGet() == 1 ? DiscardingS3.error(503, "SlowDown") : null);

            assertThat(archived(s3, host).state()).isEqualTo(JobState.ARCHIVED);

            assertThat(host.asked("/a.png")).isEqualTo(downloads);
            assertThat(puts).hasValue(2);
            assertThat(s3.objects().get("p/job/image.png").bytes()).isEqualTo(LARGEST + more);
        }
    }

    @Test
    void ofASmallBodyThatBreaksOffS3IsSentNothing() throws Exception {
        try (DiscardingS3 s3 = new DiscardingS3(DiscardingS3.Sums.CRC32C); AssetHost host = host(LARGEST, 100_000)) {
            s3.faults(asked -> {
                puts.addAndGet(isPut(asked) ? 1 : 0);
                return null;
            });

            Job job = archived(s3, host);

            assertThat(job.state()).isEqualTo(JobState.ARCHIVING);
            assertThat(job.error().code()).isEqualTo("asset-unavailable");
            assertThat(job.error().message()).contains("broke off").contains("received: 100000");
            assertThat(puts).hasValue(0);
        }
    }
}
