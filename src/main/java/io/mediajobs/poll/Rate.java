package io.mediajobs.poll;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request rate as routes write it: {@code 5/s}, {@code 100/m}, {@code 1000/h}, or {@code none}.
 *
 * <p>What it promises, counted where the requests arrive: in no stretch of one second (minute, hour: the rate's own unit) are there more of
 * them than its number, rounded up. Requests are therefore sent one by one, evenly spaced, and never in a burst; time that passes without
 * one is not saved up. Since a request may be under way for longer than the next, what N of them take is a little more than the unit, by
 * {@link #MARGIN}: as long as no two of them differ by more than that in how late they arrive, the promise holds.
 *
 * @param number of requests; infinite for no limit
 * @param unit   that they may come in
 */
record Rate(double number, Duration unit) {

    /** By how much N requests are spread over more than their unit. */
    static final Duration MARGIN = Duration.ofMillis(100);

    private static final double LEAST_SECONDS = 86_400;
    private static final Pattern RATE = Pattern.compile("(\\d+(?:\\.\\d+)?)/(s|m|h)");

    /** @throws IllegalArgumentException with a sentence, if it is not a rate */
    static Rate parse(String text) {
        String trimmed = text.trim();
        if (trimmed.equals("none")) {
            return new Rate(Double.POSITIVE_INFINITY, Duration.ofSeconds(1));
        }
        Matcher rate = RATE.matcher(trimmed);
        double number = rate.matches() ? Double.parseDouble(rate.group(1)) : 0;
        if (number <= 0) {
            throw new IllegalArgumentException("'" + text + "' is not a rate; write requests per time, like 5/s, 100/m or 1000/h, or none");
        }
        Duration unit = switch (rate.group(2)) {
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            default -> Duration.ofHours(1);
        };
        if (number < unit.toSeconds() / LEAST_SECONDS) {
            throw new IllegalArgumentException("'" + text + "' is less than one request a day");
        }
        return new Rate(number, unit);
    }

    /** Requests a second; infinite for {@code none}. */
    double perSecond() {
        return number / unit.toSeconds();
    }

    /** From one request to the next; zero for no limit. */
    Duration spacing() {
        return Double.isInfinite(number) ? Duration.ZERO : Duration.ofNanos((long) Math.ceil(unit.plus(MARGIN).toNanos() / number));
    }
}
