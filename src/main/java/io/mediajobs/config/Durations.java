package io.mediajobs.config;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as settings and routes write them: {@code 500ms}, {@code 15s}, {@code 2h30m}, {@code 7d}. */
public final class Durations {

    private static final Pattern PART = Pattern.compile("(\\d+)(ms|s|m|h|d)");
    private static final Pattern WHOLE = Pattern.compile("(\\d+(ms|s|m|h|d))+");

    /** As nanoseconds it fits into a long, and so does the end of it from now on; nobody means a longer one. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private Durations() {
    }

    /** The shorter of two. */
    public static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** The longer of two. */
    public static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    /**
     * @param text such as {@code 15s} or {@code 1h30m}; a bare number has no unit and is refused
     * @throws IllegalArgumentException with a sentence, if it is not a duration, or one of more than a hundred years
     */
    public static Duration parse(String text) {
        String trimmed = text.trim().toLowerCase(Locale.ROOT);
        if (!WHOLE.matcher(trimmed).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a duration; write a number with its unit, like 500ms, 15s, 2m, 2h or 7d");
        }
        Duration sum = Duration.ZERO;
        Matcher part = PART.matcher(trimmed);
        try {
            while (part.find()) {
                long number = Long.parseLong(part.group(1));
                sum = sum.plus(switch (part.group(2)) {
                    case "ms" -> Duration.ofMillis(number);
                    case "s" -> Duration.ofSeconds(number);
                    case "m" -> Duration.ofMinutes(number);
                    case "h" -> Duration.ofHours(number);
                    default -> Duration.ofDays(number);
                });
            }
        } catch (NumberFormatException | ArithmeticException e) {
            throw new IllegalArgumentException("'" + text + "' is too long a duration; the longest is " + LONGEST.toDays() + "d", e);
        }
        if (sum.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("'" + text + "' is too long a duration; the longest is " + LONGEST.toDays() + "d");
        }
        return sum;
    }
}
