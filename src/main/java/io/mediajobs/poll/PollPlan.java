package io.mediajobs.poll;

import io.mediajobs.config.Durations;
import io.mediajobs.job.Job;
import io.mediajobs.observe.StoreFigures;
import io.mediajobs.report.Report;
import io.mediajobs.store.Histogram;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.UsualDuration;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.Variable;

/**
 * Plans when a job is asked for next. An ask that cannot find the job finished yet is wasted, and one long after its end is late, so
 * both are avoided by what is known: how long jobs of this provider and model have taken, and how far this one is.
 *
 * <ul>
 * <li>Both say when the job may end, as a spread of moments; the narrower one counts. Where progress says nothing, or has lied so far,
 * that is the experience with others.</li>
 * <li>While that spread is wide and progress can make it narrower, the job is asked for once more, one interval before it may end at the
 * earliest.</li>
 * <li>Otherwise it is asked for when that is best, counting how late its end would be heard of on average, and some of the interval for each
 * ask: right behind a narrow spread; from its begin on at the provider's interval, which is the shortest time between two asks, where it is
 * wide; behind the gap where jobs are either short or long.</li>
 * <li>A job that is older than nearly all the others have become is asked for less and less often. The last one says nothing of when it ends: it may
 * have taken a year.</li>
 * </ul>
 * With fewer than twenty completed jobs to go by, or with {@code fixed}, the interval is all there is. Where the provider does not say when
 * a job ended, one job in ten is asked for at the interval, and experience comes from those: it would otherwise only ever confirm the plan.
 */
public final class PollPlan {

    /** Jobs of a kind that must have completed before they are believed. */
    static final int ENOUGH = 20;
    /** What an ask costs, in intervals of lateness. */
    private static final double PRICE = 0.1;
    private static final int SAMPLE = 64;
    /** A spread is as wide as what lies between the first and the last of its moments, but for this share of them at each end. */
    private static final double ODD = 0.04;
    /** A job beyond all experience is asked for again after this share of the time it is beyond it. */
    private static final double PATIENCE = 0.1;
    private static final double SCOUTS = 0.1;

    private final Supplier<Instant> now;
    private final Supplier<List<UsualDuration>> usual;
    private final Duration longest;

    /**
     * When the job may end.
     *
     * @param at milliseconds from now, rising, each as likely as any other
     */
    private record Ends(double[] at) {

        /** Of those that took longer than {@code passed}; empty if next to none did. */
        static Optional<Ends> of(Histogram histogram, double unit, double passed) {
            if (passed / unit > nearlyAll(histogram)) {
                return Optional.empty();
            }
            double[] sample = histogram.sample(SAMPLE, passed / unit);
            for (int i = 0; i < sample.length; i++) {
                sample[i] = sample[i] * unit - passed;
            }
            return sample.length == 0 ? Optional.empty() : Optional.of(new Ends(sample));
        }

        /** All but one, and but one in a hundred. */
        static double nearlyAll(Histogram histogram) {
            return histogram.quantile(1 - Math.max(1.01 / Math.max(histogram.count(), 1.01), 0.01), 0).orElse(0);
        }

        double first() {
            return at[(int) (at.length * ODD)];
        }

        double width() {
            return at[(int) (at.length * (1 - ODD))] - first();
        }

        /** The moment of the next ask, at the earliest after {@code interval}, if all those after it come one interval apart. */
        double best(double interval) {
            double best = interval;
            double least = cost(interval, interval);
            for (double moment : at) {
                double cost = moment <= interval ? Double.MAX_VALUE : cost(moment, interval);
                if (cost < least) {
                    least = cost;
                    best = moment;
                }
            }
            return best;
        }

        private double cost(double ask, double interval) {
            double sum = 0;
            for (double end : at) {
                double more = Math.max(0, Math.ceil((end - ask) / interval));
                double late = ask + more * interval - end;
                // what is later than the interval would ever make it counts more
                sum += late * Math.max(1, late / interval) + (1 + more) * PRICE * interval;
            }
            return sum;
        }
    }

    /**
     * @param figures where what was learned stands
     * @param longest time between two asks, unless the interval is longer
     */
    public PollPlan(JobStore jobs, StoreFigures figures, Duration longest) {
        this(jobs::now, () -> figures.now().usual(), longest);
    }

    PollPlan(Supplier<Instant> now, Supplier<List<UsualDuration>> usual, Duration longest) {
        this.now = now;
        this.usual = usual;
        this.longest = longest;
    }

    /**
     * Time until the next ask, never less than the interval; a little more where nothing else spreads jobs that began together.
     *
     * @param report     what the provider says of the job, which it still works on
     * @param retryAfter when the answer says that the job should be asked for again; null if it says nothing
     * @param every      the provider's interval, such as {@code 15s}
     * @param asks       {@code predicted}, or {@code fixed} for the interval alone
     * @param at         the store's time, where many jobs are planned at once; null to ask for it
     */
    public Duration next(@Variable("job") Job job, @Variable("report") Report report, @Variable("retryAfter") Duration retryAfter, String every, String asks,
            @Variable("now") Instant at) {
        Duration interval = Durations.parse(every);
        Duration most = Durations.longer(longest, interval);
        double planned = 0;
        if (!asks.equals("fixed")) {
            JobClock clock = new JobClock(job, report, at == null ? now.get() : at);
            planned = UsualDuration.of(usual.get(), job.provider(), JobClock.model(report)).map(known -> plan(known, clock, job, report, interval.toMillis())).orElse(0d);
        }
        Duration next = planned <= interval.toMillis() ? Backoff.spread(job, interval) : Duration.ofMillis((long) Math.ceil(Math.min(planned, most.toMillis())));
        boolean asksForMore = retryAfter != null && retryAfter.compareTo(next) > 0;
        return asksForMore ? Durations.shorter(retryAfter, most) : next;
    }

    /** @return milliseconds; up to the interval, and 0, for the interval */
    private static double plan(UsualDuration usual, JobClock clock, Job job, Report report, double interval) {
        boolean knowsAges = usual.totals().count() >= ENOUGH;
        boolean knowsProgress = usual.rests().values().stream().anyMatch(rest -> rest.count() >= ENOUGH);
        if (!knowsAges && !knowsProgress || !usual.endsAreTold() && Backoff.share(job, 0) < SCOUTS) {
            return 0;
        }
        double age = clock.age();
        Optional<Ends> byAge = knowsAges ? Ends.of(usual.totals(), 1, age) : Optional.empty();
        Optional<Ends> byProgress = knowsProgress ? byProgress(usual, clock, job, report) : Optional.empty();
        Optional<Ends> known = Stream.of(byAge, byProgress).flatMap(Optional::stream).min(Comparator.comparingDouble(Ends::width));
        if (known.isEmpty()) {
            return knowsAges ? (age - Ends.nearlyAll(usual.totals())) * PATIENCE : 0;
        }
        Ends ends = known.get();
        boolean askFirst = knowsProgress && ends.width() > interval / 2 && ends.first() >= 2 * interval;
        return askFirst ? ends.first() - interval : ends.best(interval);
    }

    /** By how much longer jobs took than their progress promised. */
    private static Optional<Ends> byProgress(UsualDuration usual, JobClock clock, Job job, Report report) {
        if (report.progress() == null) {
            return Optional.empty();
        }
        int tenth = report.progress() / 10;
        // where a job is asked for seldom, the nearest ten per cent stand for it
        Optional<Histogram> rests = usual.rests().entrySet().stream().filter(rest -> rest.getValue().count() >= ENOUGH)
                .min(Comparator.comparingInt(rest -> Math.abs(rest.getKey() - tenth))).map(Map.Entry::getValue);
        boolean moved = !report.progress().equals(job.progress()) || job.progressAt() == null;
        Instant seenAt = moved ? clock.now() : job.progressAt();
        double promised = clock.promisedRest(report.progress(), seenAt);
        double waited = Duration.between(seenAt, clock.now()).toMillis();
        return promised == 0 ? Optional.empty() : rests.flatMap(known -> Ends.of(known, promised, waited));
    }
}
