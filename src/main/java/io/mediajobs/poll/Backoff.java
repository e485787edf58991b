package io.mediajobs.poll;

import io.mediajobs.job.Job;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** When a job is asked again. Everything is spread a little, so that what began together does not stay together. */
final class Backoff {

    private Backoff() {
    }

    /**
     * {@code every} and up to ten per cent more, never less: it may be the shortest time that a provider wants. How much more goes by the job
     * and by how often it was asked for, so that the same ask has the same time on each node and after each restart.
     */
    static Duration spread(Job job, Duration every) {
        return Duration.ofNanos((long) (every.toNanos() * (1 + share(job, job.polls()) / 10)));
    }

    /** Between 0 and 1, always the same for the same job and number, and otherwise like chance. */
    static double share(Job job, long number) {
        // Stafford's 13th mix, as java.util.SplittableRandom has it: ids that differ in one digit shall differ in everything
        long mixed = job.key().toString().hashCode() * 0x9E3779B97F4A7C15L + number * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return ((mixed ^ mixed >>> 31) >>> 11) * 0x1.0p-53;
    }

    /**
     * Exponential with jitter: between half and all of {@code first * 2^(failures - 1)}, at most {@code longest}.
     *
     * @param failures in a row, from 1
     */
    static Duration after(int failures, Duration first, Duration longest) {
        int doublings = Math.min(Math.max(failures - 1, 0), 30);
        long whole = Math.min(longest.toMillis(), Math.min(first.toMillis(), Long.MAX_VALUE >> 31) << doublings);
        return Duration.ofMillis(Math.max(1, whole / 2 + ThreadLocalRandom.current().nextLong(whole / 2 + 1)));
    }
}
