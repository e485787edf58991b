package io.mediajobs.poll;

import io.mediajobs.config.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * The {@code Retry-After} header: seconds or an HTTP date. Both are whole seconds, so that 0, and a date that is not ahead, may mean nearly one: it is
 * one, or a provider that keeps refusing us would be asked as fast as its rate allows.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3">RFC 9110, 10.2.3</a>
 */
final class RetryAfter {

    private static final Duration LEAST = Duration.ofSeconds(1);

    private RetryAfter() {
    }

    /**
     * @param header  as sent; null if it was not
     * @param date    the answer's Date header, which a date is counted from, since the provider's clock may differ from ours; null if none
     *                was sent
     * @param now     what a date is counted from otherwise
     * @param longest what no answer can exceed
     * @return the wait, at least a second unless {@code longest} is less; empty if there is none that makes sense
     */
    static Optional<Duration> parse(String header, String date, Instant now, Duration longest) {
        if (header == null) {
            return Optional.empty();
        }
        String text = header.trim();
        if (text.matches("\\d+")) {
            // more digits than a long has is just as absurd as a year: the cap holds
            return Optional.of(text.length() > 10 ? longest : capped(Duration.ofSeconds(Long.parseLong(text)), longest));
        }
        return date(text).map(until -> {
            Instant from = date(date).orElse(now);
            return capped(Duration.between(from, until), longest);
        });
    }

    private static Duration capped(Duration asked, Duration longest) {
        return Durations.shorter(Durations.longer(asked, LEAST), longest);
    }

    private static Optional<Instant> date(String text) {
        try {
            return text == null ? Optional.empty() : Optional.of(ZonedDateTime.parse(text.trim(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
