package io.mediajobs.bench;

import io.mediajobs.TestProgram;
import io.mediajobs.demo.simulator.Assets;
import io.mediajobs.demo.simulator.Poll;
import io.mediajobs.demo.simulator.SimulatedJob;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.store.TimelineEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;

/**
 * How long it takes from a job's end at the provider until it is known and until it is archived, and how many requests that costs, with the
 * shipped routes and settings, an interval of 2 s and jobs of 20 s with normal spread, side by side:
 * <ul>
 * <li>{@code fixed}: single calls after a fixed interval</li>
 * <li>{@code predicted}: single calls when a job may be finished</li>
 * <li>{@code list}: ProductAI's list as it is documented, which has neither images nor progress: each job that it shows as finished needs one
 * single call for its result</li>
 * <li>{@code whole list}: a list that says of each job what its status call says, as other providers have it</li>
 * <li>{@code hooks}: as predicted, and the provider sends a webhook when a job has ended, within 50 ms</li>
 * </ul>
 * <pre>mvn -q test-compile exec:java -Dmain.class=io.mediajobs.bench.DoneToStored -Dexec.args="500 fixed predicted list whole-list hooks"</pre>
 * With {@code stages} among the ways, a table for each way says where the time goes.
 * Sixty jobs go before the measured ones, in each run: what is predicted has to be learned first.
 */
public final class DoneToStored {

    private static final String PROVIDER = "productai";
    private static final double SECONDS = 20;
    private static final double SPREAD = 4;
    private static final int WARM_UP = 60;
    /** Within which the jobs begin, in seconds. */
    private static final double BEGIN_WITHIN = 20;
    private static final String WHOLE_LIST = "whole-list";
    private static final String STAGES = "stages";

    private final int jobs;
    private Random random;
    private boolean stages;

    private DoneToStored(int jobs) {
        this.jobs = jobs;
    }

    public static void main(String[] arguments) throws Exception {
        DoneToStored bench = new DoneToStored(arguments.length == 0 ? 500 : Integer.parseInt(arguments[0]));
        List<String> asked = arguments.length > 1 ? List.of(arguments).subList(1, arguments.length) : List.of("fixed", "predicted", "list", WHOLE_LIST, "hooks");
        List<String> ways = asked.stream().filter(way -> !way.equals(STAGES)).toList();
        bench.stages = ways.size() < asked.size();
        List<String> lines = new ArrayList<>();
        for (String way : ways) {
            lines.addAll(bench.run(way));
        }
        System.out.printf("%d jobs of %.0f s (standard deviation %.0f s), interval 2 s, begun within %.0f s%n", bench.jobs, SECONDS, SPREAD, BEGIN_WITHIN);
        System.out.println("requests: pages of the list + single calls before the job's end + single calls after it; lag of a job's end: median / 95 % / longest");
        System.out.printf("%-11s %8s %7s %9s %9s   %-26s %-26s%n", "asks", "requests", "pages", "before", "after", "until known", "until archived");
        lines.forEach(System.out::println);
    }

    private List<String> run(String way) throws Exception {
        // the same jobs for each way
        random = new Random(7);
        Path folder = Files.createTempDirectory("done-to-stored");
        boolean list = way.endsWith("list");
        Path routes = routes(folder.resolve("routes"), way.equals("fixed") ? "fixed" : "predicted", way.equals(WHOLE_LIST));
        int port = TestProgram.freePort();
        URI callback = way.equals("hooks") ? URI.create("http://127.0.0.1:" + port + "/hooks/" + PROVIDER) : null;
        try (TestProgram program = TestProgram.start(folder, Map.of("routes.folder", routes.toString(), "provider.productai.every", "2s",
                "http.port", String.valueOf(port), "provider.productai.hook-secret", "demo-webhook-secret",
                "provider.productai.at-once", "50", "provider.productai-list.enabled", String.valueOf(list), "poll.tick-millis", "500", "archive.at-once", "8"))) {
            program.simulator.provider(PROVIDER).listsWholeJobs(way.equals(WHOLE_LIST));
            awaitArchived(program, begin(program, WARM_UP, 5, callback));
            awaitLearned(program);
            long pages = program.simulator.ledger().lists();
            Stages watch = stages ? new Stages(program) : null;
            List<SimulatedJob> simulated = begin(program, jobs, BEGIN_WITHIN, callback);
            awaitArchived(program, simulated);
            List<String> lines = new ArrayList<>(List.of(line(way, program, simulated, program.simulator.ledger().lists() - pages)));
            if (watch != null) {
                lines.addAll(watch.lines(program, PROVIDER, simulated));
            }
            return lines;
        }
    }

    private static String line(String way, TestProgram program, List<SimulatedJob> simulated, long pages) {
        List<Double> known = new ArrayList<>();
        List<Double> archived = new ArrayList<>();
        long before = 0;
        long after = 0;
        for (SimulatedJob job : simulated) {
            Instant ended = job.createdAt().plus(job.script().processing());
            for (Poll poll : program.simulator.ledger().polls(PROVIDER, job.jobId())) {
                before += poll.at().isBefore(ended) ? 1 : 0;
                after += poll.at().isBefore(ended) ? 0 : 1;
            }
            List<TimelineEntry> timeline = program.jobs.timeline(program.job(new JobKey(PROVIDER, job.jobId())));
            known.add(seconds(ended, timeline, "completed"));
            archived.add(seconds(ended, timeline, "archived"));
        }
        return String.format(Locale.ROOT, "%-11s %8d %7d %9d %9d   %-26s %-26s", way, pages + before + after, pages, before, after, spread(known), spread(archived));
    }

    private static double seconds(Instant ended, List<TimelineEntry> timeline, String what) {
        Instant at = timeline.stream().filter(entry -> entry.what().equals(what)).map(TimelineEntry::at).findFirst().orElseThrow();
        return Duration.between(ended, at).toMillis() / 1000.0;
    }

    static String spread(List<Double> lags) {
        double[] sorted = lags.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return String.format(Locale.ROOT, "%.2f / %.2f / %.2f s", sorted[sorted.length / 2], sorted[(int) Math.ceil(sorted.length * 0.95) - 1], sorted[sorted.length - 1]);
    }

    /** The figures are read in the background every few seconds. */
    private static void awaitLearned(TestProgram program) {
        Awaitility.await().until(() -> program.jobs.usualDurations().stream().mapToLong(usual -> usual.totals().count()).sum() >= WARM_UP);
        Awaitility.await().pollDelay(Duration.ofSeconds(6)).until(() -> true);
    }

    private static void awaitArchived(TestProgram program, List<SimulatedJob> jobs) {
        Deque<JobKey> open = new ArrayDeque<>();
        jobs.forEach(job -> open.add(new JobKey(PROVIDER, job.jobId())));
        Awaitility.await().atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofMillis(200)).until(() -> {
            while (!open.isEmpty() && program.job(open.peek()).state() == JobState.ARCHIVED) {
                open.remove();
            }
            return open.isEmpty();
        });
    }

    /** @param callback where the provider sends its webhooks; null for none */
    private List<SimulatedJob> begin(TestProgram program, int count, double within, URI callback) throws InterruptedException {
        List<SimulatedJob> simulated = new ArrayList<>();
        long begin = System.nanoTime();
        String batch = Long.toString(begin, 36);
        for (int i = 0; i < count; i++) {
            long due = begin + (long) (within * 1e9 * i / count);
            while (System.nanoTime() < due) {
                Thread.sleep(1);
            }
            double seconds = Math.max(2, SECONDS + SPREAD * random.nextGaussian());
            SimulatedJob job = program.simulator.job(PROVIDER, batch + "-" + i).queuedFor(Duration.ZERO)
                    .processingFor(Duration.ofMillis((long) (seconds * 1000))).completes(Assets.png(8, 8));
            simulated.add(callback == null ? job : job.callsBack(callback));
            program.follow(PROVIDER, batch + "-" + i);
        }
        return simulated;
    }

    /** The shipped routes, with the one parameter that is compared, and for a whole list with a mapping that reads all of an entry. */
    private static Path routes(Path target, String asks, boolean wholeList) {
        TestProgram.copyRoutes(target);
        try {
            Path provider = target.resolve("providers/productai.camel.yaml");
            Files.writeString(provider, Files.readString(provider).replace("        provider: productai\n", "        provider: productai\n        asks: " + asks + "\n"));
            if (wholeList) {
                String report = Files.readString(target.resolve("providers/productai.jq"));
                Files.writeString(target.resolve("providers/productai-list.jq"), "def report: " + report + ";\n{jobs: [.jobs[] | {jobId: .job_id} + report], hasMore: .has_more}\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return target;
    }
}
