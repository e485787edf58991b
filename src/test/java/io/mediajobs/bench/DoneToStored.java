package io.mediajobs.bench;

import io.mediajobs.TestProgram;
import io.mediajobs.demo.simulator.Assets;
import io.mediajobs.demo.simulator.SimulatedJob;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.store.TimelineEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;

/**
 * How long it takes from a job's end at the provider to its archived state, and how many status calls that costs: a fixed interval and
 * predicted asks side by side, with the shipped routes and settings, an interval of 2 s and jobs of 20 s with normal spread.
 * <pre>mvn -q test-compile exec:java -Dmain.class=io.mediajobs.bench.DoneToStored -Dexec.args="500"</pre>
 * Sixty jobs go before the measured ones, in both runs: what is predicted has to be learned first.
 */
public final class DoneToStored {

    private static final String PROVIDER = "productai";
    private static final double SECONDS = 20;
    private static final double SPREAD = 4;
    private static final int WARM_UP = 60;
    /** Within which the jobs begin, in seconds. */
    private static final double BEGIN_WITHIN = 20;

    private final int jobs;
    private final Random random = new Random(7);

    private DoneToStored(int jobs) {
        this.jobs = jobs;
    }

    public static void main(String[] arguments) throws Exception {
        DoneToStored bench = new DoneToStored(arguments.length == 0 ? 500 : Integer.parseInt(arguments[0]));
        System.out.printf("%d jobs of %.0f s (standard deviation %.0f s), interval 2 s, begun within %.0f s%n", bench.jobs, SECONDS, SPREAD, BEGIN_WITHIN);
        System.out.printf("%-10s %8s %12s %12s %12s %12s%n", "asks", "polls", "lag median", "lag 95 %", "lag longest", "polls a job");
        for (String asks : List.of("fixed", "predicted")) {
            bench.run(asks);
        }
    }

    private void run(String asks) throws Exception {
        Path folder = Files.createTempDirectory("done-to-stored");
        Path routes = routes(folder.resolve("routes"), asks);
        try (TestProgram program = TestProgram.start(folder, Map.of("routes.folder", routes.toString(), "provider.productai.every", "2s",
                "provider.productai.at-once", "50", "poll.tick-millis", "500", "archive.at-once", "8"))) {
            measure(program, WARM_UP, 5);
            awaitLearned(program);
            long before = program.simulator.ledger().totalPolls();
            List<Double> lags = measure(program, jobs, BEGIN_WITHIN);
            long polls = program.simulator.ledger().totalPolls() - before;
            double[] sorted = lags.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            System.out.printf(Locale.ROOT, "%-10s %8d %10.2f s %10.2f s %10.2f s %12.1f%n", asks, polls, sorted[sorted.length / 2],
                    sorted[(int) Math.ceil(sorted.length * 0.95) - 1], sorted[sorted.length - 1], (double) polls / jobs);
        }
    }

    /** The figures are read in the background every few seconds. */
    private static void awaitLearned(TestProgram program) {
        Awaitility.await().until(() -> program.jobs.usualDurations().stream().mapToLong(usual -> usual.totals().count()).sum() >= WARM_UP);
        Awaitility.await().pollDelay(Duration.ofSeconds(6)).until(() -> true);
    }

    private List<Double> measure(TestProgram program, int count, double within) throws InterruptedException {
        List<SimulatedJob> simulated = new ArrayList<>();
        long begin = System.nanoTime();
        String batch = Long.toString(begin, 36);
        for (int i = 0; i < count; i++) {
            long due = begin + (long) (within * 1e9 * i / count);
            while (System.nanoTime() < due) {
                Thread.sleep(1);
            }
            double seconds = Math.max(2, SECONDS + SPREAD * random.nextGaussian());
            simulated.add(program.simulator.job(PROVIDER, batch + "-" + i).queuedFor(Duration.ZERO)
                    .processingFor(Duration.ofMillis((long) (seconds * 1000))).completes(Assets.png(8, 8)));
            program.follow(PROVIDER, batch + "-" + i);
        }
        List<Double> lags = new ArrayList<>();
        for (SimulatedJob job : simulated) {
            JobKey key = new JobKey(PROVIDER, job.jobId());
            Awaitility.await().atMost(Duration.ofMinutes(5)).until(() -> program.job(key).state() == JobState.ARCHIVED);
            Instant ended = job.createdAt().plus(job.script().processing());
            lags.add(Duration.between(ended, archivedAt(program, program.job(key))).toMillis() / 1000.0);
        }
        return lags;
    }

    private static Instant archivedAt(TestProgram program, Job job) {
        return program.jobs.timeline(job).stream().filter(entry -> entry.what().equals("archived")).map(TimelineEntry::at).findFirst().orElseThrow();
    }

    /** The shipped routes, with the one parameter that is compared. */
    private static Path routes(Path target, String asks) {
        Path source = Path.of("routes");
        try (var files = Files.walk(source)) {
            for (Path file : files.toList()) {
                Path copy = target.resolve(source.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
            Path provider = target.resolve("providers/productai.camel.yaml");
            Files.writeString(provider, Files.readString(provider).replace("        provider: productai\n", "        provider: productai\n        asks: " + asks + "\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return target;
    }
}
