package io.mediajobs.archive;

import static io.mediajobs.archive.ArchiveParts.BUCKET;
import static io.mediajobs.archive.ArchiveParts.asset;
import static io.mediajobs.archive.ArchiveParts.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import io.mediajobs.demo.s3.EmbeddedS3;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobState;
import io.mediajobs.store.UploadPart;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How objects are stored: what goes over the wire, and what comes of it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ObjectOptionsTest {

    private record Request(String method, String target, Map<String, String> headers) {

        String call() {
            return method.equals("PUT") && target.contains("partNumber") ? "part" : method.equals("PUT") ? "put" : target.contains("uploads") ? "create"
                    : method.equals("POST") ? "complete" : method.toLowerCase();
        }
    }

    @TempDir
    Path folder;

    /** A store that takes everything and writes down how it was asked. */
    private static final class Recorder implements AutoCloseable {

        private final List<Request> requests = new CopyOnWriteArrayList<>();
        private final HttpServer server;

        private Recorder() throws Exception {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                Map<String, String> headers = new HashMap<>();
                exchange.getRequestHeaders().forEach((name, values) -> headers.put(name.toLowerCase(), String.join(",", values)));
                Request request = new Request(exchange.getRequestMethod(), exchange.getRequestURI().toString(), headers);
                exchange.getRequestBody().readAllBytes();
                requests.add(request);
                byte[] answer = switch (request.call()) {
                    case "create" -> "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>".getBytes(StandardCharsets.UTF_8);
                    case "complete" -> "<CompleteMultipartUploadResult><ETag>\"x\"</ETag></CompleteMultipartUploadResult>".getBytes(StandardCharsets.UTF_8);
                    default -> new byte[0];
                };
                exchange.getResponseHeaders().set("ETag", "\"x\"");
                exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
                exchange.getResponseBody().write(answer);
                exchange.close();
            });
            server.setExecutor(java.util.concurrent.Executors.newCachedThreadPool());
            server.start();
        }

        private Request first(String call) {
            return requests.stream().filter(request -> request.call().equals(call)).findFirst().orElseThrow(() -> new AssertionError(call + " is not in " + requests));
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    private List<Request> archived(Recorder store, Map<String, String> settings) throws Exception {
        try (AssetHost host = new AssetHost();
                ArchiveParts parts = new ArchiveParts(folder.resolve("d" + System.nanoTime()), "http://127.0.0.1:" + store.server.getAddress().getPort(), "access", "secret", settings)) {
            host.file("/small.png", "image/png", new byte[100]).file("/medium.png", "image/png", new byte[300_000])
                    .file("/large.mp4", "video/mp4", new byte[6_000_000]);
            parts.archive(parts.archiving("p", "one", Map.of()), report(asset("image", host.url("/small.png"))));
            parts.archive(parts.archiving("m", "medium", Map.of()), report(asset("image", host.url("/medium.png"))));
            parts.archive(parts.archiving("q", "two", Map.of()), report(asset("video", host.url("/large.mp4"))));
            return List.copyOf(store.requests);
        }
    }

    @Test
    void allThatTheSettingsSayGoesWithEveryObject() throws Exception {
        try (Recorder store = new Recorder()) {
            archived(store, Map.of("archive.multipart-from", "5MB", "archive.part-size", "5MB", "s3.encryption", "kms", "s3.kms-key", "arn:aws:kms:eu-west-1:1:key/2",
                    "s3.bucket-key-enabled", "true", "s3.storage-class", "STANDARD_IA", "s3.tags", "team=media assets,cost=42", "s3.metadata", "owner=video-team",
                    "s3.overwrite", "false"));
            // one that was in memory, and one that streamed
            Request small = store.first("put");
            Request medium = store.requests.stream().filter(request -> request.target().contains("/medium/")).findFirst().orElseThrow();
            for (Request request : List.of(small, medium, store.first("create"))) {
                assertThat(request.headers()).containsEntry("x-amz-server-side-encryption", "aws:kms")
                        .containsEntry("x-amz-server-side-encryption-aws-kms-key-id", "arn:aws:kms:eu-west-1:1:key/2")
                        .containsEntry("x-amz-server-side-encryption-bucket-key-enabled", "true").containsEntry("x-amz-storage-class", "STANDARD_IA")
                        .containsEntry("x-amz-tagging", "team=media%20assets&cost=42").containsEntry("x-amz-meta-owner", "video-team");
            }
            assertThat(small.headers()).containsEntry("if-none-match", "*").containsKey("x-amz-checksum-crc32c").doesNotContainKey("x-amz-trailer");
            assertThat(medium.headers()).containsEntry("if-none-match", "*").containsEntry("x-amz-trailer", "x-amz-checksum-crc32c");
            assertThat(store.first("create").headers()).containsEntry("x-amz-checksum-algorithm", "CRC32C").containsEntry("x-amz-checksum-type", "FULL_OBJECT");
            assertThat(store.first("part").headers()).containsKey("x-amz-checksum-crc32c").doesNotContainKey("x-amz-trailer");
            assertThat(store.first("complete").headers()).containsEntry("if-none-match", "*");
            assertThat(store.requests).allSatisfy(request -> assertThat(request.headers()).doesNotContainKeys("x-amz-acl", "cookie"));
        }
    }

    @Test
    void nothingIsAskedOfAStoreThatKnowsNothing() throws Exception {
        try (Recorder store = new Recorder()) {
            archived(store, Map.of("archive.multipart-from", "5MB", "archive.part-size", "5MB", "s3.checksums", "when-required"));
            assertThat(store.requests).isNotEmpty();
            store.requests.forEach(request -> assertThat(request.headers()).as(request.call()).doesNotContainKeys("x-amz-trailer", "x-amz-checksum-algorithm",
                    "x-amz-checksum-type", "x-amz-sdk-checksum-algorithm", "if-none-match", "x-amz-server-side-encryption", "x-amz-storage-class", "x-amz-tagging", "x-amz-acl"));
        }
    }

    @ParameterizedTest
    @CsvSource({"s3.encryption, aes", "s3.kms-key, abc", "s3.storage-class, cheap one", "s3.tags, team", "s3.tags, 'a=1,b=1,c=1,d=1,e=1,f=1,g=1,h=1,i=1,j=1,k=1'",
        "s3.metadata, 'Größe=1'", "s3.checksums, never", "s3.overwrite, maybe", "s3.profile, both"})
    void whatIsWrongIsSaidAtTheStart(String key, String value) {
        Settings settings = Settings.load(Path.of("").toAbsolutePath(), List.of(), Map.of(), new Properties(),
                Map.of("s3.bucket", "b", "s3.access-key", "a", "s3.secret-key", "s", key, value));
        assertThatThrownBy(() -> S3Clients.create(settings)).isInstanceOf(ConfigurationException.class).hasMessageContaining(key);
    }

    @Test
    void sumsOfPartsMakeTheSumOfTheWhole() {
        Random random = new Random(7);
        CRC32C whole = new CRC32C();
        List<UploadPart> parts = new ArrayList<>();
        for (int length : new int[] {5_242_880, 1, 0, 777_777, 65_536}) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            whole.update(bytes);
            CRC32C part = new CRC32C();
            part.update(bytes);
            parts.add(new UploadPart(parts.size() + 1, length, "e", "m", Crc32cSums.text(part)));
            assertThat(Crc32cSums.ofWhole(parts)).isEqualTo(Crc32cSums.text(whole));
        }
    }

    @Test
    void whatIsThereIsNotWrittenOverUnlessItIsTheSame() throws Exception {
        try (EmbeddedS3 store = EmbeddedS3.start(folder.resolve("objects")); AssetHost host = new AssetHost()) {
            store.createBucket(BUCKET);
            byte[] small = new byte[300_000];
            byte[] large = new byte[6_000_000];
            new Random(1).nextBytes(small);
            new Random(2).nextBytes(large);
            host.file("/small.png", "image/png", small).file("/large.mp4", "video/mp4", large);
            try (ArchiveParts parts = new ArchiveParts(folder, store.endpoint().toString(), store.accessKey(), store.secretKey(),
                    Map.of("archive.multipart-from", "5MB", "archive.part-size", "5MB", "s3.overwrite", "false"))) {
                for (String name : List.of("/small.png", "/large.mp4")) {
                    String provider = name.substring(1, 6);
                    String key = provider + "/one/x." + name.replaceFirst(".*\\.", "");
                    parts.s3.putObject(put -> put.bucket(BUCKET).key(key), software.amazon.awssdk.core.sync.RequestBody.fromBytes(name.contains("small") ? small : large));
                    Job same = parts.archive(parts.archiving(provider, "one", Map.of()), report(asset("x", host.url(name))));
                    assertThat(same.state()).as(() -> String.valueOf(same.error())).isEqualTo(JobState.ARCHIVED);

                    parts.s3.putObject(put -> put.bucket(BUCKET).key(provider + "/two/x." + name.replaceFirst(".*\\.", "")),
                            software.amazon.awssdk.core.sync.RequestBody.fromString("somebody else's"));
                    Job other = parts.archive(parts.archiving(provider, "two", Map.of()), report(asset("x", host.url(name))));
                    assertThat(other.error().message()).contains("s3.overwrite");
                    assertThat(Files.readString(folder.resolve("objects").resolve(BUCKET).resolve(provider).resolve("two").resolve("x." + name.replaceFirst(".*\\.", ""))))
                            .isEqualTo("somebody else's");
                }
                assertThat(parts.s3.listMultipartUploads(list -> list.bucket(BUCKET)).uploads()).isEmpty();
            }
        }
    }
}
