package io.mediajobs.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.job.Failures;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.job.Progress;
import io.mediajobs.report.Report;
import io.mediajobs.report.Status;
import io.mediajobs.store.Histogram;
import io.mediajobs.store.UsualDuration;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.DoubleBinaryOperator;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** The plan against many kinds of providers, in time that is only counted: how late ends are heard of, and with how many asks. */
class PollPlanScenariosTest {

    private static final Instant BEGIN = Instant.parse("2026-01-01T10:00:00.250Z");
    private static final double EVERY = 2;
    private static final int JOBS = 500;
    private static final int LEARNERS = 60;

    private final Random random = new Random(11);

    /** A provider, its jobs begun one after the other. */
    private static final class Scenario {
        private IntToDoubleFunction seconds;
        /** What a job says of its progress, by the share of its time that is over and by its number; null for nothing. */
        private DoubleBinaryOperator progress = (share, job) -> 100 * share;
        private boolean tellsTimes = true;
        private String asks = "predicted";
        /** Milliseconds between the begins of two jobs. */
        private int apart = 40;
    }

    private record Simulated(int number, Instant begin, double seconds) {

        Instant end() {
            return begin.plusNanos((long) (seconds * 1e9));
        }
    }

    private record Ask(Instant at, Simulated simulated, Job job) {
    }

    private record Result(double[] lags, double polls) {

        double lag(double share) {
            return lags[(int) Math.ceil(lags.length * share) - 1];
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.2f asks a job, lag median %.2f s, 95 %% %.2f s, longest %.2f s", polls, lag(0.5), lag(0.95), lag(1));
        }
    }

    private UsualDuration usual = new UsualDuration("acme", "", Histogram.EMPTY, Map.of(), false);

    private Result run(Scenario scenario) {
        PriorityQueue<Ask> asks = new PriorityQueue<>(Comparator.comparing(Ask::at));
        Instant begin = BEGIN;
        for (int i = 0; i < LEARNERS + JOBS; i++) {
            // the measured ones begin when the others have ended
            begin = begin.plusMillis(i == LEARNERS ? 120_000 : scenario.apart / 2 + random.nextInt(scenario.apart));
            Simulated simulated = new Simulated(i, begin, scenario.seconds.applyAsDouble(i));
            Instant registered = begin.plusMillis(random.nextInt(150));
            asks.add(new Ask(registered.plusMillis(10), simulated, job(simulated, registered, 0, null, null, List.of(), registered)));
        }
        List<Double> lags = new ArrayList<>();
        double polls = 0;
        while (!asks.isEmpty()) {
            Ask ask = asks.poll();
            // what it takes from the plan to the provider
            Instant now = ask.at.plusMillis(20 + random.nextInt(30));
            Report report = report(scenario, ask.simulated, now);
            Job job = ask.job;
            boolean measured = ask.simulated.number >= LEARNERS;
            polls += measured ? 1 : 0;
            if (report.status() == Status.COMPLETED) {
                usual = usual.with(new JobClock(job, report, now).lesson(Duration.ofSeconds((long) EVERY)));
                if (measured) {
                    lags.add(Duration.between(ask.simulated.end(), now).toNanos() / 1e9);
                }
                continue;
            }
            Duration next = new PollPlan(() -> now, () -> List.of(usual), Duration.ofMinutes(5))
                    .next(job, report, null, (int) EVERY + "s", scenario.asks, null);
            assertThat(next).isGreaterThanOrEqualTo(Duration.ofSeconds((long) EVERY));
            boolean moved = report.progress() != null && !report.progress().equals(job.progress());
            asks.add(new Ask(now.plus(next), ask.simulated, job(ask.simulated, job.registeredAt(), job.polls() + 1, report.progress() == null ? job.progress() : report.progress(),
                    moved ? now : job.progressAt(), moved ? seen(job, new Progress(report.progress(), now)) : job.seen(), now)));
        }
        return new Result(lags.stream().mapToDouble(Double::doubleValue).sorted().toArray(), polls / JOBS);
    }

    private static List<Progress> seen(Job job, Progress more) {
        List<Progress> seen = new ArrayList<>(job.seen());
        if (seen.stream().noneMatch(each -> each.tenth() == more.tenth())) {
            seen.add(more);
        }
        return seen;
    }

    private static Job job(Simulated simulated, Instant registered, long polls, Integer progress, Instant progressAt, List<Progress> seen, Instant updated) {
        return new Job(1, new JobKey("acme", "job-" + simulated.number), JobState.PROCESSING, 1, progress, progressAt, seen, null, Map.of(), null, registered, registered, polls,
                registered.plusSeconds(86_400), updated, Failures.NONE, null, null, null, "token", null);
    }

    private static Report report(Scenario scenario, Simulated simulated, Instant now) {
        boolean ended = !now.isBefore(simulated.end());
        Instant created = scenario.tellsTimes ? simulated.begin.truncatedTo(ChronoUnit.SECONDS) : null;
        Instant completed = scenario.tellsTimes && ended ? simulated.end().truncatedTo(ChronoUnit.SECONDS) : null;
        Integer progress = null;
        if (ended) {
            progress = 100;
        } else if (scenario.progress != null) {
            double share = Duration.between(simulated.begin, now).toNanos() / 1e9 / simulated.seconds;
            progress = (int) Math.max(0, Math.min(99, scenario.progress.applyAsDouble(share, simulated.number)));
        }
        return new Report(ended ? Status.COMPLETED : Status.PROCESSING, progress, null, null, null, null, created, created, completed, Map.of());
    }

    private double normal(double mean, double deviation) {
        return Math.max(2, mean + deviation * random.nextGaussian());
    }

    private Scenario twentySeconds() {
        Scenario scenario = new Scenario();
        scenario.seconds = job -> normal(20, 4);
        return scenario;
    }

    private static void assertAtMost(Result result, double polls, double median, double nearlyAll) {
        assertThat(result.polls).as("asks a job").isLessThan(polls);
        assertThat(result.lag(0.5)).as("median of the lag").isLessThan(median);
        assertThat(result.lag(0.95)).as("95 % of the lags").isLessThan(nearlyAll);
    }

    @Test
    void aFixedInterval() {
        Scenario scenario = twentySeconds();
        scenario.asks = "fixed";
        assertAtMost(run(scenario), 11.5, 1.3, 2.3);
    }

    @Test
    void evenProgress() {
        assertAtMost(run(twentySeconds()), 3.8, 0.5, 1.2);
    }

    @Test
    void noProgress() {
        Scenario scenario = twentySeconds();
        scenario.progress = null;
        assertAtMost(run(scenario), 5.6, 1.4, 2.7);
    }

    @Test
    void neitherProgressNorTimes() {
        Scenario scenario = twentySeconds();
        scenario.progress = null;
        scenario.tellsTimes = false;
        assertAtMost(run(scenario), 5.8, 1.5, 3.8);
    }

    @Test
    void becomesSlower() {
        Scenario scenario = twentySeconds();
        scenario.apart = 1_000;
        scenario.seconds = job -> job < 200 ? normal(20, 4) : normal(60, 8);
        assertAtMost(run(scenario), 5, 0.8, 2.3);
    }

    @Test
    void becomesFaster() {
        Scenario scenario = twentySeconds();
        scenario.apart = 1_000;
        scenario.seconds = job -> job < 200 ? normal(60, 8) : normal(10, 2);
        assertAtMost(run(scenario), 4, 0.6, 40);
    }

    @Test
    void becomesFasterAndSaysNothing() {
        Scenario scenario = twentySeconds();
        scenario.apart = 1_000;
        scenario.seconds = job -> job < 200 ? normal(60, 8) : normal(10, 2);
        scenario.progress = null;
        scenario.tellsTimes = false;
        assertAtMost(run(scenario), 6, 2, 12);
    }

    @Test
    void shortOrLong() {
        Scenario scenario = twentySeconds();
        scenario.seconds = job -> job % 3 == 0 ? normal(90, 3) : normal(10, 1);
        scenario.progress = null;
        assertAtMost(run(scenario), 5, 1.4, 2.7);
    }

    @Test
    void stuckAtNinetyNine() {
        Scenario scenario = twentySeconds();
        scenario.progress = (share, job) -> Math.min(99, 400 * share);
        assertAtMost(run(scenario), 5.6, 1.4, 2.7);
    }

    @Test
    void jumpsAboutAtRandom() {
        Scenario scenario = twentySeconds();
        scenario.progress = (share, job) -> random.nextInt(100);
        assertAtMost(run(scenario), 7.5, 1.4, 2.5);
    }

    @Test
    void stepsOfTen() {
        Scenario scenario = twentySeconds();
        scenario.progress = (share, job) -> Math.floor(share * 10) * 10;
        assertAtMost(run(scenario), 5, 1.3, 2.8);
    }

    @Test
    void slowAtItsEnd() {
        Scenario scenario = twentySeconds();
        scenario.progress = (share, job) -> 100 * Math.sqrt(share);
        assertAtMost(run(scenario), 5.6, 1.4, 2.7);
    }
}
