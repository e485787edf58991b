package io.mediajobs.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    @ParameterizedTest
    @CsvSource({"0, 1", "7, 7", "3600, 3600", "3601, 3600", "99999999999999999999999, 3600", "'Thu, 01 Jan 2026 00:00:30 GMT', 30",
            "'Wed, 31 Dec 2025 00:00:00 GMT', 1", "'Fri, 01 Jan 2100 00:00:00 GMT', 3600"})
    void secondsAndDatesUpToTheLongest(String header, long seconds) {
        assertThat(RetryAfter.parse(header, null, NOW, HOUR)).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-5", "1.5", "1e9", "2026-01-01", "Thu, 99 Jan 2026 00:00:30 GMT"})
    void whatMakesNoSenseIsNotBelieved(String header) {
        assertThat(RetryAfter.parse(header, null, NOW, HOUR)).isEmpty();
    }

    @Test
    void aDateIsCountedFromTheAnswersOwn() {
        assertThat(RetryAfter.parse("Thu, 01 Jan 2026 00:10:30 GMT", "Thu, 01 Jan 2026 00:10:00 GMT", NOW, HOUR)).as("a provider whose clock is ahead")
                .contains(Duration.ofSeconds(30));
        assertThat(RetryAfter.parse("Thu, 01 Jan 2026 00:00:30 GMT", "yesterday", NOW, HOUR)).contains(Duration.ofSeconds(30));
    }

    @Test
    void noHeaderIsNoWait() {
        assertThat(RetryAfter.parse(null, null, NOW, HOUR)).isEmpty();
    }
}
