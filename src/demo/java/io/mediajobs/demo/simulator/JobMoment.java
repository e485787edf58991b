package io.mediajobs.demo.simulator;

import java.time.Duration;
import java.time.Instant;

/**
 * Where a job stands at one instant.
 *
 * @param phase     where in its life it is
 * @param progress  0 to 100
 * @param createdAt when it was registered
 * @param startedAt when processing began, null before
 * @param endedAt   when it ended, null before
 */
record JobMoment(Phase phase, int progress, Instant createdAt, Instant startedAt, Instant endedAt) {

    enum Phase { PENDING, PROCESSING, COMPLETED, FAILED, UNKNOWN }

    /** @param speed how many seconds of the script pass in one second of the clock */
    static JobMoment of(JobScript script, Instant createdAt, Instant now, double speed) {
        if (script.end() instanceof JobEnd.Unknown) {
            return new JobMoment(Phase.UNKNOWN, 0, createdAt, null, null);
        }
        Instant startedAt = createdAt.plus(onClock(script.queued(), speed));
        if (now.isBefore(startedAt)) {
            return new JobMoment(Phase.PENDING, 0, createdAt, null, null);
        }
        if (script.end() instanceof JobEnd.Never) {
            return new JobMoment(Phase.PROCESSING, 50, createdAt, startedAt, null);
        }
        Duration takes = onClock(script.processing(), speed);
        Instant endedAt = startedAt.plus(takes);
        if (now.isBefore(endedAt)) {
            long done = Duration.between(startedAt, now).toNanos();
            return new JobMoment(Phase.PROCESSING, (int) (100 * (double) done / takes.toNanos()), createdAt, startedAt, null);
        }
        boolean completed = script.end() instanceof JobEnd.Completed;
        return new JobMoment(completed ? Phase.COMPLETED : Phase.FAILED, 100, createdAt, startedAt, endedAt);
    }

    private static Duration onClock(Duration scripted, double speed) {
        return Duration.ofNanos((long) (scripted.toNanos() / speed));
    }
}
