package io.mediajobs.poll;

import io.mediajobs.config.Durations;
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
     * @param date    the answer's Date header, which a date is counted from, since the provider's clock may differ from ours; null if none
     *                was sent
     * @param now     what a date is counted from otherwise
     * @param longest what no answer can exceed
     * @return the wait, never negative; empty if there is none that makes sense
     */
    static Optional<Duration> parse(String header, String date, Instant now, Duration longest) {
        if (header == null) {
            return Optional.empty();
        }
        String text = header.trim();
        if (text.matches("\\d+")) {
            // more digits than a long has is just as absurd as a year: the cap holds
            Duration asked = text.length() > 10 ? longest : Duration.ofSeconds(Long.parseLong(text));
            return Optional.of(Durations.shorter(asked, longest));
        }
        return date(text).map(until -> {
            Instant from = date(date).orElse(now);
            return Durations.shorter(until.isBefore(from) ? Duration.ZERO : Duration.between(from, until), longest);
        });
    }

    private static Optional<Instant> date(String text) {
        try {
            return text == null ? Optional.empty() : Optional.of(ZonedDateTime.parse(text.trim(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
