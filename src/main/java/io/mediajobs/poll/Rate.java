package io.mediajobs.poll;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A request rate as routes write it: {@code 5/s}, {@code 100/m}, {@code 1000/h}, or {@code none}. */
final class Rate {

    private static final Pattern RATE = Pattern.compile("(\\d+(?:\\.\\d+)?)/(s|m|h)");

    private Rate() {
    }

    /**
     * @return requests a second; infinite for {@code none}
     * @throws IllegalArgumentException with a sentence, if it is not a rate
     */
    static double perSecond(String text) {
        String trimmed = text.trim();
        if (trimmed.equals("none")) {
            return Double.POSITIVE_INFINITY;
        }
        Matcher rate = RATE.matcher(trimmed);
        double number = rate.matches() ? Double.parseDouble(rate.group(1)) : 0;
        if (number <= 0) {
            throw new IllegalArgumentException("'" + text + "' is not a rate; write requests per time, like 5/s, 100/m or 1000/h, or none");
        }
        return switch (rate.group(2)) {
            case "s" -> number;
            case "m" -> number / 60;
            default -> number / 3600;
        };
    }
}
