package io.mediajobs.archive;

import static io.mediajobs.archive.ArchiveParts.asset;
import static io.mediajobs.archive.ArchiveParts.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.job.Job;
import io.mediajobs.job.JobState;
import io.mediajobs.report.ReportAsset;
import io.mediajobs.servers.Answer;
import io.mediajobs.servers.Daemon;
import io.mediajobs.servers.DiscardingS3;
import io.mediajobs.servers.PlainServer;
import io.mediajobs.store.ArchivedAsset;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that send more than they announced: no asset gets what was left of another. */
class SurplusBytesTest {

    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    private static final DnsResolver NAMES = new DnsResolver() {
        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            return new InetAddress[] {host.equals("good.example") ? InetAddress.getLoopbackAddress() : InetAddress.getByName(host)};
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    };

    @TempDir
    Path folder;
    /** Paths that were asked for, and those that were asked for again. */
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private final Set<String> again = ConcurrentHashMap.newKeySet();

    private void answerTwice(PlainServer.Request request, Answer answer) throws IOException {
        if (!asked.add(request.path())) {
            again.add(request.path());
        }
        answer.send(200, Arrays.copyOf(PNG, Integer.parseInt(request.path().substring(1))), "Content-Type: image/png");
        answer.send(200, Arrays.copyOf(PNG, 400), "Content-Type: image/png");
    }

    private void areAllThemselves(String base, Map<String, String> more) throws Exception {
        Map<String, String> settings = new HashMap<>(Map.of("s3.bucket", DiscardingS3.BUCKET, "archive.at-once", "2"));
        settings.putAll(more);
        try (DiscardingS3 s3 = new DiscardingS3(DiscardingS3.Sums.CRC32C);
                ArchiveParts parts = TestCertificates.trusted(() -> new ArchiveParts(folder, s3.endpoint().toString(), "access", "secret", settings, NAMES))) {
            // as over a network: what comes after the next request is sent cannot be told from its answer
            s3.delay(20);
            List<ReportAsset> assets = IntStream.range(1_000, 1_020).mapToObj(bytes -> asset("image", base + "/" + bytes)).toList();

            Job job = parts.archive(parts.archiving("p", "job", Map.of()), report(assets.toArray(ReportAsset[]::new)));

            assertThat(job.state()).as("%s", job.error()).isEqualTo(JobState.ARCHIVED);
            assertThat(parts.jobs.assets(job)).extracting(ArchivedAsset::bytes).containsExactlyElementsOf(LongStream.range(1_000, 1_020).boxed().toList());
            assertThat(again).as("a URL that is good for one time is not asked twice").isEmpty();
        }
    }

    @Test
    void plain() throws Exception {
        try (PlainServer host = new PlainServer(this::answerTwice)) {
            areAllThemselves(host.address().toString(), Map.of());
        }
    }

    @Test
    void overTls() throws Exception {
        try (PlainServer host = new PlainServer(this::answerTwice, TestCertificates.sockets("good"))) {
            areAllThemselves("https://good.example:" + host.address().getPort(), Map.of());
        }
    }

    /** RFC 9110, section 9.3.6: a proxy must not announce a body with its consent, and a client must ignore it. This one does all the same. */
    @Test
    void throughAProxyThatSaysMoreThanYes() throws Exception {
        try (PlainServer host = new PlainServer(this::answerTwice, TestCertificates.sockets("good")); ServerSocket proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Daemon.start(() -> {
                while (true) {
                    Socket connection = proxy.accept();
                    Daemon.start(() -> tunnel(connection, host.address().getPort()));
                }
            });
            areAllThemselves("https://good.example:" + host.address().getPort(), Map.of("archive.proxy", "http://127.0.0.1:" + proxy.getLocalPort()));
        }
    }

    private static void tunnel(Socket connection, int port) throws IOException {
        try (connection; Socket target = new Socket(InetAddress.getLoopbackAddress(), port)) {
            connection.setTcpNoDelay(true);
            target.setTcpNoDelay(true);
            InputStream in = connection.getInputStream();
            for (int last = 0, next = in.read(); last != '\n' || next != '\r'; last = next, next = in.read()) {
                // its head
            }
            in.read();
            connection.getOutputStream().write("HTTP/1.1 200 Connection established\r\nContent-Length: 2\r\n\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            Daemon.start(() -> target.getInputStream().transferTo(connection.getOutputStream()));
            in.transferTo(target.getOutputStream());
        }
    }
}
