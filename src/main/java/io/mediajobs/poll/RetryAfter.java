package io.mediajobs.poll;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * The {@code Retry-After} header: seconds or an HTTP date.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3">RFC 9110, 10.2.3</a>
 */
final class RetryAfter {

    private RetryAfter() {
    }

    /**
     * @param header  as sent; null if it was not
     * @param now     what a date is counted from
     * @param longest what no answer can exceed
     * @return the wait, never negative; empty if there is none that makes sense
     */
    static Optional<Duration> parse(String header, Instant now, Duration longest) {
        if (header == null) {
            return Optional.empty();
        }
        String text = header.trim();
        if (text.matches("\\d+")) {
            // more digits than a long has is just as absurd as a year: the cap holds
            Duration asked = text.length() > 10 ? longest : Duration.ofSeconds(Long.parseLong(text));
            return Optional.of(shorter(asked, longest));
        }
        try {
            Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            Duration asked = until.isBefore(now) ? Duration.ZERO : Duration.between(now, until);
            return Optional.of(shorter(asked, longest));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
