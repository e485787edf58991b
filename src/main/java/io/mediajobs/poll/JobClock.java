package io.mediajobs.poll;

import io.mediajobs.job.Job;
import io.mediajobs.report.Report;
import io.mediajobs.store.UsualDuration;
import java.time.Duration;
import java.time.Instant;

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
    double promisedRest(Integer progress, Instant seenAt) {
        if (progress == null || progress < LEAST_PROGRESS || progress > MOST_PROGRESS) {
            return 0;
        }
        Instant begun = plausible(report.startedAt()) ? middle(report.startedAt()) : created();
        // a whole number of per cent stands for the middle of it
        double done = progress + 0.5;
        double rest = millis(begun, seenAt) * (100 - done) / done;
        return rest < SHORTEST_REST ? 0 : rest;
    }

    /** What the job teaches, now that its report says completed. */
    UsualDuration.Lesson lesson() {
        boolean told = report.createdAt() != null && report.completedAt() != null && report.completedAt().isAfter(report.createdAt());
        Double total = null;
        if (told) {
            total = millis(report.createdAt(), report.completedAt());
        } else if (job.attempt() == 1 && job.polls() > 0) {
            total = age();
        }
        Instant ended = plausible(report.completedAt()) && middle(report.completedAt()).isBefore(now) ? middle(report.completedAt()) : now;
        double promised = job.progressAt() == null ? 0 : promisedRest(job.progress(), job.progressAt());
        Double rest = promised == 0 ? null : Double.valueOf(Math.min(100, Math.max(0.01, millis(job.progressAt(), ended) / promised)));
        return new UsualDuration.Lesson(model(report), total == null || total < 1 ? null : total, rest);
    }

    private Instant created() {
        return plausible(report.createdAt()) ? middle(report.createdAt()) : job.registeredAt();
    }

    /** Where only seconds are told, the half second that they stand for on average: what is cut off would make every promise too short. */
    private static Instant middle(Instant time) {
        return time.getNano() == 0 ? time.plusMillis(500) : time;
    }

    private boolean plausible(Instant time) {
        return time != null && time.isBefore(now.plus(AHEAD));
    }

    private static double millis(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toMillis());
    }
}
