package io.mediajobs.archive;

import static io.mediajobs.archive.ArchiveParts.BUCKET;
import static io.mediajobs.archive.ArchiveParts.asset;
import static io.mediajobs.archive.ArchiveParts.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.demo.s3.EmbeddedS3;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobState;
import io.mediajobs.servers.Daemon;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hosts that are asked over TLS are who they say, or not a byte of theirs is taken. All of them listen on 127.0.0.2, whatever their names. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SecureAssetHostsTest {

    private static final byte[] PNG = HostileAssetsTest.PNG;
    private static final DnsResolver NAMES = new DnsResolver() {
        @Override
        public InetAddress[] resolve(String name) throws UnknownHostException {
            if (name.equals("gone.example")) {
                throw new UnknownHostException(name);
            }
            return new InetAddress[] {InetAddress.getByName("127.0.0.2")};
        }

        @Override
        public String resolveCanonicalHostname(String name) {
            return name;
        }
    };

    @TempDir
    static Path folder;
    static EmbeddedS3 store;
    static ArchiveParts parts;

    @BeforeAll
    static void start() throws Exception {
        store = EmbeddedS3.start(folder.resolve("objects"));
        store.createBucket(BUCKET);
        parts = parts("direct", Map.of());
    }

    @AfterAll
    static void stop() {
        parts.close();
        store.close();
    }

    private static ArchiveParts parts(String name, Map<String, String> more) throws Exception {
        Map<String, String> settings = new java.util.HashMap<>(Map.of("archive.private-addresses", "127.0.0.2", "archive.asset-retry-delay", "1ms"));
        settings.putAll(more);
        return TestCertificates.trusted(() -> new ArchiveParts(folder.resolve(name), store.endpoint().toString(), store.accessKey(), store.secretKey(), settings, NAMES));
    }

    private static AssetHost host(String certificate) throws IOException {
        return new AssetHost(InetAddress.getByName("127.0.0.2"), TestCertificates.sockets(certificate)).file("/a.png", "image/png", PNG);
    }

    private static List<String> objects(String provider) {
        return parts.s3.listObjectsV2(list -> list.bucket(BUCKET).prefix(provider + "/")).contents().stream().map(object -> object.key()).toList();
    }

    @Test
    void theNameIsTheOneInTheUrlThoughTheConnectionGoesToTheAddress() throws Exception {
        try (AssetHost host = host("good")) {
            Job after = parts.archive(parts.archiving("good", "1", Map.of()), report(asset("image", "https://good.example:" + host.port() + "/a.png")));
            assertThat(after.state()).as(() -> String.valueOf(after.error())).isEqualTo(JobState.ARCHIVED);
            assertThat(host.serverNames()).containsExactly("good.example");
            assertThat(host.requests()).singleElement().satisfies(request -> assertThat(request.headers()).containsEntry("host", "good.example:" + host.port()));
        }
    }

    /** A certificate may be renewed, a name server mended: it is tried again later, like any host that does not answer. */
    @ParameterizedTest
    @CsvSource({"expired, good.example, CertificateExpiredException: NotAfter", "other, good.example, No subject alternative DNS name", "unknown, good.example, certification path", "good, gone.example, UnknownHost"})
    void aHostThatIsNotWhoItSaysGivesNothingAndIsTriedAgainLater(String certificate, String name, String reason) throws Exception {
        try (AssetHost host = host(certificate)) {
            String provider = certificate + "-" + name.substring(0, 4);
            Job after = parts.archive(parts.archiving(provider, "1", Map.of()), report(asset("image", "https://" + name + ":" + host.port() + "/a.png?sig=secret-query")));
            assertThat(after.state()).isEqualTo(JobState.ARCHIVING);
            assertThat(after.nextPollAt()).isNotNull();
            assertThat(after.error().code()).isEqualTo("asset-unavailable");
            assertThat(after.error().message()).contains(name).contains(reason).doesNotContain("secret-query");
            assertThat(host.requests()).isEmpty();
            assertThat(objects(provider)).isEmpty();
        }
    }

    @Test
    void noRedirectLeavesTls() throws Exception {
        try (AssetHost host = host("good"); AssetHost plain = new AssetHost(InetAddress.getByName("127.0.0.2"))) {
            host.on("/down", (request, time, out) -> AssetHost.head(out, "302 Found", "Location: " + plain.url("/a.png"), "Content-Length: 0"));
            Job after = parts.archive(parts.archiving("down", "1", Map.of()), report(asset("image", "https://good.example:" + host.port() + "/down")));
            assertThat(after.state()).isEqualTo(JobState.BLOCKED);
            assertThat(after.error().code()).isEqualTo("url-blocked");
            assertThat(after.error().message()).contains("from https to http");
            assertThat(plain.requests()).isEmpty();
        }
    }

    @Test
    void throughAProxyTheHostIsStillTheOneThatMustProveWhoItIs() throws Exception {
        try (AssetHost good = host("good"); AssetHost other = host("other"); Tunnel proxy = new Tunnel(good.port());
                ArchiveParts behind = parts("proxied", Map.of("archive.proxy", "http://127.0.0.2:" + proxy.port(), "archive.proxy-user", "ann", "archive.proxy-password", "secret-word"))) {
            Job after = behind.archive(behind.archiving("proxied", "1", Map.of()), report(asset("image", "https://good.example/a.png")));
            assertThat(after.state()).as(() -> String.valueOf(after.error())).isEqualTo(JobState.ARCHIVED);
            assertThat(proxy.heads).last().asString().startsWith("CONNECT good.example:443 ").containsIgnoringCase("Proxy-Authorization: Basic ");
            assertThat(good.requests()).singleElement().satisfies(request -> assertThat(request.headers()).doesNotContainKey("proxy-authorization"));

            proxy.leadsTo = other.port();
            Job astray = behind.archive(behind.archiving("proxied", "2", Map.of()), report(asset("image", "https://good.example/a.png?sig=secret-query")));
            assertThat(astray.error().code()).isEqualTo("asset-unavailable");
            assertThat(astray.error().message()).doesNotContain("secret");
            assertThat(other.requests()).isEmpty();
        }
    }

    /** A proxy that asks for an account and then lets everything through to one port. */
    private static final class Tunnel implements AutoCloseable {

        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.2"));
        private final List<String> heads = new CopyOnWriteArrayList<>();
        private volatile int leadsTo;

        private Tunnel(int leadsTo) throws IOException {
            this.leadsTo = leadsTo;
            Daemon.start(() -> {
                while (true) {
                    Socket client = socket.accept();
                    Daemon.start(() -> serve(client));
                }
            });
        }

        private int port() {
            return socket.getLocalPort();
        }

        private void serve(Socket client) throws IOException {
            try (client) {
                for (String head = head(client); !head.isEmpty(); head = head(client)) {
                    heads.add(head);
                    if (!head.toLowerCase().contains("proxy-authorization:")) {
                        client.getOutputStream().write("HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n"
                                .getBytes(StandardCharsets.ISO_8859_1));
                        continue;
                    }
                    client.getOutputStream().write("HTTP/1.1 200 Connected\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
                    try (Socket host = new Socket(InetAddress.getByName("127.0.0.2"), leadsTo)) {
                        Daemon.start(() -> client.getInputStream().transferTo(host.getOutputStream()));
                        host.getInputStream().transferTo(client.getOutputStream());
                    }
                    return;
                }
            }
        }

        private static String head(Socket client) throws IOException {
            InputStream in = client.getInputStream();
            StringBuilder head = new StringBuilder();
            for (int b = in.read(); b >= 0; b = in.read()) {
                head.append((char) b);
                if (head.indexOf("\r\n\r\n") >= 0) {
                    return head.toString();
                }
            }
            return "";
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
