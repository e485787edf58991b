package io.mediajobs.archive;

import static io.mediajobs.archive.ArchiveParts.asset;
import static io.mediajobs.archive.ArchiveParts.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.job.Job;
import io.mediajobs.job.JobState;
import io.mediajobs.servers.DiscardingS3;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a job's error says of an asset: which one it is, and nothing of its URL's query. */
class AssetMessagesTest {

    private static final String QUERY = "hdnts=exp=1~hmac=HMACSECRET77&auth=AUTH%2BSECRET77";

    @TempDir
    Path folder;
    private final AssetHost host = new AssetHost();
    private DiscardingS3 s3;
    private ArchiveParts parts;

    @BeforeEach
    void open() throws Exception {
        s3 = new DiscardingS3(DiscardingS3.Sums.CRC32C);
        parts = new ArchiveParts(folder, s3.endpoint().toString(), "access", "secret", Map.of("s3.bucket", DiscardingS3.BUCKET));
        host.file("/good.png", "image/png", new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
    }

    @AfterEach
    void close() throws Exception {
        parts.close();
        s3.close();
        host.close();
    }

    private Job archive(String url) {
        return parts.archive(parts.archiving("p", "job", Map.of()), report(asset("image", host.url("/good.png")), asset("video", url)));
    }

    @Test
    void anInvalidUrlIsNamedByItsPlace() {
        Job job = archive("http://127.0.0.1/a\\b?" + QUERY);
        assertThat(job.state()).isEqualTo(JobState.BLOCKED);
        assertThat(job.error().message()).isEqualTo("The asset's URL is not fetched: it has a backslash. It is the URL of asset 1 (video).");
    }

    @Test
    void aBlockedUrlIsNamedByItsAsset() {
        Job job = archive("http://10.0.0.1/a.mp4?" + QUERY);
        assertThat(job.error().code()).isEqualTo("url-blocked");
        assertThat(job.error().message()).contains("10.0.0.1 is private").endsWith("It is the URL of asset 1 (video http://10.0.0.1/a.mp4).");
    }

    @Test
    void aRedirectIsNamedByWhoRedirects() {
        host.on("/to", (request, time, out) -> AssetHost.head(out, "302 Found", "Location: http://10.0.0.1/a.mp4?" + QUERY, "Content-Length: 0"));
        Job job = archive(host.url("/to?" + QUERY));
        assertThat(job.error().code()).isEqualTo("url-blocked");
        assertThat(job.error().message()).contains("10.0.0.1 is private").endsWith("It is the URL that the host 127.0.0.1 of asset 1 (video " + host.url("/to") + ") redirects to.");
    }

    private static void echo(String where, String target, OutputStream out) throws java.io.IOException {
        String query = target.substring(target.indexOf('?') + 1);
        String answer = switch (where) {
            case "header" -> "HTTP/1.1 200 OK\r\nno colon " + query + "\r\n\r\n";
            case "part of the query" -> "HTTP/1.1 200 OK\r\nno colon " + query.substring(query.indexOf("auth=")) + "\r\n\r\n";
            case "status line" -> "HTTP/x " + query + "\r\n\r\n";
            default -> "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nTransfer-Encoding: chunked\r\n\r\n" + query + "\r\n";
        };
        out.write(answer.getBytes(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @ValueSource(strings = {"header", "part of the query", "status line", "chunk"})
    void aHostThatSendsTheQueryBackDoesNotHaveItTold(String where) {
        host.on("/echo", (request, time, out) -> echo(where, request.target(), out));
        Job job = archive(host.url("/echo?" + QUERY));
        assertThat(job.error().message()).contains("asset 1 (video").doesNotContain("HMACSECRET77").doesNotContain("SECRET77");
        assertThat(parts.jobs.timeline(job)).isNotEmpty().allSatisfy(entry -> assertThat(String.valueOf(entry.detail())).doesNotContain("SECRET77"));
    }
}
