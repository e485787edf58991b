package io.mediajobs.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffTest {

    @RepeatedTest(20)
    void intervalsAreSpreadByTenPerCent() {
        assertThat(Backoff.spread(Duration.ofSeconds(10))).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(11));
    }

    @ParameterizedTest
    @CsvSource({"1, 5", "2, 10", "3, 20", "7, 300", "1000, 300"})
    void backoffDoublesUpToTheLongestWithJitter(int failures, long whole) {
        Duration delay = Backoff.after(failures, Duration.ofSeconds(5), Duration.ofMinutes(5));
        assertThat(delay).isBetween(Duration.ofMillis(whole * 500), Duration.ofSeconds(whole));
    }

    @Test
    void ratesAreRequestsPerTime() {
        assertThat(Rate.perSecond("5/s")).isEqualTo(5);
        assertThat(Rate.perSecond("90/m")).isEqualTo(1.5);
        assertThat(Rate.perSecond("1800/h")).isEqualTo(0.5);
        assertThat(Rate.perSecond("none")).isInfinite();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "0/s", "-1/s", "5/d", "many"})
    void otherRatesAreRefused(String text) {
        assertThatThrownBy(() -> Rate.perSecond(text)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("not a rate");
    }
}
