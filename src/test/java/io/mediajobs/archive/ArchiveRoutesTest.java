package io.mediajobs.archive;

import static io.mediajobs.archive.ArchiveParts.BUCKET;
import static io.mediajobs.archive.ArchiveParts.asset;
import static io.mediajobs.archive.ArchiveParts.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mediajobs.demo.s3.EmbeddedS3;
import io.mediajobs.job.Failures;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobState;
import io.mediajobs.report.Report;
import io.mediajobs.report.ReportAsset;
import io.mediajobs.store.ArchivedAsset;
import io.mediajobs.store.JobChange;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ArchiveRoutesTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path objects;
    static EmbeddedS3 store;

    @TempDir
    Path folder;
    AssetHost host;
    ArchiveParts parts;

    @BeforeAll
    static void startStore() {
        store = EmbeddedS3.start(objects);
        store.createBucket(BUCKET);
    }

    @AfterAll
    static void stopStore() {
        store.close();
    }

    @BeforeEach
    void start() throws Exception {
        host = new AssetHost();
        parts = parts(Map.of());
    }

    @AfterEach
    void stop() {
        parts.close();
        host.close();
    }

    private ArchiveParts parts(Map<String, String> more) throws Exception {
        return new ArchiveParts(folder, store.endpoint().toString(), store.accessKey(), store.secretKey(), more);
    }

    private void restart(Map<String, String> more) throws Exception {
        parts.close();
        parts = parts(more);
    }

    private static byte[] bytes(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static Path object(String key) {
        return objects.resolve(BUCKET).resolve(key);
    }

    private JsonNode event(int index) throws Exception {
        return JSON.readTree(parts.events().get(index));
    }

    @Test
    void assetsAndManifestAreInTheBucketAndTheJobIsArchivedWithOneEvent() throws Exception {
        byte[] video = bytes(3_000_000, 1);
        byte[] image = bytes(10, 2);
        host.file("/v.mp4", "binary/octet-stream", video).file("/t", "image/jpeg", image);
        Job job = parts.archiving("pictory-video", "4a09-7", Map.of("team", "news"));
        Report report = report(new ReportAsset("video", host.url("/v.mp4?X-Amz-Signature=secret-signature"), null, 720, 1280, new BigDecimal("8.50"), null),
                asset("thumbnail", host.url("/t")));

        Job after = parts.archive(job, report);

        assertThat(after.state()).isEqualTo(JobState.ARCHIVED);
        assertThat(after.lease()).isNull();
        assertThat(after.nextPollAt()).isNull();
        assertThat(after.manifest()).isEqualTo("pictory-video/4a09-7/manifest.json");
        assertThat(object("pictory-video/4a09-7/video.mp4")).hasBinaryContent(video);
        assertThat(object("pictory-video/4a09-7/thumbnail.jpg")).hasBinaryContent(image);

        JsonNode manifest = JSON.readTree(Files.readAllBytes(object(after.manifest())));
        String archivedAt = manifest.path("timings").path("archivedAt").asText();
        assertThat(Instant.parse(archivedAt)).isBetween(after.registeredAt(), Instant.now());
        assertThat(manifest).isEqualTo(JSON.readTree("""
                {"version": 1, "provider": "pictory-video", "jobId": "4a09-7", "attempt": 1, "tags": {"team": "news"},
                 "assets": [
                  {"role": "video", "key": "pictory-video/4a09-7/video.mp4", "bytes": 3000000, "sha256": "%s", "crc32c": "GOQsWw==", "contentType": "video/mp4",
                   "sourceUrl": "%s", "width": 720, "height": 1280, "duration": 8.5},
                  {"role": "thumbnail", "key": "pictory-video/4a09-7/thumbnail.jpg", "bytes": 10, "sha256": "%s", "crc32c": "pzEdyw==", "contentType": "image/jpeg",
                   "sourceUrl": "%s"}],
                 "links": {"share": "https://example.com/s/1"}, "usage": {"credits": 12.8}, "attributes": {"a": 1, "model": "m"},
                 "timings": {"registeredAt": "%s", "createdAt": "2026-01-02T03:04:05Z", "completedAt": "2026-01-02T03:05:05Z", "archivedAt": "%s"}}
                """.formatted(sha256(video), host.url("/v.mp4"), sha256(image), host.url("/t"), after.registeredAt(), archivedAt)));

        assertThat(parts.events()).hasSize(1);
        assertThat(event(0).path("type").asText()).isEqualTo("mediajobs.job.completed");
        assertThat(event(0).path("data").path("bucket").asText()).isEqualTo(BUCKET);
        assertThat(parts.events().get(0)).doesNotContain("secret-");
    }

    @Test
    void manifestWrittenAgainHasTheSameBytes() throws Exception {
        host.file("/a.png", "image/png", bytes(100, 1));
        Job job = parts.archiving("p", "same", Map.of("b", "2", "a", "1"));
        Report report = report(asset("image", host.url("/a.png")));
        Job after = parts.archive(job, report);
        byte[] first = Files.readAllBytes(object(after.manifest()));
        assertThat(Manifest.json().writeValueAsBytes(new Manifest(parts.keys, new ArchivePlan(parts.jobs, parts.uploads, parts.records)).of(after, report))).isEqualTo(first);
        assertThat(new String(first, StandardCharsets.UTF_8)).startsWith("{\n  \"version\" : 1,").endsWith("\n}");
    }

    @Test
    void nothingOfTheStatusCallReachesTheAssetHostOrTheMetadataOfTheObject() throws Exception {
        host.on("/a.png", (request, time, out) -> {
            AssetHost.head(out, "200 OK", "Content-Type: image/png", "Content-Length: 3", "x-amz-meta-evil: 1", "X-Provider: secret-provider-header",
                    "Set-Cookie: session=secret-cookie", "Content-Disposition: attachment; filename=../../etc/passwd", "Cache-Control: no-store");
            out.write(new byte[] {1, 2, 3});
        });
        Job job = parts.archiving("p", "headers", Map.of());
        parts.archive(job, report(asset("image", host.url("/a.png")), asset("preview", host.url("/a.png?2"))));

        assertThat(host.requests()).hasSize(2).allSatisfy(request -> assertThat(request.headers().keySet())
                .containsOnly("host", "accept", "accept-encoding", "user-agent", "connection"));
        assertThat(host.requests().get(0).headers()).containsEntry("accept-encoding", "identity");
        var head = parts.s3.headObject(request -> request.bucket(BUCKET).key("p/headers/image.png"));
        assertThat(head.metadata()).isEmpty();
        assertThat(head.cacheControl()).isNull();
        assertThat(head.contentDisposition()).isNull();
        assertThat(head.contentType()).isEqualTo("image/png");
    }

    @Test
    void bodyWithoutLengthGoesInParts() throws Exception {
        byte[] video = bytes(13_000_000, 3);
        host.on("/v.mp4", (request, time, out) -> {
            AssetHost.head(out, "200 OK", "Content-Type: video/mp4", "Transfer-Encoding: chunked");
            for (int at = 0; at < video.length; at += 100_000) {
                AssetHost.chunk(out, Arrays.copyOfRange(video, at, at + 100_000), 100_000);
            }
            AssetHost.chunk(out, new byte[0], 0);
        });
        Job after = parts.archive(parts.archiving("p", "chunked", Map.of()), report(asset("video", host.url("/v.mp4"))));
        assertThat(after.state()).isEqualTo(JobState.ARCHIVED);
        assertThat(object("p/chunked/video.mp4")).hasBinaryContent(video);
        assertThat(parts.jobs.assets(after)).singleElement().satisfies(asset -> {
            assertThat(asset.sha256()).isEqualTo(sha256(video));
            assertThat(asset.bytes()).isEqualTo(13_000_000);
        });
    }

    @Test
    void bodyAboveTheLimitOfOnePutGoesInParts() throws Exception {
        restart(Map.of("archive.multipart-from", "1MB", "archive.part-size", "5MB"));
        byte[] video = bytes(10 << 20, 4);
        host.file("/v.mp4", "video/mp4", video);
        Job after = parts.archive(parts.archiving("p", "large", Map.of()), report(asset("video", host.url("/v.mp4"))));
        assertThat(after.state()).isEqualTo(JobState.ARCHIVED);
        assertThat(object("p/large/video.mp4")).hasBinaryContent(video);
    }

    @Test
    void unfinishedUploadInPartsIsTakenBack() throws Exception {
        host.on("/v.mp4", (request, time, out) -> {
            AssetHost.head(out, "200 OK", "Content-Type: video/mp4", "Transfer-Encoding: chunked");
            AssetHost.chunk(out, new byte[9 << 20], 9 << 20);
        });
        Job after = parts.archive(parts.archiving("p", "cut-chunks", Map.of()), report(asset("video", host.url("/v.mp4"))));
        assertThat(after.state()).isEqualTo(JobState.ARCHIVING);
        assertThat(after.error().code()).isEqualTo("asset-unavailable");
        assertThat(object("p/cut-chunks/video.mp4")).doesNotExist();
        assertThat(parts.s3.listMultipartUploads(list -> list.bucket(BUCKET)).uploads()).isEmpty();
    }

    @Test
    void bodyThatEndsEarlyIsTriedAgainFromTheDownloadOn() throws Exception {
        byte[] video = bytes(500_000, 5);
        host.on("/v.mp4", (request, time, out) -> {
            AssetHost.head(out, "200 OK", "Content-Type: video/mp4", "Content-Length: " + video.length);
            out.write(video, 0, time < 3 ? 300_000 : video.length);
        });
        Job after = parts.archive(parts.archiving("p", "cut", Map.of()), report(asset("video", host.url("/v.mp4"))));
        assertThat(after.state()).isEqualTo(JobState.ARCHIVED);
        assertThat(object("p/cut/video.mp4")).hasBinaryContent(video);
        assertThat(host.asked("/v.mp4")).isEqualTo(3);
    }

    @Test
    void bodyThatAlwaysEndsEarlyIsNeverPublishedAndTheJobIsGivenBack() throws Exception {
        host.on("/v.mp4", (request, time, out) -> {
            AssetHost.head(out, "200 OK", "Content-Type: video/mp4", "Content-Length: 1000");
            out.write(new byte[999]);
        });
        Job after = parts.archive(parts.archiving("p", "short", Map.of()), report(asset("video", host.url("/v.mp4?sig=secret-signature"))));
        assertThat(after.state()).isEqualTo(JobState.ARCHIVING);
        assertThat(after.lease()).isNull();
        assertThat(after.failures().archive()).isEqualTo(1);
        assertThat(after.error().code()).isEqualTo("asset-unavailable");
        assertThat(after.error().message()).contains("broke off").doesNotContain("secret-");
        assertThat(after.nextPollAt()).isBetween(Instant.now().plusSeconds(15), Instant.now().plusSeconds(40));
        assertThat(object("p/short/video.mp4")).doesNotExist();
        assertThat(object("p/short/manifest.json")).doesNotExist();
        assertThat(parts.events()).isEmpty();
        assertThat(host.asked("/v.mp4")).isEqualTo(4);
        assertThat(parts.jobs.timeline(after)).anySatisfy(line -> assertThat(line.what()).isEqualTo("archive-failed"));
    }

    @Test
    void bytesBehindTheAnnouncedLengthAreNotPartOfTheAsset() throws Exception {
        host.on("/a.png", (request, time, out) -> {
            AssetHost.head(out, "200 OK", "Content-Type: image/png", "Content-Length: 5");
            out.write(new byte[5000]);
        });
        Job after = parts.archive(parts.archiving("p", "long", Map.of()), report(asset("image", host.url("/a.png"))));
        assertThat(after.state()).isEqualTo(JobState.ARCHIVED);
        assertThat(object("p/long/image.png")).hasBinaryContent(new byte[5]);
    }

    @Test
    void unavailableHostIsTriedAgain() throws Exception {
        byte[] image = bytes(50, 6);
        host.on("/a.png", (request, time, out) -> {
            if (time == 1) {
                AssetHost.head(out, "503 Service Unavailable", "Content-Length: 0");
            } else if (time == 2) {
                AssetHost.head(out, "429 Too Many Requests", "Content-Length: 0");
            } else {
                AssetHost.head(out, "200 OK", "Content-Type: image/png", "Content-Length: " + image.length);
                out.write(image);
            }
        });
        Job after = parts.archive(parts.archiving("p", "busy", Map.of()), report(asset("image", host.url("/a.png"))));
        assertThat(after.state()).isEqualTo(JobState.ARCHIVED);
        assertThat(host.asked("/a.png")).isEqualTo(3);
    }

    @Test
    void expiredUrlIsNotTriedAgainButAskedForAtOnceAndTheNextUrlIsUsed() throws Exception {
        host.status("/old.png", "403 Forbidden").file("/new.png", "image/png", bytes(10, 7)).file("/first.png", "image/png", bytes(20, 8));
        Job job = parts.archiving("p", "expired", Map.of());
        Job after = parts.archive(job, report(asset("preview", host.url("/first.png")), asset("image", host.url("/old.png?sig=secret-signature"))));
        assertThat(host.asked("/old.png")).isEqualTo(1);
        assertThat(after.state()).isEqualTo(JobState.ARCHIVING);
        assertThat(after.error().code()).isEqualTo("url-expired");
        assertThat(after.error().message()).doesNotContain("secret-");
        assertThat(Duration.between(after.updatedAt(), after.nextPollAt())).isLessThan(Duration.ofSeconds(1));

        await().until(() -> !Instant.now().isBefore(after.nextPollAt()));
        Job again = parts.archive(parts.claim("p"), report(asset("preview", host.url("/first.png")), asset("image", host.url("/new.png?sig=2"))));
        assertThat(again.state()).isEqualTo(JobState.ARCHIVED);
        assertThat(again.error()).isNull();
        assertThat(host.asked("/first.png")).as("what is in S3 is not fetched again").isEqualTo(1);
    }

    @Test
    void expiredUrlsAreAskedForAtOnceOnlyAFewTimesInARow() throws Exception {
        host.status("/a.png", "410 Gone");
        Job job = parts.archiving("p", "always-expired", Map.of());
        for (int time = 1; time <= 3; time++) {
            job = parts.archive(job, report(asset("image", host.url("/a.png"))));
            assertThat(Duration.between(job.updatedAt(), job.nextPollAt())).isLessThan(Duration.ofSeconds(1));
            Instant due = job.nextPollAt();
            await().until(() -> !Instant.now().isBefore(due));
            job = parts.claim("p");
        }
        job = parts.archive(job, report(asset("image", host.url("/a.png"))));
        assertThat(job.failures().archive()).isEqualTo(4);
        assertThat(Duration.between(job.updatedAt(), job.nextPollAt())).isGreaterThan(Duration.ofSeconds(20));
    }

    @Test
    void afterTheLastTryTheJobIsBlockedWithOneEvent() throws Exception {
        restart(Map.of("archive.tries", "2"));
        Job job = parts.archiving("p", "gone", Map.of());
        Job once = parts.archive(parts.jobs.apply(job, JobChange.to(null).keepLease(), null), report(asset("image", host.url("/none.png"))));
        assertThat(once.state()).isEqualTo(JobState.ARCHIVING);
        parts.jobs.override(job.key(), any -> JobChange.to(null).askAgainIn(Duration.ZERO));
        Job twice = parts.archive(parts.claim("p"), report(asset("image", host.url("/none.png"))));
        assertThat(twice.state()).isEqualTo(JobState.BLOCKED);
        assertThat(twice.nextPollAt()).isNull();
        assertThat(twice.error().code()).isEqualTo("asset-unavailable");
        assertThat(parts.events()).hasSize(1);
        assertThat(event(0).path("type").asText()).isEqualTo("mediajobs.job.blocked");
        assertThat(event(0).path("data").path("error").path("message").asText()).contains("HTTP 404");
    }

    @Test
    void failuresAreCountedAnewAfterAnAssetCameHome() throws Exception {
        host.file("/a.png", "image/png", bytes(10, 9));
        Job job = parts.archiving("p", "progress", Map.of());
        job = parts.jobs.apply(job, JobChange.to(null).failures(Failures.NONE.ofArchive(7)).keepLease(), null);
        Job after = parts.archive(job, report(asset("image", host.url("/a.png")), asset("video", host.url("/none.mp4"))));
        assertThat(after.failures().archive()).isEqualTo(1);
        assertThat(parts.jobs.assets(after)).hasSize(1);
    }

    @Test
    void pageInsteadOfAFileIsRefused() {
        host.file("/v.mp4", "text/html; charset=utf-8", "<html>sign in</html>".getBytes(StandardCharsets.UTF_8))
                .file("/t.json", "application/json", "{}".getBytes(StandardCharsets.UTF_8));
        Job after = parts.archive(parts.archiving("p", "page", Map.of()), report(asset("transcript", host.url("/t.json")), asset("video", host.url("/v.mp4"))));
        assertThat(after.state()).isEqualTo(JobState.ARCHIVING);
        assertThat(after.error().message()).contains("text/html");
        assertThat(object("p/page/video.mp4")).doesNotExist();
        assertThat(object("p/page/transcript.json")).exists();
    }

    @Test
    void emptyAndCompressedBodiesAreRefused() {
        host.file("/empty.mp4", "video/mp4", new byte[0]).on("/gzip.mp4", (request, time, out) -> {
            AssetHost.head(out, "200 OK", "Content-Type: video/mp4", "Content-Encoding: gzip", "Content-Length: 3");
            out.write(new byte[3]);
        }).on("/empty-chunked.mp4", (request, time, out) -> {
            AssetHost.head(out, "200 OK", "Content-Type: video/mp4", "Transfer-Encoding: chunked");
            AssetHost.chunk(out, new byte[0], 0);
        });
        int number = 0;
        for (String path : new String[] {"/empty.mp4", "/gzip.mp4", "/empty-chunked.mp4"}) {
            Job after = parts.archive(parts.archiving("p" + ++number, "unusable", Map.of()), report(asset("video", host.url(path))));
            assertThat(after.state()).isEqualTo(JobState.ARCHIVING);
            assertThat(after.error().code()).isEqualTo("asset-unavailable");
            assertThat(object("p" + number + "/unusable/video.mp4")).doesNotExist();
        }
    }

    @Test
    void lostLeaseIsDroppedQuietly() {
        host.file("/a.png", "image/png", bytes(10, 10));
        Job job = parts.archiving("p", "lost-lease", Map.of());
        parts.jobs.override(job.key(), any -> JobChange.to(JobState.CANCELLED).askNoMore());
        Job after = parts.archive(job, report(asset("image", host.url("/a.png"))));
        assertThat(after.state()).isEqualTo(JobState.CANCELLED);
        assertThat(after.error()).isNull();
        assertThat(parts.events()).isEmpty();
        assertThat(object("p/lost-lease/manifest.json")).doesNotExist();
    }

    @Test
    void urlThatIsNoneOfOursToFollowBlocksBeforeAnythingIsFetched() throws Exception {
        host.file("/a.png", "image/png", bytes(10, 11));
        Job after = parts.archive(parts.archiving("p", "bad-url", Map.of()),
                report(asset("image", host.url("/a.png")), asset("video", "file:///etc/passwd?secret-query")));
        assertThat(after.state()).isEqualTo(JobState.BLOCKED);
        assertThat(after.error().code()).isEqualTo("url-invalid");
        assertThat(host.requests()).isEmpty();
        assertThat(event(0).path("type").asText()).isEqualTo("mediajobs.job.blocked");
        assertThat(parts.events().get(0)).doesNotContain("secret-");
    }

    @Test
    void redirectsAreFollowedAFewTimesAndOnlyToWhereAnAssetMayBe() {
        byte[] image = bytes(10, 12);
        host.on("/1", (request, time, out) -> AssetHost.head(out, "302 Found", "Location: /2?a=b", "Content-Length: 0"))
                .on("/2", (request, time, out) -> AssetHost.head(out, "307 Temporary Redirect", "Location: " + host.url("/a.png"), "Content-Length: 0"))
                .on("/loop", (request, time, out) -> AssetHost.head(out, "301 Moved", "Location: /loop", "Content-Length: 0"))
                .on("/file", (request, time, out) -> AssetHost.head(out, "302 Found", "Location: file:///etc/passwd", "Content-Length: 0"))
                .file("/a.png", "image/png", image);
        assertThat(parts.archive(parts.archiving("p1", "redirect", Map.of()), report(asset("image", host.url("/1")))).state()).isEqualTo(JobState.ARCHIVED);
        assertThat(object("p1/redirect/image.png")).hasBinaryContent(image);

        Job loop = parts.archive(parts.archiving("p2", "redirect", Map.of()), report(asset("image", host.url("/loop"))));
        assertThat(loop.error().message()).contains("more than 5 times");
        assertThat(host.asked("/loop")).isEqualTo(6);

        Job file = parts.archive(parts.archiving("p3", "redirect", Map.of()), report(asset("image", host.url("/file"))));
        assertThat(file.state()).isEqualTo(JobState.BLOCKED);
        assertThat(file.error().code()).isEqualTo("url-invalid");
    }

    @Test
    void nothingOfARequestGoesWhereARedirectLeads() {
        try (AssetHost other = new AssetHost()) {
            host.on("/1", (request, time, out) -> AssetHost.head(out, "302 Found", "Location: " + other.url("/a.png"), "Set-Cookie: c=1", "Content-Length: 0"));
            other.file("/a.png", "image/png", bytes(10, 12));
            parts.archive(parts.archiving("p", "redirected", Map.of()), report(asset("image", host.url("/1"))));
            assertThat(other.requests()).singleElement().satisfies(request -> assertThat(request.headers().keySet())
                    .containsOnly("host", "accept", "accept-encoding", "user-agent", "connection"));
        }
    }

    @Test
    void placeholdersInAUrlStayText() {
        host.file("/a.png", "image/png", bytes(10, 13));
        parts.archive(parts.archiving("p", "placeholders", Map.of()),
                report(asset("image", host.url("/a.png?k={{s3.secret-key}}&e=${env:PATH}&r=RAW(x)&p=a+b%2Fc|d&i=$simple{1}"))));
        assertThat(host.requests()).singleElement().satisfies(request -> assertThat(request.target())
                .isEqualTo("/a.png?k=%7B%7Bs3.secret-key%7D%7D&e=$%7Benv:PATH%7D&r=RAW(x)&p=a+b%2Fc%7Cd&i=$simple%7B1%7D"));
    }

    @Test
    void placeholdersInAJobIdStayText() {
        host.file("/a.png", "image/png", bytes(10, 14));
        Job after = parts.archive(parts.archiving("p", "${sysenv:PATH}-{{s3.secret-key}}", Map.of()), report(asset("image", host.url("/a.png"))));
        assertThat(after.state()).isEqualTo(JobState.ARCHIVED);
        assertThat(after.manifest()).matches("p/__sysenv_PATH_-__s3.secret-key____[0-9a-f]{20}/manifest.json");
        assertThat(object(after.manifest())).exists();
    }

    @Test
    void s3ThatRefusesIsAskedOnceAndTheJobIsGivenBackWithAPlainReason() throws Exception {
        host.file("/a.png", "image/png", bytes(10, 15));
        try (EmbeddedS3 other = EmbeddedS3.start(folder.resolve("other"))) {
            Path bucket = other.createBucket(BUCKET);
            parts.close();
            parts = new ArchiveParts(folder, other.endpoint().toString(), other.accessKey(), other.secretKey(), Map.of());
            Files.delete(bucket);
            Job after = parts.archive(parts.archiving("p", "no-bucket", Map.of()), report(asset("image", host.url("/a.png"))));
            assertThat(after.state()).isEqualTo(JobState.ARCHIVING);
            assertThat(after.error().code()).isEqualTo("s3-denied");
            assertThat(after.error().message()).contains("s3.bucket").contains("NoSuchBucket");
            assertThat(Duration.between(after.updatedAt(), after.nextPollAt())).isGreaterThan(Duration.ofSeconds(20));
            assertThat(host.asked("/a.png")).isEqualTo(1);
        }
    }

    @Test
    void s3ThatIsAwayIsTriedAgainAndTheJobIsGivenBack() throws Exception {
        host.file("/a.png", "image/png", bytes(10, 16));
        EmbeddedS3 other = EmbeddedS3.start(folder.resolve("other"));
        other.createBucket(BUCKET);
        parts.close();
        parts = new ArchiveParts(folder, other.endpoint().toString(), other.accessKey(), other.secretKey(), Map.of());
        other.close();
        Job after = parts.archive(parts.archiving("p", "s3-away", Map.of()), report(asset("image", host.url("/a.png"))));
        assertThat(after.error().code()).isEqualTo("s3-unavailable");
        assertThat(after.error().message()).contains("did not answer");
        assertThat(host.asked("/a.png")).isEqualTo(4);
    }

    @Test
    void endlessRestOfABodyIsCutOffAndNotRead() throws Exception {
        AtomicLong sent = new AtomicLong();
        host.on("/v.mp4", (request, time, out) -> {
            AssetHost.head(out, "404 Not Found", "Content-Type: video/mp4", "Transfer-Encoding: chunked");
            while (true) {
                AssetHost.chunk(out, new byte[10_000], 10_000);
                sent.addAndGet(10_000);
            }
        });
        Job after = parts.archive(parts.archiving("p", "endless", Map.of()), report(asset("video", host.url("/v.mp4"))));
        assertThat(after.error().message()).contains("HTTP 404");
        assertThat(sent.get()).isLessThan(50_000_000);
    }

    @Test
    void nothingSecretIsInTheDatabase() throws Exception {
        host.status("/a.png", "500 Oops");
        parts.archive(parts.archiving("p", "secrets", Map.of()), report(asset("image", host.url("/a.png?X-Amz-Signature=planted-signature"))));
        parts.close();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)).doesNotContain("planted-signature");
            }
        }
        parts = parts(Map.of());
    }

    /** The provider's next answer may list them in another order, and the query, which alone tells them apart, is kept nowhere. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void assetsWhoseUrlsDifferInTheirQueryAloneAreNotMistakenForEachOther(int triesWithoutTheSecond) throws Exception {
        byte[] first = bytes(100, 31);
        byte[] second = bytes(120, 32);
        AtomicBoolean isThere = new AtomicBoolean();
        host.on("/get", (request, time, out) -> {
            boolean wantsSecond = request.target().endsWith("?id=2");
            if (wantsSecond && !isThere.get()) {
                AssetHost.head(out, "404 Not Found", "Content-Length: 0");
                return;
            }
            byte[] bytes = wantsSecond ? second : first;
            AssetHost.head(out, "200 OK", "Content-Type: image/png", "Content-Length: " + bytes.length);
            out.write(bytes);
        });
        Report oneWay = report(asset("image", host.url("/get?id=1")), asset("image", host.url("/get?id=2")));
        Report theOther = report(asset("image", host.url("/get?id=2")), asset("image", host.url("/get?id=1")));
        String provider = "mixed" + triesWithoutTheSecond;
        Job job = parts.archive(parts.archiving(provider, "j", Map.of()), oneWay);
        assertThat(parts.jobs.assets(job)).extracting(ArchivedAsset::position).containsExactly(0);
        for (int time = 2; time <= triesWithoutTheSecond; time++) {
            job = again(job, theOther);
        }
        assertThat(job.state()).isEqualTo(JobState.ARCHIVING);
        isThere.set(true);

        Job after = again(job, theOther);

        assertThat(after.state()).as("%s", after.error()).isEqualTo(JobState.ARCHIVED);
        assertThat(object(provider + "/j/image-1.png")).hasBinaryContent(second);
        assertThat(object(provider + "/j/image-2.png")).hasBinaryContent(first);
        JsonNode manifest = JSON.readTree(Files.readAllBytes(object(after.manifest())));
        assertThat(manifest.path("assets").findValuesAsText("sha256")).containsExactly(sha256(second), sha256(first));
    }

    private Job again(Job job, Report report) {
        parts.jobs.override(job.key(), any -> JobChange.to(null).askAgainIn(Duration.ZERO));
        return parts.archive(parts.claim(job.provider()), report);
    }
}
