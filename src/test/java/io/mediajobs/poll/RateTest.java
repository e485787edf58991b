package io.mediajobs.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateTest {

    @Test
    void ratesAreRequestsPerTime() {
        assertThat(Rate.parse("5/s").perSecond()).isEqualTo(5);
        assertThat(Rate.parse("90/m").perSecond()).isEqualTo(1.5);
        assertThat(Rate.parse("1800/h").perSecond()).isEqualTo(0.5);
        assertThat(Rate.parse("none").perSecond()).isInfinite();
        assertThat(Rate.parse("none").spacing()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"10/s, 110", "100/m, 601", "1000/h, 3600.1", "2.5/s, 440", "0.5/s, 2200"})
    void requestsAreSpacedSoThatNoMoreThanThatComeInAnyUnit(String text, double millis) {
        Rate rate = Rate.parse(text);
        assertThat(rate.spacing()).isEqualTo(Duration.ofNanos((long) (millis * 1e6)));
        // one that is late by the margin, and then those after it on time
        double number = Math.ceil(rate.number());
        assertThat(rate.spacing().multipliedBy((long) number).minus(Rate.MARGIN)).isGreaterThanOrEqualTo(rate.unit());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "0/s", "-1/s", "5/d", "many"})
    void otherRatesAreRefused(String text) {
        assertThatThrownBy(() -> Rate.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("not a rate");
    }

    @Test
    void lessThanOneADayIsRefused() {
        assertThatThrownBy(() -> Rate.parse("0.01/h")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("less than one request a day");
    }
}
