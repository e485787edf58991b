package io.mediajobs.archive;

import static io.mediajobs.archive.ArchiveParts.asset;
import static io.mediajobs.archive.ArchiveParts.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mediajobs.job.Job;
import io.mediajobs.job.JobState;
import io.mediajobs.report.ReportAsset;
import io.mediajobs.servers.DiscardingS3;
import io.mediajobs.servers.PlainServer;
import io.mediajobs.store.ArchivedAsset;
import io.mediajobs.store.JobChange;
import io.mediajobs.store.LeaseLostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several assets of one job are on their way at once; all jobs share the places, and take turns. */
@Timeout(60)
class JobTransfersTest {

    private static final int AT_ONCE = 3;
    private static final byte[] PICTURE = new byte[1_000];

    @TempDir
    Path folder;
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger atOnce = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    /** Answers wait for it. */
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile String failing = "none";
    private int status = 404;
    private DiscardingS3 s3;
    private PlainServer host;
    private ArchiveParts parts;

    @BeforeEach
    void start() throws Exception {
        s3 = new DiscardingS3(DiscardingS3.Sums.CRC32C);
        host = new PlainServer((request, answer) -> {
            asked.add(request.path());
            most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            try {
                gate.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            atOnce.decrementAndGet();
            if (request.path().equals(failing)) {
                answer.send(status, "");
            } else {
                answer.send(200, PICTURE, "Content-Type: image/png");
            }
        });
        parts = parts(Map.of());
    }

    private ArchiveParts parts(Map<String, String> more) throws Exception {
        Map<String, String> settings = new HashMap<>(Map.of("s3.bucket", DiscardingS3.BUCKET, "archive.at-once", String.valueOf(AT_ONCE),
                "archive.jobs-at-once", "4", "archive.idle-timeout", "30s"));
        settings.putAll(more);
        return new ArchiveParts(folder, s3.endpoint().toString(), "access", "secret", settings);
    }

    @AfterEach
    void stop() {
        gate.countDown();
        parts.close();
        host.close();
        s3.close();
    }

    private ReportAsset[] pictures(String name, int count) {
        return IntStream.range(0, count).mapToObj(number -> asset("image", host.address() + "/" + name + "/" + number + ".png")).toArray(ReportAsset[]::new);
    }

    private CompletableFuture<Job> archive(String provider, int count) {
        Job job = parts.archiving(provider, "job", Map.of());
        // the pool of Java 25 has one thread where there are two processors
        return CompletableFuture.supplyAsync(() -> parts.archive(job, report(pictures(provider, count))), work -> new Thread(work, "job").start());
    }

    private void until(BooleanSupplier condition) {
        await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(5)).until(condition::getAsBoolean);
    }

    @Test
    void oneJobUsesAllPlacesAndNoMore() throws Exception {
        gate = new CountDownLatch(1);
        CompletableFuture<Job> job = archive("many", 10);
        until(() -> asked.size() == AT_ONCE);
        gate.countDown();
        assertThat(job.get().state()).isEqualTo(JobState.ARCHIVED);
        assertThat(most.get()).isEqualTo(AT_ONCE);
        assertThat(asked).hasSize(10);
        assertThat(parts.jobs.assets(job.get())).hasSize(10);
    }

    @Test
    void aJobOfManyAssetsHoldsUpNoOther() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        gate = first;
        CompletableFuture<Job> many = archive("many", 60);
        until(() -> asked.size() == AT_ONCE);
        CompletableFuture<Job> one = archive("one", 1);
        until(() -> one.isDone() || parts.waiting() == 2);
        gate = new CountDownLatch(0);
        first.countDown();
        assertThat(one.get().state()).isEqualTo(JobState.ARCHIVED);
        assertThat(asked.indexOf("/one/0.png")).as("its place in the order").isLessThanOrEqualTo(2 * AT_ONCE + 1);
        assertThat(many.get().state()).isEqualTo(JobState.ARCHIVED);
    }

    @Test
    void afterAFailureNoMoreAreBegunAndThoseOnTheirWayComeHome() throws Exception {
        failing = "/many/1.png";
        status = 403;
        gate = new CountDownLatch(1);
        CompletableFuture<Job> failed = archive("many", 30);
        until(() -> asked.size() == AT_ONCE);
        gate.countDown();
        Job job = failed.get();
        assertThat(job.state()).isEqualTo(JobState.ARCHIVING);
        assertThat(job.error().code()).isEqualTo("url-expired");
        assertThat(asked.size()).as("downloads that were begun").isLessThan(30);
        int home = parts.jobs.assets(job).size();
        assertThat(home).isEqualTo(asked.size() - 1);

        failing = "none";
        parts.jobs.override(job.key(), any -> JobChange.to(null).askAgainIn(Duration.ZERO));
        Job again = parts.archive(parts.claim("many"), report(pictures("many", 30)));
        assertThat(again.state()).isEqualTo(JobState.ARCHIVED);
        assertThat(asked).as("each once, but for the one that failed").hasSize(31);
    }

    @Test
    void whatAllAssetsTogetherMayHaveHoldsForThoseAtTheSameTime() throws Exception {
        parts.close();
        parts = parts(Map.of("archive.max-job-bytes", "2500"));
        gate = new CountDownLatch(1);
        CompletableFuture<Job> job = archive("large", 3);
        until(() -> asked.size() == 3);
        gate.countDown();
        assertThat(job.get().state()).isEqualTo(JobState.BLOCKED);
        assertThat(job.get().error().code()).isEqualTo(AssetRefusedException.JOB_TOO_LARGE);
        assertThat(s3.objects().keySet()).noneMatch(key -> key.endsWith("/manifest.json"));
    }

    @Test
    void whatIsHomeIsWrittenDownForWhoHasTheJobAndForNobodyElse() {
        Job held = parts.archiving("held", "job", Map.of());
        Job lost = parts.archiving("lost", "job", Map.of());
        parts.jobs.override(lost.key(), any -> JobChange.to(JobState.CANCELLED).askNoMore());
        JobTransfers transfers = new JobTransfers(List.of(), List.of(), List.of());
        try (AssetRecords records = new AssetRecords(parts.jobs)) {
            CompletableFuture<Void> first = records.save(held, home(0));
            CompletableFuture<Void> second = records.save(lost, home(0));
            CompletableFuture<Void> third = records.save(held, home(1));
            transfers.recording(first);
            transfers.recording(second);
            transfers.recording(third);
            transfers.awaitRecords();
        }
        assertThat(parts.jobs.assets(held)).extracting(ArchivedAsset::position).containsExactly(0, 1);
        assertThat(parts.jobs.assets(lost)).isEmpty();
        assertThat(transfers.failure()).isInstanceOf(LeaseLostException.class);
        assertThat(transfers.isGoingOn()).isFalse();
    }

    private static ArchivedAsset home(int position) {
        return new ArchivedAsset(position, "image", "key-" + position, 3, "ab", "image/png", "https://cdn.example/a.png", Map.of());
    }

    @Test
    void afterItsEndNothingWaitsForEver() {
        AssetRecords records = new AssetRecords(parts.jobs);
        records.close();
        until(() -> records.save(parts.archiving("closed-" + System.nanoTime(), "job", Map.of()), home(0)).isCompletedExceptionally());
    }
}
