package io.mediajobs.store;

import java.time.Duration;

/**
 * How far apart requests to one provider are, all nodes together.
 *
 * @param spacing from one request to the next; zero for no limit
 * @param lead    from the store's now to the first turn that may be given out: about what it takes until its receiver hears of it
 * @param ahead   how long a turn that a claim takes may lie in the future, behind {@code lead}
 */
public record Pace(Duration spacing, Duration lead, Duration ahead) {

    /** No limit. */
    public static final Pace FREE = every(Duration.ZERO);

    /** One request after each {@code spacing}, at once. */
    public static Pace every(Duration spacing) {
        return new Pace(spacing, Duration.ZERO, Duration.ZERO);
    }

    boolean isFree() {
        return spacing.isZero();
    }

    long spacingMicros() {
        return Math.max(1, (spacing.toNanos() + 999) / 1000);
    }
}
