package io.mediajobs.poll;

import io.mediajobs.config.Durations;
import io.mediajobs.job.Job;
import io.mediajobs.observe.StoreFigures;
import io.mediajobs.report.Report;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.UsualDuration;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.Variable;

/**
 * Sees which jobs do not get on: their progress stands still, or they take far longer than jobs of their provider and model usually do. Looked
 * at with each answer, so that a provider that is away stalls no job, and a job is found stalled only while its provider itself says so.
 */
public final class StallAlarm {

    /** Nearly all jobs of a kind take no longer than this share of them. */
    private static final double NEARLY_ALL = 0.95;

    private final Supplier<Instant> now;
    private final Supplier<List<UsualDuration>> usual;

    /** @param figures where what was learned stands */
    public StallAlarm(JobStore jobs, StoreFigures figures) {
        this(jobs::now, () -> figures.now().usual());
    }

    StallAlarm(Supplier<Instant> now, Supplier<List<UsualDuration>> usual) {
        this.now = now;
        this.usual = usual;
    }

    /**
     * @param report     what the provider says of the job, which it still works on
     * @param at         the store's time, where many jobs are looked at at once; null to ask for it
     * @param after      how long the same progress may be told, such as {@code 15m}; {@code none} for ever
     * @param timesUsual how many times longer than nearly all others a job may take
     * @param atLeast    a job is never stalled before it is that old
     * @return null if the job gets on
     */
    public Stall look(@Variable("job") Job job, @Variable("report") Report report, @Variable("now") Instant at, String after, double timesUsual, String atLeast) {
        JobClock clock = new JobClock(job, report, at == null ? now.get() : at);
        if (clock.age() < Durations.parse(atLeast).toMillis()) {
            return null;
        }
        return noProgress(clock, job, report, after).or(() -> beyondUsual(clock, job, report, timesUsual)).orElse(null);
    }

    private static Optional<Stall> noProgress(JobClock clock, Job job, Report report, String after) {
        boolean stands = report.progress() != null && report.progress().equals(job.progress()) && job.progressAt() != null;
        if (!stands || after == null || after.equals("none") || Duration.between(job.progressAt(), clock.now()).compareTo(Durations.parse(after)) < 0) {
            return Optional.empty();
        }
        return Optional.of(new Stall(job.progressAt(), "no-progress", "Its progress has been " + report.progress() + " % since " + job.progressAt() + "."));
    }

    private Optional<Stall> beyondUsual(JobClock clock, Job job, Report report, double timesUsual) {
        if (job.attempt() > 1) {
            // what is opened again is as old as it is
            return Optional.empty();
        }
        return UsualDuration.of(usual.get(), job.provider(), JobClock.model(report)).filter(kind -> kind.totals().count() >= PollPlan.ENOUGH)
                .flatMap(kind -> {
                    double most = kind.totals().quantile(NEARLY_ALL, 0).orElse(Double.MAX_VALUE);
                    double beyond = clock.age() - most * timesUsual;
                    return beyond < 0 ? Optional.empty() : Optional.of(new Stall(clock.now().minusMillis((long) beyond), "beyond-usual",
                            String.format(Locale.ROOT, "It has taken %d s, and 95 %% of such jobs take at most %d s.", Math.round(clock.age() / 1000), Math.round(most / 1000))));
                });
    }
}
