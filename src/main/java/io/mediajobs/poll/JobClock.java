package io.mediajobs.poll;

import io.mediajobs.job.Job;
import io.mediajobs.job.Progress;
import io.mediajobs.report.Report;
import io.mediajobs.store.UsualDuration;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a job's report and row say about time: how old it is, how long its progress promises it to take, and, once it is complete, how
 * long it took. A provider's clock is believed where it is plausible; otherwise the moment of registration stands for its times.
 */
final class JobClock {

    /** Progress outside of this promises nothing: a first per cent is often a fixed number, a last one often waits for something. */
    private static final int LEAST_PROGRESS = 5;
    private static final int MOST_PROGRESS = 98;
    private static final int LONGEST_MODEL = 100;
    /** A clock that is further ahead of ours is wrong; one that is behind means a job that was registered late. */
    private static final Duration AHEAD = Duration.ofMinutes(1);
    /** How exactly the end of a job must be known to teach something: up to this share of what is learned from it. */
    private static final double ERROR = 0.1;
    /** The same for what progress promises, which is a matter of a few per cent. */
    private static final double ERROR_OF_REST = 0.04;
    /** Shorter promises are all rounding. */
    private static final double SHORTEST_REST = 250;

    private final Job job;
    private final Report report;
    private final Instant now;

    /** @param now by the store's clock */
    JobClock(Job job, Report report, Instant now) {
        this.job = job;
        this.report = report;
        this.now = now;
    }

    /** The kind of job within its provider, for which durations are learned; empty if the report names none. */
    static String model(Report report) {
        return report.attributes().get("model") instanceof String model && model.length() <= LONGEST_MODEL ? model : "";
    }

    Instant now() {
        return now;
    }

    /** Milliseconds since the provider took the job. */
    double age() {
        return millis(created(), now);
    }

    /** Milliseconds that this progress promises the job to take from the moment it was first seen; 0 if it promises nothing. */
    double promisedRest(int progress, Instant seenAt) {
        if (progress < LEAST_PROGRESS || progress > MOST_PROGRESS) {
            return 0;
        }
        Instant begun = plausible(report.startedAt()) ? middle(report.startedAt()) : created();
        // a whole number of per cent stands for the middle of it
        double done = progress + 0.5;
        double rest = millis(begun, seenAt) * (100 - done) / done;
        return rest < SHORTEST_REST ? 0 : rest;
    }

    /**
     * What the job teaches, now that its report says completed. It ended since it was asked the last time, and when the provider says; what is
     * not known nearly enough by that teaches nothing, and neither does a time that nobody would have waited: a provider's clock may be years off.
     *
     * @param every the provider's interval
     */
    UsualDuration.Lesson lesson(Duration every) {
        boolean told = report.createdAt() != null && report.completedAt() != null && report.completedAt().isAfter(report.createdAt());
        Instant earliest = job.attempt() == 1 && job.polls() > 0 ? job.updatedAt() : created();
        Instant latest = now;
        if (told) {
            Instant from = report.completedAt();
            Instant to = from.getNano() == 0 ? from.plusSeconds(1) : from;
            boolean agrees = !from.isAfter(latest) && !to.isBefore(earliest);
            // where the clocks differ, its own is as good for its jobs' times as ours
            earliest = agrees && earliest.isAfter(from) ? earliest : from;
            latest = agrees && latest.isBefore(to) ? latest : to;
        }
        double error = millis(earliest, latest) / 2;
        Instant ended = earliest.plusMillis((long) error);
        double total = millis(created(), ended);
        boolean exact = told || job.attempt() == 1 && (2 * error <= every.toMillis() * 1.5 || error <= total * ERROR);
        Map<Integer, Double> rests = new TreeMap<>();
        for (Progress seen : job.seen()) {
            double promised = promisedRest(seen.percent(), seen.at());
            if (exact && promised > 0 && error <= promised * ERROR_OF_REST) {
                rests.put(seen.tenth(), Math.min(100, Math.max(0.01, millis(seen.at(), ended) / promised)));
            }
        }
        boolean believable = total >= 1 && total <= millis(job.registeredAt(), job.deadlineAt());
        return new UsualDuration.Lesson(model(report), exact && believable ? total : null, rests, told);
    }

    private Instant created() {
        return plausible(report.createdAt()) ? middle(report.createdAt()) : job.registeredAt();
    }

    /**
     * Where only seconds are told, what they stand for: the registration, if that was in this second, and otherwise the half second that it
     * is on average. What is cut off would make every promise too short.
     */
    private Instant middle(Instant time) {
        if (time.getNano() != 0) {
            return time;
        }
        Instant registered = job.registeredAt();
        return registered.isBefore(time) || !registered.isBefore(time.plusSeconds(1)) ? time.plusMillis(500) : registered;
    }

    private boolean plausible(Instant time) {
        return time != null && time.isBefore(now.plus(AHEAD));
    }

    private static double millis(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toMillis());
    }
}
