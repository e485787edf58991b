package io.mediajobs.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
}
