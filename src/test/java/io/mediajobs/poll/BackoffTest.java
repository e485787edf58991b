package io.mediajobs.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.job.Failures;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {

    private static Job job(String id, long polls) {
        return new Job(1, new JobKey("acme", id), JobState.PROCESSING, 1, null, null, List.of(), null, Map.of(), null, Instant.EPOCH, Instant.EPOCH, polls, Instant.EPOCH, Instant.EPOCH, Failures.NONE,
                null, null, null, "token", null);
    }

    @Test
    void intervalsAreSpreadByUpToTenPerCentAndNeverShortened() {
        Duration every = Duration.ofSeconds(10);
        Set<Long> seconds = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            Duration spread = Backoff.spread(job("job-" + i % 50, i / 50), every);
            assertThat(spread).isBetween(every, Duration.ofSeconds(11));
            seconds.add(spread.toMillis() / 100);
        }
        assertThat(seconds).as("evenly, though the ids are alike").hasSize(10);
    }

    @Test
    void theSameAskOfTheSameJobIsSpreadTheSame() {
        assertThat(Backoff.spread(job("a", 3), Duration.ofSeconds(10))).isEqualTo(Backoff.spread(job("a", 3), Duration.ofSeconds(10)));
    }

    @ParameterizedTest
    @CsvSource({"1, 5", "2, 10", "3, 20", "7, 300", "1000, 300"})
    void backoffDoublesUpToTheLongestWithJitter(int failures, long whole) {
        Duration delay = Backoff.after(failures, Duration.ofSeconds(5), Duration.ofMinutes(5));
        assertThat(delay).isBetween(Duration.ofMillis(whole * 500), Duration.ofSeconds(whole));
    }
}
