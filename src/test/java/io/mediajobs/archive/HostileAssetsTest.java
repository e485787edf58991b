package io.mediajobs.archive;

import static io.mediajobs.archive.ArchiveParts.BUCKET;
import static io.mediajobs.archive.ArchiveParts.asset;
import static io.mediajobs.archive.ArchiveParts.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import io.mediajobs.demo.s3.EmbeddedS3;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobState;
import io.mediajobs.poll.AssetTerms;
import io.mediajobs.report.Answer;
import io.mediajobs.report.AnswerReader;
import io.mediajobs.report.Mappings;
import io.mediajobs.report.ReportAsset;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What others may write as an asset's URL, name or body, each with its safe result. Two servers listen: the canary on this machine's own
 * addresses, which nothing may ever reach, and a host on 127.0.0.2, the one address that the settings open.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HostileAssetsTest {

    /** Stands for the canary's port in the URLs below: had the guard a hole, the connection would come about. */
    private static final String PORT = "PORT";

    @TempDir
    static Path folder;
    static EmbeddedS3 store;
    static Canary canary;
    static AssetHost host;
    static Names names;
    static ArchiveParts parts;
    static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13, 'I', 'H', 'D', 'R'};
    static final AtomicInteger JOBS = new AtomicInteger();
    static final AnswerReader READER = new AnswerReader();
    static final Mappings MAPPINGS = new Mappings(Path.of("routes/providers"));

    /** Counts whoever connects. */
    private static final class Canary implements AutoCloseable {

        private final List<ServerSocket> sockets = new ArrayList<>();
        private final List<String> connections = new CopyOnWriteArrayList<>();
        private final int port;

        private Canary() throws IOException {
            port = listen(InetAddress.getByName("127.0.0.1"), 0);
            listen(InetAddress.getByName("::1"), port);
            listen(InetAddress.getByName("127.0.0.3"), port);
        }

        private int listen(InetAddress address, int port) throws IOException {
            ServerSocket socket = new ServerSocket(port, 50, address);
            sockets.add(socket);
            Thread acceptor = new Thread(() -> {
                while (!socket.isClosed()) {
                    try (var connection = socket.accept()) {
                        connections.add(connection.toString());
                    } catch (IOException e) {
                        return;
                    }
                }
            }, "canary");
            acceptor.setDaemon(true);
            acceptor.start();
            return socket.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    /** A name server that gives each name its addresses, and the last one again and again. */
    private static final class Names implements DnsResolver {

        private final Map<String, String[]> addresses = Map.of(
                "private.example", new String[] {"10.0.0.1"},
                "mixed.example", new String[] {"127.0.0.2 127.0.0.1"},
                "mixed-the-other-way.example", new String[] {"127.0.0.1 127.0.0.2"},
                "half-public.example", new String[] {"198.41.0.4 127.0.0.1"},
                "mapped.example", new String[] {"::ffff:127.0.0.1"},
                "unique-local.example", new String[] {"fd00::1"},
                "metadata.google.internal", new String[] {"169.254.169.254"},
                "canary.example", new String[] {"127.0.0.1"},
                "good.example", new String[] {"127.0.0.2"},
                "rebinding.example", new String[] {"127.0.0.2", "127.0.0.1"});
        private final Map<String, AtomicInteger> asked = new java.util.concurrent.ConcurrentHashMap<>();

        @Override
        public InetAddress[] resolve(String name) throws UnknownHostException {
            int time = asked.computeIfAbsent(name, any -> new AtomicInteger()).getAndIncrement();
            String[] each = addresses.get(name.endsWith(".") ? name.substring(0, name.length() - 1) : name);
            if (each == null) {
                // addresses that are written out; real names are not looked up in a test
                if (!name.matches("[0-9.]+|\\[?[0-9a-fA-F:.]+]?|localhost")) {
                    throw new UnknownHostException(name);
                }
                return SystemDefaultDnsResolver.INSTANCE.resolve(name);
            }
            String[] all = each[Math.min(time, each.length - 1)].split(" ");
            InetAddress[] found = new InetAddress[all.length];
            for (int i = 0; i < all.length; i++) {
                found[i] = InetAddress.getByName(all[i]);
            }
            return found;
        }

        @Override
        public String resolveCanonicalHostname(String name) {
            return name;
        }
    }

    @BeforeAll
    static void start() throws Exception {
        store = EmbeddedS3.start(folder.resolve("objects"));
        store.createBucket(BUCKET);
        canary = new Canary();
        host = new AssetHost(InetAddress.getByName("127.0.0.2"));
        names = new Names();
        parts = new ArchiveParts(folder, store.endpoint().toString(), store.accessKey(), store.secretKey(),
                Map.of("archive.private-addresses", "127.0.0.2", "archive.max-asset-bytes", "6MB", "archive.multipart-from", "5MB", "archive.part-size", "5MB",
                        "s3.part-timeout", "20s"), names);
    }

    @AfterAll
    static void stop() throws Exception {
        parts.close();
        host.close();
        canary.close();
        store.close();
    }

    @AfterEach
    void nothingReachedTheCanary() {
        assertThat(canary.connections).isEmpty();
    }

    private static Job archive(ReportAsset... assets) {
        Job job = parts.archiving("p" + JOBS.incrementAndGet(), "hostile", Map.of());
        return parts.archive(job, report(assets));
    }

    private static String url(String text) {
        return text.replace(PORT, String.valueOf(canary.port));
    }

    static Stream<String> blockedUrls() {
        return Stream.of(
                // metadata services
                "http://169.254.169.254/latest/meta-data/", "https://169.254.169.254:PORT/", "http://[fd00:ec2::254]/latest/meta-data/", "http://169.254.170.2/v2/credentials",
                "http://100.100.100.200/latest/meta-data/", "http://168.63.129.16/machine", "http://metadata.google.internal/computeMetadata/v1/", "http://[::ffff:169.254.169.254]/",
                "http://[::ffff:a9fe:a9fe]/", "http://[2002:a9fe:a9fe::]/", "http://[fd20:ce::254]/computeMetadata/v1/", "http://[fe80::a9fe:a9fe]/openstack", "http://169.254.42.42/conf",
                // this machine
                "http://127.0.0.1:PORT/a.mp4", "http://127.0.0.3:PORT/a.mp4", "http://127.255.255.254:PORT/", "http://localhost:PORT/a", "http://LOCALHOST:PORT/a", "http://localhost.:PORT/a",
                "http://x.localhost:PORT/a", "http://[::1]:PORT/a", "http://[0:0:0:0:0:0:0:1]:PORT/a", "http://[::]:PORT/a", "http://0.0.0.0:PORT/a",
                // IPv4 in IPv6
                "http://[::ffff:127.0.0.1]:PORT/a", "http://[::ffff:7f00:1]:PORT/a", "http://[::127.0.0.1]:PORT/a", "http://[2002:7f00:1::]:PORT/a", "http://[64:ff9b::7f00:1]:PORT/a", "http://[64:ff9b::c629:4]:PORT/a",
                "http://[64:ff9b:1::1]:PORT/a", "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]:PORT/a", "http://[::ffff:0:127.0.0.1]:PORT/a",
                // private and special ranges
                "http://10.0.0.1:PORT/", "http://172.16.0.1:PORT/", "http://172.31.255.255:PORT/", "http://192.168.1.1:PORT/", "http://100.64.0.1:PORT/", "http://100.127.255.255:PORT/",
                "http://169.254.1.1:PORT/", "http://192.0.0.8:PORT/", "http://192.0.2.1:PORT/", "http://198.18.0.1:PORT/", "http://198.51.100.1:PORT/", "http://203.0.113.1:PORT/",
                "http://224.0.0.1:PORT/", "http://239.255.255.250:PORT/", "http://240.0.0.1:PORT/", "http://255.255.255.255:PORT/", "http://[fc00::1]:PORT/", "http://[fd12::1]:PORT/",
                "http://[fe80::1]:PORT/", "http://[fec0::1]:PORT/", "http://[ff02::1]:PORT/", "http://[2001:db8::1]:PORT/", "http://[100::1]:PORT/", "http://[4000::1]:PORT/",
                // names
                "http://private.example:PORT/a", "http://mixed.example:PORT/a", "http://mixed-the-other-way.example:PORT/a", "http://half-public.example:PORT/a", "http://mapped.example:PORT/a", "http://unique-local.example:PORT/a", "http://canary.example:PORT/a",
                "http://canary.example.:PORT/a");
    }

    static Stream<String> invalidUrls() {
        return Stream.of(
                // other ways to write 127.0.0.1
                "http://2130706433:PORT/a", "http://0x7f000001:PORT/a", "http://017700000001:PORT/a", "http://0177.0.0.1:PORT/a", "http://0x7f.0.0.1:PORT/a", "http://127.1:PORT/a",
                "http://127.0.1:PORT/a", "http://127.00.0.1:PORT/a", "http://0:PORT/a", "http://2130706433.:PORT/a", "http://127.0.0.1.0x1:PORT/a", "http://１２７.0.0.1:PORT/a",
                "http://①②⑦.0.0.1:PORT/a", "http://127。0。0。1:PORT/a", "http://[fe80::1%25eth0]:PORT/a", "http://[fe80::1%eth0]:PORT/a", "http://[::1:PORT/a", "http://[127.0.0.1]:PORT/a",
                "http://127.0.0.1.:PORT/a", "http://%31%32%37.0.0.1:PORT/a",
                // schemes
                "file:///etc/passwd", "jar:http://127.0.0.1:PORT/a.jar!/b", "data:text/plain,x", "ftp://127.0.0.1:PORT/a", "gopher://127.0.0.1:PORT/_x", "s3://bucket/key", "javascript:alert(1)",
                "netdoc:///etc/passwd", "ldap://127.0.0.1:PORT/", "dict://127.0.0.1:PORT/", "//127.0.0.1:PORT/a", "/etc/passwd", "a.mp4", "", "http:", "http://", "http:///a", "https:127.0.0.1:PORT/a",
                // user names, backslashes, control characters, ports
                "http://good.example@127.0.0.1:PORT/", "http://127.0.0.1:PORT@good.example/", "http://good.example:80@127.0.0.1:PORT/", "http://127.0.0.1:PORT\\@good.example/",
                "http://good.example\\@127.0.0.1:PORT/", "http:\\\\127.0.0.1:PORT\\a", "http://good.example/\r\nHost: 127.0.0.1", "http://good.example/a\nb", "http://good.example/\tb",
                " http://good.example/", "http://good.example:0/", "http://good.example:65536/", "http://good.example:99999/", "http://good.example:-1/", "http://good.example:80:80/",
                "http://good.example: 80/", "http://good .example/", "http://good_.example\0/", "http://" + "a".repeat(64 * 1024) + ".example/");
    }

    @ParameterizedTest
    @MethodSource("blockedUrls")
    void whereNothingIsFetchedFromBlocksTheJob(String text) {
        Job after = archive(asset("video", url(text) + (text.contains("?") ? "" : "?X-Signature=secret-query")));
        assertThat(after.state()).isEqualTo(JobState.BLOCKED);
        assertThat(after.error().code()).isEqualTo("url-blocked");
        assertThat(after.error().message()).doesNotContain("secret-query").contains("archive.");
    }

    @ParameterizedTest
    @MethodSource("invalidUrls")
    void whatIsNoUrlOfAnAssetBlocksTheJob(String text) {
        Job after = archive(asset("video", url(text)));
        assertThat(after.state()).isEqualTo(JobState.BLOCKED);
        assertThat(after.error().code()).isEqualTo("url-invalid");
        assertThat(after.error().message().length()).isLessThan(300);
    }

    @ParameterizedTest
    @MethodSource({"blockedUrls", "invalidUrls"})
    void aRedirectToThereBlocksTheJobToo(String text) {
        boolean isHeader = text.chars().allMatch(c -> c > 0x20 && c < 0x7F) && text.length() < 10_000;
        // relative to its own host, which is well, or not to be written into a header
        if (!isHeader || text.startsWith("/etc") || text.equals("a.mp4") || text.equals("http:")) {
            return;
        }
        String path = "/redirect" + JOBS.incrementAndGet();
        host.on(path, (request, time, out) -> AssetHost.head(out, "302 Found", "Location: " + url(text), "Content-Length: 0"));
        Job after = archive(asset("video", host.url(path)));
        assertThat(after.state()).isEqualTo(JobState.BLOCKED);
        assertThat(after.error().code()).isIn("url-blocked", "url-invalid");
        assertThat(host.asked(path)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"http://good.example:22/a, archive.ports", "http://good.example:6379/a, archive.ports", "http://good.example:8079/a, archive.ports", "https://good.example:8085/a, archive.schemes"})
    void schemesAndPortsAreThoseOfTheSettings(String text, String setting) {
        AddressGuard strict = guard(Map.of("archive.schemes", "http", "archive.ports", "80,8080-8090"));
        assertThatThrownBy(() -> strict.check(text, AssetTerms.NONE)).isInstanceOfSatisfying(AssetRefusedException.class, refused -> {
            assertThat(refused.code()).isEqualTo("url-blocked");
            assertThat(refused.getMessage()).contains(setting);
        });
        assertThat(strict.check("http://good.example:8085/a", AssetTerms.NONE)).isNotNull();
    }

    @Test
    void aNameThatMeansSomethingElseTheSecondTimeIsNotFollowed() {
        byte[] all = new byte[6_000_000];
        all[0] = 'x';
        host.on("/rebinding", (request, time, out) -> {
            AssetHost.head(out, "200 OK", "Content-Type: video/mp4", "ETag: \"1\"", "Content-Length: " + all.length);
            out.write(all, 0, 5_500_000);
        });
        Job after = archive(asset("video", "http://rebinding.example:" + host.port() + "/rebinding"));
        assertThat(after.state()).isEqualTo(JobState.BLOCKED);
        assertThat(after.error().code()).isEqualTo("url-blocked");
        assertThat(host.asked("/rebinding")).isEqualTo(1);
    }

    @Test
    void aNameIsLookedUpOnceForAConnection() {
        host.file("/once", "image/png", PNG);
        int before = names.asked.computeIfAbsent("good.example", any -> new AtomicInteger()).get();
        assertThat(archive(asset("image", "http://good.example:" + host.port() + "/once")).state()).isEqualTo(JobState.ARCHIVED);
        assertThat(names.asked.get("good.example").get()).isEqualTo(before + 1);
        assertThat(host.requests().get(host.requests().size() - 1).headers()).containsEntry("host", "good.example:" + host.port());
    }

    @Test
    void whatOpensARangeOpensNoMetadataServiceAndNothingBehindAGateway() {
        AddressGuard ranges = guard("169.254.0.0/16, 64:ff9b::/96");
        for (String refused : List.of("http://169.254.169.254/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b::a9fe:a9fe]/", "http://10.0.0.1/")) {
            assertThatThrownBy(() -> ranges.check(refused, AssetTerms.NONE)).as(refused).isInstanceOf(AssetRefusedException.class).hasMessageContaining("archive.private-addresses");
        }
        for (String taken : List.of("http://169.254.1.1/", "http://[64:ff9b::c629:4]/")) {
            assertThat(ranges.check(taken, AssetTerms.NONE)).hasToString(taken);
        }
        assertThat(guard("169.254.169.254").check("http://169.254.169.254/", AssetTerms.NONE)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "10.0.0/8", "10.0.0.1-10.0.0.9", "localhost", "::/129", "010.0.0.0/8", "any"})
    void whatIsNoRangeStopsTheStart(String text) {
        assertThatThrownBy(() -> guard(text)).isInstanceOf(ConfigurationException.class).hasMessageContaining("archive.private-addresses");
    }

    private static AddressGuard guard(String privateAddresses) {
        return guard(Map.of("archive.private-addresses", privateAddresses));
    }

    private static AddressGuard guard(Map<String, String> settings) {
        return new AddressGuard(Settings.load(Path.of("").toAbsolutePath(), List.of(), Map.of(), new Properties(), settings), names);
    }

    @Test
    void aPathGoesOutAsItIs() {
        for (String path : List.of("//a//b.png", "/a/../b.png", "/a/%2e%2e/b.png", "/./a.png", "/%252e/a.png", "/a;b=c/d.png")) {
            host.file(path, "image/png", PNG);
            Job after = archive(asset("image", host.url(path)));
            assertThat(after.state()).as(() -> path + " " + after.error()).isEqualTo(JobState.ARCHIVED);
            assertThat(host.asked(path)).isEqualTo(1);
        }
    }

    @Test
    void redirectsEnd() {
        host.on("/round", (request, time, out) -> AssetHost.head(out, "307 Temporary Redirect", "Location: /round", "Content-Length: 0"));
        assertThat(archive(asset("video", host.url("/round"))).error().code()).isEqualTo("url-blocked");
        assertThat(host.asked("/round")).isEqualTo(6);
        for (int hop = 0; hop < 11; hop++) {
            int next = hop + 1;
            host.on("/hop" + hop, (request, time, out) -> AssetHost.head(out, "302 Found", "Location: /hop" + next, "Content-Length: 0"));
        }
        Job after = archive(asset("video", host.url("/hop0")));
        assertThat(after.error().code()).isEqualTo("url-blocked");
        assertThat(after.error().message()).contains("more than 5 times");
        assertThat(host.asked("/hop5")).isEqualTo(1);
        assertThat(host.asked("/hop6")).isZero();
    }

    @Test
    void onlyTheHostsThatTheProvidersRouteNamesAreAsked() {
        host.on("/listed", (request, time, out) -> AssetHost.head(out, "302 Found", "Location: " + host.url("/elsewhere"), "Content-Length: 0"));
        AssetTerms terms = new AssetTerms(List.of("good.example", "*.cdn.example"), null, "Authorization", null);
        for (String text : List.of(host.url("/a"), "http://evil.example/a", "http://cdn.example/a", "http://good.example.evil.example/a", "http://xgood.example/a",
                "http://good.example:" + host.port() + "/listed")) {
            Job job = parts.archiving("p" + JOBS.incrementAndGet(), "hosts", Map.of());
            Job after = parts.archive(job, report(asset("video", text)), terms);
            assertThat(after.error().code()).as(text).isEqualTo("url-blocked");
            assertThat(after.error().message()).contains("assetHosts");
        }
        assertThat(host.asked("/elsewhere")).isZero();
        assertThat(terms.allow("a.cdn.example")).isTrue();
    }

    private record Body(String name, String reported, AssetHost.Answer answer, String code) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static AssetHost.Answer file(String contentType, byte[] bytes, String... headers) {
        return (request, time, out) -> {
            List<String> all = new ArrayList<>(List.of("Content-Length: " + bytes.length));
            if (contentType != null) {
                all.add("Content-Type: " + contentType);
            }
            all.addAll(Arrays.asList(headers));
            AssetHost.head(out, "200 OK", all.toArray(String[]::new));
            out.write(bytes);
        };
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void endless(OutputStream out) throws IOException {
        byte[] chunk = new byte[64 * 1024];
        for (int i = 0; i < 1_000; i++) {
            AssetHost.chunk(out, chunk, chunk.length);
        }
    }

    static Stream<Body> bodies() {
        String[] headers = new String[10_000];
        Arrays.setAll(headers, i -> "X-" + i + ": x");
        byte[] page = text("<!DOCTYPE html><html><head><title>Sorry</title></head><body>The link has expired.</body></html>");
        return Stream.of(
                new Body("a petabyte announced", "video/mp4", (request, time, out) -> AssetHost.head(out, "200 OK", "Content-Type: video/mp4", "Content-Length: 1000000000000000"),
                        "asset-too-large"),
                new Body("a length that is no number", "video/mp4", (request, time, out) -> AssetHost.head(out, "200 OK", "Content-Length: 99999999999999999999"), "asset-unavailable"),
                new Body("a negative length", "video/mp4", (request, time, out) -> AssetHost.head(out, "200 OK", "Content-Length: -5"), "asset-unavailable"),
                new Body("chunks without end", "video/mp4", (request, time, out) -> {
                    AssetHost.head(out, "200 OK", "Content-Type: video/mp4", "Transfer-Encoding: chunked");
                    endless(out);
                }, "asset-too-large"),
                new Body("a chunk that is no number", "video/mp4", (request, time, out) -> {
                    AssetHost.head(out, "200 OK", "Transfer-Encoding: chunked");
                    out.write(text("zz\r\n"));
                }, "asset-unavailable"),
                new Body("a gzip bomb", "video/mp4", file("video/mp4", new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0}, "Content-Encoding: gzip"), "asset-unavailable"),
                new Body("compressed twice", "video/mp4", file("video/mp4", new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0}, "Content-Encoding: gzip, gzip"), "asset-unavailable"),
                new Body("a gzip bomb that nobody calls compressed", "video/mp4", file("video/mp4", new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 3}), "asset-type-refused"),
                new Body("nothing, announced", "video/mp4", file("video/mp4", new byte[0]), "asset-unavailable"),
                new Body("nothing, in chunks", "video/mp4", (request, time, out) -> {
                    AssetHost.head(out, "200 OK", "Content-Type: video/mp4", "Transfer-Encoding: chunked");
                    out.write(text("0\r\n\r\n"));
                }, "asset-unavailable"),
                new Body("a page, said to be a video", "video/mp4", file("video/mp4", page), "asset-unavailable"),
                new Body("a page in chunks, said to be a video", "video/mp4", (request, time, out) -> {
                    AssetHost.head(out, "200 OK", "Content-Type: video/mp4", "Transfer-Encoding: chunked");
                    AssetHost.chunk(out, page, page.length);
                    out.write(text("0\r\n\r\n"));
                }, "asset-unavailable"),
                new Body("a page, byte order mark first", "image/png", file("image/png", text("\uFEFF  <html><body>x</body></html>")), "asset-unavailable"),
                new Body("a page without any type", null, file(null, page), "asset-unavailable"),
                new Body("an error as JSON, said to be an image", "image/png", file("image/png", text("{\"error\": {\"code\": \"AccessDenied\", \"message\": \"expired\"}}")), "asset-unavailable"),
                new Body("an error of S3, said to be a video", "video/mp4", file("video/mp4", text("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>")), "asset-unavailable"),
                new Body("a sentence, said to be audio", "audio/mpeg", file("audio/mpeg", text("Sorry, this file is not here any more.")), "asset-unavailable"),
                new Body("a drawing with a script, said to be a photo", "image/png", file("image/png", text("<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>")),
                        "asset-unavailable"),
                new Body("a Windows program", "video/mp4", file("video/mp4", text("MZ\u0000\u0003\u0000\u0000\u0000\u0004 This program cannot be run in DOS mode")), "asset-type-refused"),
                new Body("a Linux program", "image/png", file("image/png", new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 62, 0}), "asset-type-refused"),
                new Body("a shell script", null, file(null, text("#!/bin/sh\nrm -rf /\n")), "asset-type-refused"),
                new Body("a type that is not allowed", "application/x-msdownload", file("application/x-msdownload", new byte[100]), "asset-type-refused"),
                new Body("10,000 headers", "video/mp4", file("video/mp4", new byte[100], headers), "asset-unavailable"),
                new Body("a header of a megabyte", "video/mp4", file("video/mp4", new byte[100], "X: " + "x".repeat(1 << 20)), "asset-unavailable"),
                new Body("an answer that is not HTTP", "video/mp4", (request, time, out) -> out.write(text("220 mail.example ESMTP\r\n")), "asset-unavailable"));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void aBodyThatIsNoAssetIsNotArchived(Body body) {
        String path = "/body" + JOBS.incrementAndGet();
        host.on(path, body.answer());
        Job after = archive(new ReportAsset("video", host.url(path), body.reported(), null, null, null, null));
        assertThat(after.error()).isNotNull();
        assertThat(after.error().code()).isEqualTo(body.code());
        assertThat(after.state()).isEqualTo(body.code().equals("asset-unavailable") ? JobState.ARCHIVING : JobState.BLOCKED);
        assertThat(objects(after)).isEmpty();
    }

    private static List<String> objects(Job job) {
        return parts.s3.listObjectsV2(list -> list.bucket(BUCKET).prefix(job.provider() + "/")).contents().stream().map(object -> object.key()).toList();
    }

    private record Kept(String name, String url, String reported, AssetHost.Answer answer, String key, String type, String disposition) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Kept> kept() {
        byte[] webp = text("RIFF____WEBPVP8 ____________________");
        byte[] mp4 = {0, 0, 0, 0x18, 'f', 't', 'y', 'p', 'i', 's', 'o', 'm', 0, 0, 2, 0, 'i', 's', 'o', 'm', 'm', 'p', '4', '2'};
        byte[] svg = text("<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>");
        byte[] page = text("<!DOCTYPE html><html><body><script>alert(1)</script></body></html>");
        return Stream.of(
                new Kept("SVG that is said to be SVG", "/a.svg", "image/svg+xml", file("image/svg+xml", svg), "asset.svg", "application/octet-stream", "attachment"),
                new Kept("HTML that is said to be HTML", "/a.html", "text/html", file("text/html", page), "asset.html", "application/octet-stream", "attachment"),
                new Kept("a document that is said to be a video", "/i.mp4", "video/mp4", file("video/mp4", text("%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n")), "asset.mp4",
                        "application/pdf", null),
                new Kept("XML of a type that is allowed by its beginning", "/f", "model/vnd.collada+xml",
                        file("model/vnd.collada+xml", text("<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"><script>alert(1)</script></html>")), "asset.bin",
                        "application/octet-stream", "attachment"),
                new Kept("a style sheet that browsers read as XML", "/g", null, file("text/xsl", text("<?xml version=\"1.0\"?><a/>")), "asset.bin", "application/octet-stream", "attachment"),
                new Kept("a script", "/h", null, file("text/jscript", text("alert('a script that is longer than 32 characters')")), "asset.bin", "application/octet-stream", "attachment"),
                new Kept("XML", "/a.xml", "application/xml", file("application/xml", text("<?xml version=\"1.0\"?><a/>")), "asset.xml", "application/octet-stream", "attachment"),
                new Kept("WebP that is said to be JPEG", "/a.jpg", "image/jpeg", file("image/jpeg", webp), "asset.jpg", "image/webp", null),
                new Kept("PNG that nobody calls so", "/a", null, file("application/octet-stream", PNG), "asset.png", "image/png", null),
                new Kept("MP4 that nobody calls so", "/b", null, file(null, mp4), "asset.mp4", "video/mp4", null),
                new Kept("MP4 of a brand that others take for QuickTime", "/a.mp4", null, file("video/mp4", mp4), "asset.mp4", "video/mp4", null),
                new Kept("a name in Content-Disposition", "/c", "image/png", file("image/png", PNG, "Content-Disposition: attachment; filename=\"../../etc/passwd\""), "asset.png",
                        "image/png", null),
                new Kept("subtitles", "/d", "text/vtt", file("text/vtt", text("WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n")), "asset.vtt", "text/vtt", null),
                new Kept("bytes that nobody knows", "/e", null, file(null, new byte[] {0, 1, 2, 3, 4, 5, 6, 7}), "asset.bin", "application/octet-stream", "attachment"));
    }

    @ParameterizedTest
    @MethodSource("kept")
    void whatItIsCountsAndNotWhatItIsCalled(Kept kept) {
        for (boolean inParts : new boolean[] {false, true}) {
            String path = "/kept" + JOBS.incrementAndGet() + kept.url();
            host.on(path, inParts ? chunked(kept.answer()) : kept.answer());
            Job after = archive(new ReportAsset("asset", host.url(path), kept.reported(), null, null, null, null));
            assertThat(after.state()).as(() -> String.valueOf(after.error())).isEqualTo(JobState.ARCHIVED);
            var head = parts.s3.headObject(object -> object.bucket(BUCKET).key(after.provider() + "/hostile/" + kept.key()));
            assertThat(head.contentType()).isEqualTo(kept.type());
            assertThat(head.contentDisposition()).isEqualTo(kept.disposition());
        }
    }

    /** The same without its length. */
    private static AssetHost.Answer chunked(AssetHost.Answer answer) {
        return (request, time, out) -> {
            java.io.ByteArrayOutputStream whole = new java.io.ByteArrayOutputStream();
            answer.write(request, time, whole);
            String text = whole.toString(StandardCharsets.ISO_8859_1);
            int body = text.indexOf("\r\n\r\n") + 4;
            out.write(text.substring(0, body).replaceFirst("Content-Length: \\d+", "Transfer-Encoding: chunked").getBytes(StandardCharsets.ISO_8859_1));
            byte[] bytes = text.substring(body).getBytes(StandardCharsets.ISO_8859_1);
            AssetHost.chunk(out, bytes, bytes.length);
            out.write(text("0\r\n\r\n"));
        };
    }

    @Test
    void emptyAssetsAreArchivedWhereThatIsAllowed() throws Exception {
        host.file("/empty.txt", "text/plain", new byte[0]).on("/empty-chunks.txt", (request, time, out) -> {
            AssetHost.head(out, "200 OK", "Content-Type: text/plain", "Transfer-Encoding: chunked");
            out.write(text("0\r\n\r\n"));
        });
        try (ArchiveParts lenient = new ArchiveParts(folder.resolve("lenient"), store.endpoint().toString(), store.accessKey(), store.secretKey(),
                Map.of("archive.allow-empty", "true", "archive.private-addresses", "127.0.0.2"), names)) {
            Job after = lenient.archive(lenient.archiving("lenient", "empty", Map.of()), report(asset("a", host.url("/empty.txt")), asset("b", host.url("/empty-chunks.txt"))));
            assertThat(after.state()).as(() -> String.valueOf(after.error())).isEqualTo(JobState.ARCHIVED);
        }
    }

    @Test
    void tenThousandAssetsAreSeenToOneAfterTheOther() {
        ReportAsset[] many = new ReportAsset[10_000];
        Arrays.setAll(many, i -> asset("image", url("http://127.0.0.1:PORT/" + i + ".png")));
        Job after = archive(many);
        assertThat(after.state()).isEqualTo(JobState.BLOCKED);
        assertThat(after.error().code()).isEqualTo("url-blocked");
    }

    private record Said(String name, InputStream answer, String code) {

        private Said(String name, String answer, String code) {
            this(name, new ByteArrayInputStream(text(answer)), code);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static String completed(String members) {
        return "{\"job_id\":\"j\",\"status\":\"completed\"," + members + "}";
    }

    /** Each names the canary where it can. */
    static Stream<Said> answers() {
        String canaryUrl = url("http://127.0.0.1:PORT/a.png?sig=secret-query");
        String image = "{\"url\":\"" + canaryUrl + "\"}";
        String images = "\"images\":[" + image + "]";
        byte[] badUtf8 = text(completed(images + ",\"model\":\"_\""));
        badUtf8[badUtf8.length - 3] = (byte) 0xFF;
        return Stream.of(
                new Said("10,000 arrays in each other", completed(images + ",\"x\":" + "[".repeat(10_000) + "]".repeat(10_000)), "answer-unreadable"),
                new Said("10,000 objects in each other", completed(images + ",\"x\":" + "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000)), "answer-unreadable"),
                new Said("200 MB", new SequenceInputStream(new ByteArrayInputStream(text("{\"x\":\"")), new InputStream() {
                    private int left = 200 << 20;

                    @Override
                    public int read() {
                        return left-- > 0 ? 'x' : -1;
                    }
                }), "answer-too-large"),
                new Said("a name twice", completed(images + ",\"status\":\"pending\""), "answer-unreadable"),
                new Said("1e999999", completed(images + ",\"tokens_used\":1e999999"), "answer-unreadable"),
                new Said("100,000 digits", completed(images + ",\"tokens_used\":" + "9".repeat(100_000)), "answer-unreadable"),
                new Said("NaN", completed(images + ",\"tokens_used\":NaN"), "answer-unreadable"),
                new Said("no UTF-8", new ByteArrayInputStream(badUtf8), "answer-unreadable"),
                new Said("two answers", completed(images) + completed(images), "answer-unreadable"),
                new Said("an array", "[" + completed(images) + "]", "answer-unreadable"),
                new Said("text", "\"" + canaryUrl + "\"", "answer-unreadable"),
                new Said("a page", "<html><a href=\"" + canaryUrl + "\">x</a></html>", "answer-unreadable"),
                new Said("a status that is a number", "{\"status\":1," + images + "}", "answer-unfit"),
                new Said("a status that is a list", "{\"status\":[\"completed\"]," + images + "}", "answer-unfit"),
                new Said("images that are an object", completed("\"images\":" + image), "answer-unfit"),
                new Said("images that are text", completed("\"images\":\"" + canaryUrl + "\""), "answer-unfit"),
                new Said("an image that is text", completed("\"images\":[\"" + canaryUrl + "\"]"), "answer-unfit"),
                new Said("a URL that is null", completed("\"images\":[{\"url\":null}," + image + "]"), "answer-unfit"),
                new Said("a URL that is empty", completed("\"images\":[{\"url\":\"\"}," + image + "]"), "answer-unfit"),
                new Said("a URL that is a list", completed("\"images\":[{\"url\":[\"" + canaryUrl + "\"]}]"), "answer-unfit"),
                new Said("a URL that is a number", completed("\"images\":[{\"url\":2130706433}]"), "answer-unfit"),
                new Said("a URL of more than 64 KiB", completed("\"images\":[{\"url\":\"" + canaryUrl + "x".repeat(65_536) + "\"}]"), "answer-unfit"),
                new Said("a width of 100 digits", completed("\"images\":[{\"url\":\"" + canaryUrl + "\",\"width\":" + "9".repeat(100) + "}]"), "answer-unfit"),
                new Said("10,001 images", completed("\"images\":[" + (image + ",").repeat(10_000) + image + "]"), "answer-unfit"),
                new Said("a time that is none", completed(images + ",\"created_at\":\"" + canaryUrl + "\""), "answer-unfit"));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void anAnswerThatDoesNotFitIsNotGuessedAt(Said said) throws Exception {
        Answer answer = READER.read(200, "application/json", said.answer(), MAPPINGS.get("productai.jq"));
        assertThat(answer.report()).isNull();
        assertThat(answer.error().code()).isEqualTo(said.code());
        assertThat(answer.error().message().length()).isLessThan(500);
        assertThat(answer.toString()).doesNotContain("secret-query");
    }

    /** What Camel, Simple or a shell would put something else for, and what is no character. */
    @ParameterizedTest
    @ValueSource(strings = {"${env:HOME}", "${sysenv:PATH}", "{{env:HOME}}", "{{s3.secret-key}}", "$simple{sysenv:PATH}", "${bean:assetDownload}", "RAW(x)", "bean:s3Client", "$(id)", "`id`",
            "lone \\ud83d", "nul \\u0000", "right \\u202E to left"})
    void textStaysTextEverywhere(String text) throws Exception {
        String meant = text.startsWith("lone") ? "lone \uFFFD" : text.startsWith("nul") ? "nul \uFFFD" : text.replace("\\u202E", "\u202E");
        String path = "/text" + JOBS.incrementAndGet();
        host.file(path, "image/png", PNG);
        Answer answer = READER.read(200, "application/json",
                text(completed("\"images\":[{\"url\":\"" + host.url(path) + "?x=" + text + "\"}],\"model\":\"" + text + "\",\"tokens_used\":\"" + text + "\"")), MAPPINGS.get("productai.jq"));
        Job after = parts.archive(parts.archiving("text" + JOBS.incrementAndGet(), meant.replace('\uFFFD', '_'), Map.of("tag", meant)), answer.report());
        assertThat(after.state()).as(() -> String.valueOf(after.error())).isEqualTo(JobState.ARCHIVED);
        String target = host.requests().get(host.requests().size() - 1).target();
        assertThat(URLDecoder.decode(target.substring(target.indexOf('?') + 3), StandardCharsets.UTF_8)).isEqualTo(meant);
        assertThat(objects(after)).hasSize(2).allMatch(key -> key.matches("[A-Za-z0-9._/-]+"));
        JsonNode manifest = new ObjectMapper().readTree(parts.s3.getObjectAsBytes(get -> get.bucket(BUCKET).key(after.manifest())).asByteArray());
        assertThat(manifest.at("/attributes/model").textValue()).isEqualTo(meant);
        assertThat(manifest.at("/usage/tokens").textValue()).isEqualTo(meant);
        assertThat(manifest.at("/tags/tag").textValue()).isEqualTo(meant);
        JsonNode event = new ObjectMapper().readTree(parts.events().get(parts.events().size() - 1));
        assertThat(event.at("/data/usage/tokens").textValue()).isEqualTo(meant);
    }

    @Test
    void rolesThatDifferInCaseOnlyAreTwoObjects() {
        host.file("/upper.png", "image/png", PNG).file("/lower.png", "image/png", PNG);
        Job after = archive(asset("Image", host.url("/upper.png")), asset("image", host.url("/lower.png")));
        assertThat(after.state()).as(() -> String.valueOf(after.error())).isEqualTo(JobState.ARCHIVED);
        assertThat(objects(after)).hasSize(3).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("longNames")
    void longRolesAndJobIdsAreCut(String text) {
        rolesAndJobIdsNeverLeaveTheirPlace(text);
    }

    static Stream<String> longNames() {
        return Stream.of("x".repeat(1_025), "é".repeat(513), "😀".repeat(300), "../".repeat(400));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../etc/passwd", "%2e%2e%2f", "a%00b", "..\\..\\x", "/absolute", "😀", "\u202Egpj.exe", "manifest.json", "manifest", "${sysenv:PATH}", "{{s3.secret-key}}",
            "$simple{sysenv:PATH}", "RAW(x)", "."})
    void rolesAndJobIdsNeverLeaveTheirPlace(String text) {
        host.file("/key.png", "image/png", PNG);
        String provider = "keys" + JOBS.incrementAndGet();
        Job after = parts.archive(parts.archiving(provider, text, Map.of()), report(asset(text, host.url("/key.png"))));
        assertThat(after.state()).as(() -> String.valueOf(after.error())).isEqualTo(JobState.ARCHIVED);
        assertThat(objects(after)).hasSize(2).allMatch(key -> key.matches(provider + "/[A-Za-z0-9._-]+/[A-Za-z0-9._-]+") && !key.contains("/../") && !key.contains("/./"));
    }

    @Test
    void theProvidersKeyGoesToTheProviderAlone() throws Exception {
        try (AssetHost other = new AssetHost(InetAddress.getByName("127.0.0.2"));
                ArchiveParts own = new ArchiveParts(folder.resolve("key"), store.endpoint().toString(), store.accessKey(), store.secretKey(),
                        Map.of("archive.private-addresses", "127.0.0.2", "provider.stories.url", host.url("/v1"), "provider.stories.authorization", "Bearer kanarie-of-stories"), names)) {
            other.file("/cdn.png", "image/png", PNG);
            host.file("/own.png", "image/png", PNG)
                    .on("/to-cdn.png", (request, time, out) -> AssetHost.head(out, "302 Found", "Location: " + other.url("/cdn.png"), "Content-Length: 0"));
            AssetTerms terms = new AssetTerms(List.of(), "provider.stories.authorization", "Authorization", "provider.stories.url");

            Job home = own.archive(own.archiving("stories", "home", Map.of()), report(keyed(host.url("/own.png")), keyed(host.url("/to-cdn.png"))), terms);
            assertThat(home.state()).as(() -> String.valueOf(home.error())).isEqualTo(JobState.ARCHIVED);
            assertThat(host.requests()).filteredOn(request -> request.target().equals("/own.png") || request.target().equals("/to-cdn.png"))
                    .allSatisfy(request -> assertThat(request.headers()).containsEntry("authorization", "Bearer kanarie-of-stories"));
            assertThat(other.requests()).singleElement().satisfies(request -> assertThat(request.headers()).doesNotContainKey("authorization"));

            // another host, and nothing that says what the key is
            Job away = own.archive(own.archiving("stories", "away", Map.of()), report(keyed(other.url("/cdn.png"))), terms);
            assertThat(away.error().code()).isEqualTo("url-blocked");
            Job without = own.archive(own.archiving("stories", "without", Map.of()), report(keyed(host.url("/own.png"))));
            assertThat(without.error().code()).isEqualTo("asset-key-missing");
            assertThat(away.error().message() + without.error().message() + own.events()).doesNotContain("kanarie");
            assertThat(other.requests()).hasSize(1);
        }
    }

    private static ReportAsset keyed(String url) {
        return new ReportAsset("image", url, null, null, null, null, "provider");
    }

    @Test
    void aProxyIsAskedInsteadOfTheHostAndLooksUpNames() throws Exception {
        try (AssetHost proxy = new AssetHost(InetAddress.getByName("127.0.0.3"));
                ArchiveParts behind = new ArchiveParts(folder.resolve("proxy"), store.endpoint().toString(), store.accessKey(), store.secretKey(),
                        Map.of("archive.private-addresses", "127.0.0.2", "archive.proxy", "http://127.0.0.3:" + proxy.port(), "archive.proxy-user", "ann", "archive.proxy-password", "secret-word"), names)) {
            proxy.on("http://cdn.example/a.png", (request, time, out) -> {
                if (!request.headers().containsKey("proxy-authorization")) {
                    AssetHost.head(out, "407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"proxy\"", "Content-Length: 0");
                    return;
                }
                file("image/png", PNG).write(request, time, out);
            });
            Job after = behind.archive(behind.archiving("proxied", "a", Map.of()), report(asset("image", "http://cdn.example/a.png")));
            assertThat(after.state()).as(() -> String.valueOf(after.error()) + proxy.requests()).isEqualTo(JobState.ARCHIVED);
            // what is written out is checked all the same
            Job local = behind.archive(behind.archiving("proxied", "b", Map.of()), report(asset("image", url("http://127.0.0.1:PORT/a.png"))));
            assertThat(local.error().code()).isEqualTo("url-blocked");
            assertThat(proxied("http://127.0.0.3:" + proxy.port())).contains("archive.proxy-user", "archive.proxy-password").doesNotContain("secret-query");
        }
        assertThat(proxied("http://127.0.0.2:1")).contains("http://127.0.0.2:1 (archive.proxy)", "refused").doesNotContain("secret-query");
    }

    /** Why an asset does not come through a proxy without an account. */
    private static String proxied(String proxy) throws Exception {
        try (ArchiveParts behind = new ArchiveParts(folder.resolve("proxied" + JOBS.incrementAndGet()), store.endpoint().toString(), store.accessKey(), store.secretKey(),
                Map.of("archive.proxy", proxy), names)) {
            Job after = behind.archive(behind.archiving("proxied" + JOBS.incrementAndGet(), "c", Map.of()), report(asset("image", "http://cdn.example/a.png?x=secret-query")));
            assertThat(after.error().code()).isEqualTo("asset-unavailable");
            return after.error().message();
        }
    }

    /** Each is home all the same; but a connection that was not given back would be missing until a restart. */
    @Test
    void aByteBehindTheLastOneTakesNoConnectionAway() throws Exception {
        int atOnce = 2;
        byte[] video = Arrays.copyOf(PNG, 40_000);
        try (ArchiveParts own = new ArchiveParts(folder.resolve("too-long"), store.endpoint().toString(), store.accessKey(), store.secretKey(),
                Map.of("archive.private-addresses", "127.0.0.2", "archive.multipart-from", "1KB", "archive.at-once", String.valueOf(atOnce),
                        "archive.connect-timeout", "1s"), names)) {
            // the first answer breaks off, and the rest of it comes with one byte too many, in a piece of its own
            host.on("/too-long.png", (request, time, out) -> {
                int from = video.length / 2;
                if (!request.headers().containsKey("range")) {
                    AssetHost.head(out, "200 OK", "Content-Type: image/png", "ETag: \"v1\"", "Content-Length: " + video.length);
                    out.write(video, 0, from);
                    return;
                }
                AssetHost.head(out, "206 Partial Content", "Content-Type: image/png", "ETag: \"v1\"", "Transfer-Encoding: chunked",
                        "Content-Range: bytes " + from + "-" + (video.length - 1) + "/" + video.length);
                AssetHost.chunk(out, Arrays.copyOfRange(video, from, video.length), video.length - from);
                AssetHost.chunk(out, new byte[1], 1);
                AssetHost.chunk(out, new byte[0], 0);
            });
            for (int time = 0; time < atOnce + 2; time++) {
                Job after = own.archive(own.archiving("too-long" + time, "job", Map.of()), report(asset("image", host.url("/too-long.png"))));
                assertThat(after.state()).as("%d: %s", time, after.error()).isEqualTo(JobState.ARCHIVED);
            }
            host.file("/fine.png", "image/png", PNG);
            Job last = own.archive(own.archiving("fine", "job", Map.of()), report(asset("image", host.url("/fine.png"))));
            assertThat(last.state()).as(() -> String.valueOf(last.error())).isEqualTo(JobState.ARCHIVED);
        }
    }
}
