package io.mediajobs.archive;

import static io.mediajobs.archive.ArchiveParts.asset;
import static io.mediajobs.archive.ArchiveParts.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mediajobs.job.Job;
import io.mediajobs.job.JobState;
import io.mediajobs.servers.DiscardingS3;
import io.mediajobs.servers.DiscardingS3.Asked;
import io.mediajobs.servers.DiscardingS3.Call;
import io.mediajobs.servers.PlainServer;
import io.mediajobs.servers.RepeatedBytes;
import io.mediajobs.store.JobChange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whatever S3 is asked for, whatever goes wrong with it, in however many parts: a job is archived, or it waits with a plain reason and nothing
 * that is not whole is visible. Once S3 is well it is archived, and no upload stays open. All cells are jobs of one program, at the same time.
 */
class S3FaultMatrixTest {

    private static final Logger LOG = LoggerFactory.getLogger(S3FaultMatrixTest.class);
    /** The server takes smaller parts than S3 does. */
    private static final int PART = 300_003;
    private static final int LAST_PART = 10_003;
    /** What {@link BufferedPuts} lets stream. */
    private static final int STREAMED = 280_003;
    private static final int AT_ONCE = 40;

    /** What fails, all the time of the first try. */
    enum Op {
        PUT(asked -> asked.call() == Call.PUT && !isManifest(asked)),
        CREATE(asked -> asked.call() == Call.CREATE),
        PART(asked -> asked.call() == Call.PART),
        COMPLETE(asked -> asked.call() == Call.COMPLETE),
        HEAD(asked -> asked.call() == Call.HEAD),
        MANIFEST(asked -> asked.call() == Call.PUT && isManifest(asked)),
        ABORT(asked -> asked.call() == Call.ABORT);

        private final Function<Asked, Boolean> where;

        Op(Function<Asked, Boolean> where) {
            this.where = where;
        }

        private static boolean isManifest(Asked asked) {
            return asked.key().endsWith("/manifest.json");
        }
    }

    /** What goes wrong. */
    enum Failing {
        HTTP_429(DiscardingS3.error(429, "SlowDown")),
        HTTP_503(DiscardingS3.error(503, "SlowDown")),
        HTTP_500(DiscardingS3.error(500, "InternalError")),
        RESET((request, answer) -> answer.reset()),
        TIME_OUT((request, answer) -> answer.hang()),
        ERROR_IN_200(DiscardingS3.error(200, "InternalError"));

        private final DiscardingS3.Fault fault;

        Failing(DiscardingS3.Fault fault) {
            this.fault = fault;
        }
    }

    /** One cell. @param parts that the asset goes in; 0 for one PUT from memory, -1 for one that streams */
    private record Cell(Op op, Failing failing, int parts, AtomicInteger asked) {

        /** Its provider: each cell has one, so that each claims its own job. */
        private String name() {
            return (op + "-" + failing + "-" + parts).toLowerCase().replace('_', '-');
        }

        private RepeatedBytes bytes() {
            return new RepeatedBytes(parts < 0 ? STREAMED : Math.max(0, parts - 1) * PART + LAST_PART, op.ordinal() * 1_000 + failing.ordinal() * 100 + parts);
        }

        // an asset without any sign of its version is abandoned as soon as a part fails: that is when an upload is taken back
        private boolean hasVersion() {
            return op != Op.ABORT;
        }

        private String key() {
            return name() + "/job/video.mp4";
        }
    }

    @TempDir
    Path folder;
    private final Map<String, Cell> cells = new TreeMap<>();
    private final Map<String, Boolean> ill = new ConcurrentHashMap<>();

    private void fill() {
        for (Failing failing : Failing.values()) {
            add(new Cell(Op.PUT, failing, 0, new AtomicInteger()));
            add(new Cell(Op.PUT, failing, -1, new AtomicInteger()));
            for (Op op : List.of(Op.CREATE, Op.PART, Op.COMPLETE, Op.HEAD, Op.MANIFEST, Op.ABORT)) {
                for (int parts : new int[] {1, 2, 12}) {
                    add(new Cell(op, failing, parts, new AtomicInteger()));
                }
            }
        }
    }

    private void add(Cell cell) {
        cells.put(cell.name(), cell);
        ill.put(cell.name(), true);
    }

    private DiscardingS3.Fault fault(Asked asked) {
        Cell cell = cells.get(asked.key().split("/")[0]);
        if (cell == null || !ill.get(cell.name())) {
            return null;
        }
        if (cell.op() == Op.ABORT && asked.call() == Call.PART && asked.part() == cell.parts()) {
            return DiscardingS3.error(403, "AccessDenied");
        }
        if (!cell.op().where.apply(asked)) {
            return null;
        }
        cell.asked().incrementAndGet();
        return cell.failing().fault;
    }

    private PlainServer host() {
        return new PlainServer((request, answer) -> {
            Cell cell = cells.get(request.path().split("/")[1]);
            String range = request.headers().get("range");
            long from = range == null ? 0 : Long.parseLong(range.replaceAll("\\D", ""));
            long length = cell.bytes().length();
            // without a length even the smallest goes in parts
            answer.send(range == null ? 200 : 206, cell.bytes(), from, cell.parts() == 1, "Content-Type: video/mp4", cell.hasVersion() ? "ETag: \"1\"" : "X-Version: none",
                    range == null ? "Accept-Ranges: bytes" : "Content-Range: bytes " + from + "-" + (length - 1) + "/" + length);
        });
    }

    @Test
    @Timeout(value = 240, unit = TimeUnit.SECONDS)
    void everyCellEndsArchivedOrWaitsWithAPlainReason() throws Exception {
        fill();
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try (DiscardingS3 s3 = new DiscardingS3(DiscardingS3.Sums.CRC32C).withPartsFrom(PART); PlainServer host = host();
                ArchiveParts parts = new ArchiveParts(folder, s3.endpoint().toString(), "access", "secret", Map.of("s3.bucket", DiscardingS3.BUCKET,
                        "archive.multipart-from", String.valueOf(PART), "archive.part-size", String.valueOf(PART), "archive.orphan-after", "0s",
                        "archive.at-once", String.valueOf(AT_ONCE), "archive.jobs-at-once", String.valueOf(AT_ONCE),
                        "s3.idle-timeout", "400ms", "s3.part-timeout", "5s"))) {
            s3.faults(this::fault);
            List<Future<String>> ends = new ArrayList<>();
            for (Cell cell : cells.values()) {
                ends.add(threads.submit(() -> run(cell, parts, s3, host.address() + "/" + cell.name() + "/v.mp4")));
            }
            List<String> wrong = new ArrayList<>();
            for (Future<String> end : ends) {
                String found = end.get();
                if (found != null) {
                    wrong.add(found);
                }
            }
            assertThat(wrong).as("cells that went wrong").isEmpty();
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                parts.unfinished.takeBackOrphans();
                return s3.unfinished().isEmpty();
            });
        } finally {
            threads.shutdownNow();
        }
    }

    /** What went wrong in a cell; null for nothing. */
    private String run(Cell cell, ArchiveParts parts, DiscardingS3 s3, String url) {
        try {
            Job first = parts.archive(parts.archiving(cell.name(), "job", Map.of()), report(asset("video", url)));
            LOG.info("{}: asked {} times, {} {}", cell.name(), cell.asked(), first.state(), first.error() == null ? "" : first.error().message());
            assertThat(cell.asked().get()).as("the fault was met").isPositive();
            isWholeOrNothing(cell, first, s3);
            ill.put(cell.name(), false);
            Job job = first;
            // a loaded machine may be too slow for the short time-outs
            for (int more = 0; more < 3 && job.state() == JobState.ARCHIVING; more++) {
                parts.jobs.override(job.key(), any -> JobChange.to(null).askAgainIn(Duration.ZERO));
                job = parts.archive(parts.claim(cell.name()), report(asset("video", url)));
            }
            assertThat(job.state()).as("once S3 is well: %s", job.error()).isEqualTo(JobState.ARCHIVED);
            isWholeOrNothing(cell, job, s3);
            return null;
        } catch (Exception | AssertionError e) {
            return cell.name() + ": " + e;
        }
    }

    private static void isWholeOrNothing(Cell cell, Job job, DiscardingS3 s3) {
        boolean manifest = s3.objects().containsKey(cell.name() + "/job/manifest.json");
        DiscardingS3.Stored object = s3.objects().get(cell.key());
        if (object != null) {
            RepeatedBytes bytes = cell.bytes();
            assertThat(object.bytes()).isEqualTo(bytes.length());
            assertThat(object.crc32c()).isEqualTo(bytes.crc32c());
        }
        if (job.state() == JobState.ARCHIVED) {
            assertThat(manifest).as("a manifest").isTrue();
            assertThat(object).as("the object").isNotNull();
            return;
        }
        assertThat(job.state()).isEqualTo(JobState.ARCHIVING);
        assertThat(job.nextPollAt()).as("is tried again").isNotNull();
        assertThat(manifest).as("no manifest").isFalse();
        // what makes an upload be taken back in these cells is a refusal
        assertThat(job.error().code()).isEqualTo(cell.op() == Op.ABORT ? "s3-denied" : "s3-unavailable");
        assertThat(job.error().message()).as("a sentence").matches("[A-Z].*").contains("S3").doesNotContain("\n").hasSizeLessThan(400);
    }
}
