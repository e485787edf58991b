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
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.apache.camel.Variable;

/**
 * Plans when a job is asked for next. An ask that cannot find the job finished yet is wasted, and one long after its end is late, so
 * both are avoided by what is known: how long jobs of this provider and model have taken, and how far this one is.
 *
 * <ul>
 * <li>While the end may be near and is uncertain, the job is asked for at the provider's interval, which is also the shortest time
 * between two asks.</li>
 * <li>While it cannot be finished yet, it is left alone until it may be, less one interval if progress will then say when exactly.</li>
 * <li>Where its end is known to within half an interval, it is asked for right behind that.</li>
 * <li>A job that is older than all the others have become is asked for less and less often.</li>
 * </ul>
 * With fewer than twenty completed jobs to go by, or with {@code fixed}, the interval is all there is.
 */
public final class PollPlan {

    /** Jobs of a kind that must have completed before they are believed. */
    static final int ENOUGH = 20;
    /** What is left of a kind's jobs at a moment: before the first share nearly none has ended, after the last nearly all have. */
    private static final double FIRST = 0.03;
    private static final double LAST = 0.95;
    /** A job beyond all experience is asked for again after this share of the time it is beyond it. */
    private static final double PATIENCE = 0.1;

    private final Supplier<Instant> now;
    private final Supplier<List<UsualDuration>> usual;
    private final Duration longest;

    /** When the job may end, in milliseconds from now. */
    private record Window(double first, double last) {
        double width() {
            return last - first;
        }
    }

    /** @param longest time between two asks that no prediction exceeds */
    public PollPlan(JobStore jobs, StoreFigures figures, Duration longest) {
        this(jobs::now, () -> figures.now().usual(), longest);
    }

    PollPlan(Supplier<Instant> now, Supplier<List<UsualDuration>> usual, Duration longest) {
        this.now = now;
        this.usual = usual;
        this.longest = longest;
    }

    /**
     * Time until the next ask, spread a little so that jobs that began together do not stay together.
     *
     * @param report what the provider says of the job, which it still works on
     * @param every  the provider's interval, such as {@code 15s}
     * @param asks   {@code predicted}, or {@code fixed} for the interval alone
     * @param at     the store's time, where many jobs are planned at once; null to ask for it
     */
    public Duration next(@Variable("job") Job job, @Variable("report") Report report, String every, String asks, @Variable("now") Instant at) {
        Duration interval = Durations.parse(every);
        if (asks.equals("fixed")) {
            return Backoff.spread(interval);
        }
        JobClock clock = new JobClock(job, report, at == null ? now.get() : at);
        double millis = usual(job.provider(), JobClock.model(report)).map(known -> plan(known, clock, job, report, interval.toMillis())).orElse(0d);
        if (millis <= interval.toMillis()) {
            return Backoff.spread(interval);
        }
        return Duration.ofMillis(Math.round(Math.min(millis, Math.max(longest.toMillis(), interval.toMillis()))));
    }

    private Optional<UsualDuration> usual(String provider, String model) {
        return usual.get().stream().filter(kind -> kind.provider().equals(provider) && kind.model().equals(model)).findFirst();
    }

    private static double plan(UsualDuration usual, JobClock clock, Job job, Report report, double interval) {
        boolean tellsProgress = usual.rests().count() >= ENOUGH;
        Optional<Window> window = tellsProgress ? byProgress(usual.rests(), clock, job, report) : Optional.empty();
        if (window.isEmpty() && usual.totals().count() >= ENOUGH) {
            double age = clock.age();
            window = window(usual.totals(), 1, age);
            if (window.isEmpty()) {
                double all = usual.totals().quantile(1, 0).orElse(age);
                return (age - all) * PATIENCE;
            }
        }
        if (window.isEmpty()) {
            return 0;
        }
        Window ends = window.get();
        if (ends.width() <= interval / 2) {
            return ends.last();
        }
        return tellsProgress ? ends.first() - interval : ends.first();
    }

    /** By how much longer jobs took than their progress promised. */
    private static Optional<Window> byProgress(Histogram rests, JobClock clock, Job job, Report report) {
        if (report.progress() == null) {
            return Optional.empty();
        }
        boolean moved = !report.progress().equals(job.progress()) || job.progressAt() == null;
        double promised = moved ? clock.promisedRest(report.progress(), clock.now()) : clock.promisedRest(report.progress(), job.progressAt());
        double waited = moved ? 0 : Duration.between(job.progressAt(), clock.now()).toMillis();
        return promised == 0 ? Optional.empty() : window(rests, promised, waited);
    }

    /** Of those that took longer than {@code passed}; empty if none did. */
    private static Optional<Window> window(Histogram histogram, double unit, double passed) {
        OptionalDouble first = histogram.quantile(FIRST, passed / unit);
        OptionalDouble last = histogram.quantile(LAST, passed / unit);
        return first.isEmpty() ? Optional.empty() : Optional.of(new Window(first.getAsDouble() * unit - passed, last.getAsDouble() * unit - passed));
    }
}
