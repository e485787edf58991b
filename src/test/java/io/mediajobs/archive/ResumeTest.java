package io.mediajobs.archive;

import static io.mediajobs.archive.ArchiveParts.BUCKET;
import static io.mediajobs.archive.ArchiveParts.asset;
import static io.mediajobs.archive.ArchiveParts.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.archive.RangedFile.Reply;
import io.mediajobs.archive.RangedFile.Turn;
import io.mediajobs.archive.S3Front.Call;
import io.mediajobs.archive.S3Front.Fault;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobState;
import io.mediajobs.servers.DiscardingS3;
import io.mediajobs.store.JobChange;
import io.mediajobs.store.Upload;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads in parts that break off, are refused, or are found again, through the shipped routes. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ResumeTest {

    /** The server takes smaller parts than S3 does. */
    private static final int PART = 1 << 17;
    /** Five whole parts and a sixth one. */
    private static final int LENGTH = 5 * PART + 100_003;
    private static final String ETAG = "\"v1\"";
    private static final byte[] VIDEO = bytes(1);

    static DiscardingS3 store;
    static S3Front front;

    @TempDir
    Path folder;
    AssetHost host;
    ArchiveParts parts;

    private static byte[] bytes(int seed) {
        byte[] bytes = new byte[LENGTH];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @BeforeAll
    static void startStore() throws Exception {
        store = new DiscardingS3(DiscardingS3.Sums.MD5).withPartsFrom(PART);
        front = new S3Front(store.endpoint());
    }

    @AfterAll
    static void stopStore() {
        front.close();
        store.close();
    }

    @BeforeEach
    void start() throws Exception {
        front.clear();
        host = new AssetHost();
        parts = parts(Map.of());
    }

    @AfterEach
    void stop() {
        parts.close();
        host.close();
        front.clear();
    }

    private ArchiveParts parts(Map<String, String> more) throws Exception {
        Map<String, String> settings = new HashMap<>(Map.of("archive.multipart-from", String.valueOf(PART), "archive.part-size", String.valueOf(PART),
                "archive.orphan-after", "0s"));
        settings.putAll(more);
        return new ArchiveParts(folder, front.endpoint().toString(), "access", "secret", settings);
    }

    /** What another process would have: nothing but the store. */
    private void restart(Map<String, String> more) throws Exception {
        parts.close();
        parts = parts(more);
    }

    private RangedFile file(String etag, java.util.function.BiFunction<Integer, Boolean, Turn> turns) {
        RangedFile file = new RangedFile(VIDEO, etag, turns);
        host.on("/v.mp4", file);
        return file;
    }

    private Job archive(String jobId, String query) {
        return parts.archive(parts.archiving("p", jobId, Map.of()), report(asset("video", host.url("/v.mp4" + query))));
    }

    private Job again(Job job, String query) {
        parts.jobs.override(job.key(), any -> JobChange.to(null).askAgainIn(Duration.ZERO));
        return parts.archive(parts.claim("p"), report(asset("video", host.url("/v.mp4" + query))));
    }

    private void isHome(Job job, byte[] content) throws Exception {
        assertThat(job.state()).as("%s", job.error()).isEqualTo(JobState.ARCHIVED);
        assertThat(store.objects().get(job.provider() + "/" + job.jobId() + "/video.mp4").content()).isEqualTo(content);
        String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        assertThat(parts.jobs.assets(job)).singleElement().satisfies(asset -> {
            assertThat(asset.sha256()).isEqualTo(sha256);
            assertThat(asset.bytes()).isEqualTo(content.length);
        });
        assertThat(parts.uploads.find(job, 0)).isEmpty();
        assertThat(open()).as("unfinished uploads").isEmpty();
        assertThat(parts.uploads.orphans(Duration.ZERO, 10)).isEmpty();
    }

    private List<String> open() {
        return parts.s3.listMultipartUploads(list -> list.bucket(BUCKET)).uploads().stream().map(upload -> upload.key()).toList();
    }

    @Test
    void progressInPartsMakesCountingBeginAnew() throws Exception {
        parts.close();
        parts = parts(Map.of("archive.tries", "2"));
        // one part more each time, then S3 breaks off
        file(ETAG, (time, range) -> Turn.FINE);
        front.on(asked -> asked.call() == Call.PART && asked.part() == 2, 100, Fault.status(400, "InvalidRequest"));
        Job job = archive("slow", "");
        for (int part = 3; part <= 5; part++) {
            assertThat(job.state()).isEqualTo(JobState.ARCHIVING);
            int until = part;
            front.clear();
            front.on(asked -> asked.call() == Call.PART && asked.part() == until, 100, Fault.status(400, "InvalidRequest"));
            // S3 takes others: it lies at this one
            other("other-" + part);
            job = again(job, "");
        }
        assertThat(job.state()).isEqualTo(JobState.ARCHIVING);
        front.clear();
        isHome(again(job, ""), VIDEO);
    }

    private void other(String jobId) throws Exception {
        byte[] bytes = {1, 2, 3};
        host.file("/" + jobId + ".png", "image/png", bytes);
        assertThat(parts.archive(parts.archiving("q", jobId, Map.of()), report(asset("image", host.url("/" + jobId + ".png")))).state())
                .isEqualTo(JobState.ARCHIVED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLaterTryGoesOnBehindThePartsThatAreThere(boolean inAnotherProcess) throws Exception {
        RangedFile file = file(ETAG, (time, range) -> Turn.FINE);
        front.on(asked -> asked.part() == 4, 1, Fault.status(403, "AccessDenied"));
        Job first = archive("later-" + inAnotherProcess, "?sig=1");
        assertThat(first.error().code()).isEqualTo("s3-denied");
        long before = file.sent.get();
        assertThat(front.parts()).startsWith(1, 2, 3, 4);
        if (inAnotherProcess) {
            restart(Map.of());
        }

        Job job = again(first, "?sig=2");

        isHome(job, VIDEO);
        assertThat(file.ranges).containsExactly("", "bytes=" + 3 * PART + "-");
        assertThat(host.requests().get(1).headers()).containsEntry("if-range", ETAG);
        assertThat(file.sent.get() - before).as("bytes fetched by the later try").isEqualTo(LENGTH - 3L * PART);
        assertThat(front.parts().stream().filter(part -> part <= 3)).as("parts 1 to 3 are sent once").containsExactly(1, 2, 3);
        assertThat(front.count(Call.CREATE)).isEqualTo(1);
        assertThat(front.count(Call.GET)).as("read back for the SHA-256 that the first process took with it").isEqualTo(inAnotherProcess ? 1 : 0);
    }

    /** All six are digested and on their way when S3 has but the first. */
    @Test
    void alsoBehindManyPartsAtOnceTheObjectIsNotReadBack() throws Exception {
        restart(Map.of("archive.parts-at-once", "8"));
        RangedFile file = file(ETAG, (time, range) -> Turn.FINE);
        front.on(asked -> asked.part() == 2, 1, Fault.status(403, "AccessDenied"));
        Job first = archive("many-at-once", "");
        assertThat(first.error().code()).isEqualTo("s3-denied");

        isHome(again(first, ""), VIDEO);

        assertThat(file.ranges).containsExactly("", "bytes=" + PART + "-");
        assertThat(front.count(Call.GET)).isZero();
    }

    @Test
    void whereAllPartsAreThereAndThatIsNotWrittenDownTheObjectIsNotReadBackEither() throws Exception {
        RangedFile file = file(ETAG, (time, range) -> Turn.FINE);
        parts.database.write(handle -> handle.execute("CREATE TRIGGER not_all BEFORE UPDATE OF sha256 ON upload BEGIN SELECT RAISE(ABORT, 'not taken'); END"));
        Job first = archive("not-written", "");
        assertThat(first.error().message()).contains("not taken");
        parts.database.write(handle -> handle.execute("DROP TRIGGER not_all"));

        isHome(again(first, ""), VIDEO);

        assertThat(file.ranges).containsExactly("");
        assertThat(front.count(Call.GET)).isZero();
    }

    @Test
    void aBodyThatBreaksOffInMidPartGoesOnAtThatByte() throws Exception {
        int cut = PART + 61_234;
        RangedFile file = file(ETAG, (time, range) -> time <= 2 ? Turn.cutAfter(cut) : Turn.FINE);
        isHome(archive("break", ""), VIDEO);
        assertThat(file.ranges).containsExactly("", "bytes=" + cut + "-", "bytes=" + 2 * cut + "-");
        assertThat(file.sent.get()).as("no byte is fetched twice").isEqualTo(LENGTH);
        assertThat(front.parts()).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void anUnknownLengthGoesOnToo() throws Exception {
        RangedFile file = file(ETAG, (time, range) -> time == 1 ? Turn.cutAfter(PART + 77) : Turn.FINE);
        file.chunked = true;
        isHome(archive("unknown-break", ""), VIDEO);
        assertThat(file.sent.get()).isEqualTo(LENGTH);
        assertThat(front.parts()).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void aTimeOfModificationServesWhereThereIsNoETag() throws Exception {
        RangedFile file = file(null, (time, range) -> time == 1 ? Turn.cutAfter(2 * PART) : Turn.FINE);
        file.lastModified = "Sat, 21 Nov 2026 12:00:00 GMT";
        isHome(archive("modified", ""), VIDEO);
        assertThat(host.requests().get(1).headers()).containsEntry("if-range", "Sat, 21 Nov 2026 12:00:00 GMT");
        assertThat(file.sent.get()).isEqualTo(LENGTH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "W/\"weak\"", "unquoted", "modified-just-now"})
    void withoutAStrongSignOfTheVersionItBeginsAnew(String sign) throws Exception {
        boolean modified = sign.equals("modified-just-now");
        RangedFile file = file(modified || sign.equals("none") ? null : sign, (time, range) -> time == 1 ? Turn.cutAfter(2 * PART + 5) : Turn.FINE);
        file.lastModified = modified ? "Sun, 22 Nov 2026 12:00:00 GMT" : null;
        isHome(archive("weak-" + sign.replaceAll("\\W", ""), ""), VIDEO);
        assertThat(file.ranges).containsExactly("", "");
        assertThat(front.count(Call.CREATE)).isEqualTo(2);
    }

    /** What a host may say to a request for the rest. In no case do bytes of two answers meet that do not belong together. */
    @ParameterizedTest
    @EnumSource(value = Reply.class, names = {"WHOLE", "OTHER_START", "OTHER_TOTAL", "NOT_TO_THE_END", "NO_CONTENT_RANGE", "OTHER_ETAG", "NO_ETAG", "NO_SUCH_RANGE",
            "SHORT_LENGTH"})
    void anythingButTheRestOfTheSameFileBeginsAnew(Reply reply) throws Exception {
        byte[] changed = bytes(2);
        RangedFile file = file(ETAG, (time, range) -> time == 1 ? Turn.cutAfter(2 * PART + 5) : range ? Turn.with(reply) : Turn.FINE);
        front.on(asked -> asked.part() == 2, 0, Fault.reset());
        host.on("/v.mp4", (request, time, out) -> {
            if (time == 2) {
                file.content = changed;
            }
            file.write(request, time, out);
        });
        isHome(archive("rest-" + reply, ""), changed);
        assertThat(file.ranges.get(1)).isEqualTo("bytes=" + (2 * PART + 5) + "-");
        assertThat(front.count(Call.CREATE)).isEqualTo(2);
        assertThat(front.count(Call.ABORT)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(value = Reply.class, names = {"WHOLE", "OTHER_START", "OTHER_TOTAL", "OTHER_ETAG", "NO_SUCH_RANGE"})
    void alsoALaterTryBeginsAnew(Reply reply) throws Exception {
        RangedFile file = file(ETAG, (time, range) -> range ? Turn.with(reply) : Turn.FINE);
        front.on(asked -> asked.part() == 3, 1, Fault.status(403, "AccessDenied"));
        Job first = archive("later-" + reply, "");
        file.content = bytes(3);
        if (reply == Reply.WHOLE) {
            file.etag = "\"v2\"";
        }
        isHome(again(first, ""), file.content);
        assertThat(file.ranges.get(1)).isEqualTo("bytes=" + 2 * PART + "-");
        assertThat(front.count(Call.CREATE)).isEqualTo(2);
    }

    @Test
    void aUrlThatExpiresHalfWayIsAskedForAndTheUploadGoesOnWithTheNextOne() throws Exception {
        RangedFile file = file(ETAG, (time, range) -> time == 1 ? Turn.cutAfter(3 * PART + 9) : time == 2 ? Turn.with(Reply.FORBIDDEN) : Turn.FINE);
        Job first = archive("expires", "?sig=planted-signature-1");
        assertThat(first.error().code()).isEqualTo("url-expired");
        isHome(again(first, "?sig=planted-signature-2"), VIDEO);
        assertThat(file.ranges).containsExactly("", "bytes=" + (3 * PART + 9) + "-", "bytes=" + 3 * PART + "-");
        assertThat(file.sent.get()).isEqualTo(LENGTH + 9);
        assertThat(front.parts()).containsExactly(1, 2, 3, 4, 5, 6);
        parts.close();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(each), StandardCharsets.ISO_8859_1)).doesNotContain("planted-signature");
            }
        }
        parts = parts(Map.of());
    }

    @Test
    void aPartThatS3LostIsSentAgain() throws Exception {
        RangedFile file = file(ETAG, (time, range) -> Turn.FINE);
        front.on(asked -> asked.part() == 4, 1, Fault.status(403, "AccessDenied"));
        Job first = archive("lost-part", "");
        Upload upload = parts.uploads.find(first, 0).orElseThrow();
        parts.s3.uploadPart(part -> part.bucket(BUCKET).key(upload.key()).uploadId(upload.uploadId()).partNumber(2),
                software.amazon.awssdk.core.sync.RequestBody.fromBytes(new byte[PART]));
        isHome(again(first, ""), VIDEO);
        assertThat(file.ranges).containsExactly("", "bytes=" + PART + "-");
    }

    @Test
    void aPartIsRepeatedWithTheSameBytesWhereS3IsBusy() throws Exception {
        RangedFile file = file(ETAG, (time, range) -> Turn.FINE);
        front.on(asked -> asked.part() == 2, 1, Fault.status(503, "SlowDown")).on(asked -> asked.part() == 3, 1, Fault.reset())
                .on(asked -> asked.part() == 5, 1, Fault.lostAnswer()).on(asked -> asked.part() == 6, 1, Fault.status(500, "InternalError"));
        isHome(archive("busy", ""), VIDEO);
        assertThat(file.sent.get()).isEqualTo(LENGTH);
        assertThat(front.parts()).containsExactly(1, 2, 2, 3, 3, 4, 5, 5, 6, 6);
    }

    @Test
    void anUploadThatS3ForgotBeginsAnew() throws Exception {
        file(ETAG, (time, range) -> Turn.FINE);
        front.on(asked -> asked.part() == 3, 1, Fault.status(404, "NoSuchUpload"));
        isHome(archive("forgotten", ""), VIDEO);
        assertThat(front.count(Call.CREATE)).isEqualTo(2);
    }

    @Test
    void anUploadThatS3ForgotBetweenTriesBeginsAnew() throws Exception {
        RangedFile file = file(ETAG, (time, range) -> Turn.FINE);
        front.on(asked -> asked.part() == 3, 1, Fault.status(403, "AccessDenied"));
        Job first = archive("forgotten-later", "");
        Upload upload = parts.uploads.find(first, 0).orElseThrow();
        parts.s3.abortMultipartUpload(abort -> abort.bucket(BUCKET).key(upload.key()).uploadId(upload.uploadId()));
        isHome(again(first, ""), VIDEO);
        assertThat(file.ranges).containsExactly("", "");
    }

    @Test
    void whatWasPutTogetherWithoutAnAnswerIsRecognised() throws Exception {
        RangedFile file = file(ETAG, (time, range) -> Turn.FINE);
        front.on(Call.COMPLETE, 1, Fault.lostAnswer());
        isHome(archive("completed", ""), VIDEO);
        assertThat(file.sent.get()).isEqualTo(LENGTH);
        assertThat(front.parts()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(front.count(Call.COMPLETE)).isEqualTo(2);
    }

    @Test
    void whatWasPutTogetherByAProcessThatIsGoneIsRecognisedWithoutItsUrl() throws Exception {
        RangedFile file = file(ETAG, (time, range) -> Turn.FINE);
        front.on(Call.HEAD, 1, Fault.status(403, "AccessDenied"));
        Job first = archive("completed-gone", "");
        assertThat(first.error().code()).isEqualTo("s3-denied");
        restart(Map.of());
        isHome(again(first, ""), VIDEO);
        assertThat(file.sent.get()).isEqualTo(LENGTH);
        assertThat(host.requests()).hasSize(1);
        assertThat(front.parts()).hasSize(6);
        assertThat(front.count(Call.GET)).as("the hash of the whole was written down").isZero();
    }

    @Test
    void anotherObjectUnderTheKeyIsNotTakenForOurs() throws Exception {
        RangedFile file = file(ETAG, (time, range) -> Turn.FINE);
        front.on(Call.COMPLETE, 1, Fault.status(403, "AccessDenied"));
        Job first = archive("not-ours", "");
        Upload upload = parts.uploads.find(first, 0).orElseThrow();
        assertThat(upload.sentAll()).isTrue();
        parts.s3.abortMultipartUpload(abort -> abort.bucket(BUCKET).key(upload.key()).uploadId(upload.uploadId()));
        parts.s3.putObject(put -> put.bucket(BUCKET).key(upload.key()), software.amazon.awssdk.core.sync.RequestBody.fromBytes(bytes(9)));
        isHome(again(first, ""), VIDEO);
        assertThat(file.ranges).containsExactly("", "");
    }

    @Test
    void completingThatAnswers200WithAnErrorIsRepeated() throws Exception {
        RangedFile file = file(ETAG, (time, range) -> Turn.FINE);
        front.on(Call.COMPLETE, 1, Fault.status(200, "InternalError"));
        isHome(archive("200-error", ""), VIDEO);
        assertThat(file.sent.get()).isEqualTo(LENGTH);
        assertThat(front.parts()).hasSize(6);
    }

    @Test
    void anUploadWhoseBeginningGotNoAnswerIsTakenBackAndNobodyElses() throws Exception {
        file(ETAG, (time, range) -> Turn.FINE);
        String key = "p/no-answer/video.mp4";
        String foreign = parts.s3.createMultipartUpload(create -> create.bucket(BUCKET).key(key + ".theirs")).uploadId();
        front.on(Call.CREATE, 1, Fault.lostAnswer());
        Job job = archive("no-answer", "");
        assertThat(job.state()).isEqualTo(JobState.ARCHIVED);
        assertThat(open()).containsExactly(key + ".theirs");
        parts.s3.abortMultipartUpload(abort -> abort.bucket(BUCKET).key(key + ".theirs").uploadId(foreign));
    }

    @Test
    void orphansOfOursAreTakenBackAndNobodyElses() throws Exception {
        file(ETAG, (time, range) -> Turn.FINE);
        front.on(asked -> asked.part() == 3, 2, Fault.status(403, "AccessDenied"));
        Job cancelled = archive("cancelled", "");
        Job live = parts.archive(parts.archiving("p2", "live", Map.of()), report(asset("video", host.url("/v.mp4"))));
        String foreign = parts.s3.createMultipartUpload(create -> create.bucket(BUCKET).key("p/cancelled/video.mp4")).uploadId();
        assertThat(parts.unfinished.takeBackOrphans()).as("jobs that go on need theirs").isZero();

        parts.jobs.override(cancelled.key(), any -> JobChange.to(JobState.CANCELLED).askNoMore());
        front.on(Call.ABORT, 1, Fault.status(403, "AccessDenied"));
        assertThat(parts.unfinished.takeBackOrphans()).as("S3 did not take it back").isZero();
        assertThat(parts.unfinished.takeBackOrphans()).isEqualTo(1);
        assertThat(parts.unfinished.takeBackOrphans()).isZero();

        List<String> left = parts.s3.listMultipartUploads(list -> list.bucket(BUCKET)).uploads().stream().map(upload -> upload.uploadId()).toList();
        assertThat(left).containsExactlyInAnyOrder(foreign, parts.uploads.find(live, 0).orElseThrow().uploadId());
        parts.s3.abortMultipartUpload(abort -> abort.bucket(BUCKET).key("p/cancelled/video.mp4").uploadId(foreign));
        parts.jobs.override(live.key(), any -> JobChange.to(JobState.BLOCKED).askNoMore());
        assertThat(parts.unfinished.takeBackOrphans()).as("of a blocked job").isEqualTo(1);
        assertThat(open()).isEmpty();
    }

    @Test
    void aJobThatIsOpenedAgainLeavesTheOldUploadBehind() throws Exception {
        file(ETAG, (time, range) -> Turn.FINE);
        front.on(asked -> asked.part() == 3, 1, Fault.status(403, "AccessDenied"));
        Job first = archive("retried", "");
        parts.jobs.override(first.key(), any -> JobChange.to(JobState.BLOCKED).askNoMore());
        parts.jobs.retry(first.key());
        Job second = again(first, "");
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(parts.unfinished.takeBackOrphans()).isEqualTo(1);
        isHome(second, VIDEO);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anAssetThatIsTooLargeBlocksItsJob(boolean chunked) throws Exception {
        restart(Map.of("archive.max-asset-bytes", String.valueOf(4 * PART)));
        RangedFile file = file(ETAG, (time, range) -> Turn.FINE);
        file.chunked = chunked;
        Job job = archive("large-" + chunked, "");
        assertThat(job.state()).isEqualTo(JobState.BLOCKED);
        assertThat(job.error().code()).isEqualTo("asset-too-large");
        assertThat(open()).isEmpty();
        assertThat(host.requests()).hasSize(1);
    }

    @Test
    void assetsThatAreTooLargeTogetherBlockTheirJob() throws Exception {
        restart(Map.of("archive.max-job-bytes", String.valueOf(LENGTH + PART)));
        file(ETAG, (time, range) -> Turn.FINE);
        host.file("/a.png", "image/png", new byte[PART + 1]);
        Job job = parts.archive(parts.archiving("p", "together", Map.of()), report(asset("image", host.url("/a.png")), asset("video", host.url("/v.mp4"))));
        assertThat(job.state()).isEqualTo(JobState.BLOCKED);
        assertThat(job.error().code()).isEqualTo("job-too-large");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHostThatDripsIsLeft(boolean headers) throws Exception {
        String silence = headers ? "300ms" : "10s";
        restart(Map.of("archive.minimum-rate", "1KB", "archive.minimum-rate-over", "500ms", "archive.idle-timeout", silence, "archive.connect-timeout", silence));
        host.on("/v.mp4", (request, time, out) -> {
            if (!headers) {
                AssetHost.head(out, "200 OK", "Content-Type: video/mp4", "Content-Length: 1000000");
            } else {
                out.write("HTTP/1.1 200 OK\r\nX-Drip: ".getBytes(StandardCharsets.ISO_8859_1));
            }
            while (true) {
                out.write('x');
                out.flush();
                // the drip is what is tested, and nothing waits for it
                java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            }
        });
        long start = System.nanoTime();
        Job job = archive("drip-" + headers, "");
        assertThat(job.error().code()).isEqualTo(headers ? "asset-unavailable" : "asset-too-slow");
        assertThat(host.requests()).hasSize(headers ? 4 : 1);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void aTransferThatTakesTooLongEndsAndTheNextOneGoesOn() throws Exception {
        restart(Map.of("archive.transfer-deadline", "2s"));
        RangedFile file = file(ETAG, (time, range) -> Turn.FINE);
        host.on("/v.mp4", (request, time, out) -> file.write(request, time, time > 1 ? out : new java.io.FilterOutputStream(out) {
            private long sent;

            @Override
            public void write(byte[] bytes, int from, int length) throws java.io.IOException {
                out.write(bytes, from, length);
                sent += length;
                if (sent > 2 * PART) {
                    out.flush();
                    java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
                }
            }
        }));
        Job first = archive("deadline", "");
        assertThat(first.error().code()).isEqualTo("transfer-deadline");
        restart(Map.of());
        isHome(again(first, ""), VIDEO);
        assertThat(file.ranges).hasSize(2);
        assertThat(file.ranges.get(1)).isEqualTo("bytes=" + 2 * PART + "-");
    }
}
