package io.mediajobs.archive;

import static io.mediajobs.archive.ArchiveParts.asset;
import static io.mediajobs.archive.ArchiveParts.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import io.mediajobs.job.Job;
import io.mediajobs.job.JobState;
import io.mediajobs.servers.DiscardingS3;
import io.mediajobs.servers.DiscardingS3.Asked;
import io.mediajobs.servers.DiscardingS3.Call;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.ArgumentCaptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

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
    @ValueSource(ints = {LARGEST, LARGEST + 1})
    void isSentOnceInEachTryOfTheRoutes(int length) throws Exception {
        try (DiscardingS3 s3 = new DiscardingS3(DiscardingS3.Sums.CRC32C); AssetHost host = host(length, length)) {
            s3.faults(asked -> isPut(asked) && puts.incrementAndGet() == 1 ? DiscardingS3.error(503, "SlowDown") : null);

            assertThat(archived(s3, host).state()).isEqualTo(JobState.ARCHIVED);

            assertThat(puts).hasValue(2);
            assertThat(host.asked("/a.png")).isEqualTo(2);
            assertThat(s3.objects().get("p/job/image.png").bytes()).isEqualTo(length);
        }
    }

    @Test
    void theTimeOfACallIncludesTheReadingOfItsBody() {
        long reading = Duration.ofMillis(20).toNanos();
        S3Client whole = mock(S3Client.class);
        InputStream slow = new InputStream() {
            @Override
            public int read() {
                long begin = System.nanoTime();
                while (System.nanoTime() - begin < reading) {
                    Thread.onSpinWait();
                }
                return 0;
            }
        };
        for (Duration longest : List.of(Duration.ofMinutes(1), Duration.ofMillis(1))) {
            new BufferedPuts(mock(S3Client.class), whole).putObject(PutObjectRequest.builder().overrideConfiguration(call -> call.apiCallTimeout(longest)).build(),
                    RequestBody.fromInputStream(slow, 1));
        }

        ArgumentCaptor<PutObjectRequest> sent = ArgumentCaptor.forClass(PutObjectRequest.class);
        verify(whole, times(2)).putObject(sent.capture(), any(RequestBody.class));
        List<Duration> left = sent.getAllValues().stream().map(put -> put.overrideConfiguration().orElseThrow().apiCallTimeout().orElseThrow()).toList();
        assertThat(left.get(0)).isPositive().isLessThanOrEqualTo(Duration.ofMinutes(1).minusNanos(reading));
        assertThat(left.get(1)).as("all of it is gone").isPositive().isLessThanOrEqualTo(Duration.ofMillis(1));
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
