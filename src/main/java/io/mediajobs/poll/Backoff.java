package io.mediajobs.poll;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** When a job is asked again. Everything is spread a little, so that what began together does not stay together. */
final class Backoff {

    private Backoff() {
    }

    /** {@code every} give or take ten per cent. */
    static Duration spread(Duration every) {
        long millis = every.toMillis();
        return Duration.ofMillis(Math.max(1, millis - millis / 10 + ThreadLocalRandom.current().nextLong(millis / 5 + 1)));
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
