package io.mediajobs.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.job.Failures;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.report.Report;
import io.mediajobs.report.Status;
import io.mediajobs.store.Histogram;
import io.mediajobs.store.UsualDuration;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StallAlarmTest {

    private static final Instant BEGIN = Instant.parse("2026-01-01T10:00:00.001Z");

    private static Stall look(Duration age, Integer before, Duration sameFor, Integer progress, int attempt, int known) {
        Instant now = BEGIN.plus(age);
        Histogram totals = Histogram.EMPTY;
        for (int i = 0; i < known; i++) {
            totals = totals.with(60_000);
        }
        List<UsualDuration> usual = List.of(new UsualDuration("acme", "", totals, Map.of(), true));
        Job job = new Job(1, new JobKey("acme", "a"), JobState.PROCESSING, attempt, before, before == null ? null : now.minus(sameFor), List.of(), null, Map.of(), null, BEGIN, BEGIN, 1,
                BEGIN.plusSeconds(86_400), BEGIN, Failures.NONE, null, null, null, "token", null);
        Report report = new Report(Status.PROCESSING, progress, null, null, null, null, BEGIN, null, null, Map.of());
        return new StallAlarm(() -> now, () -> usual).look(job, report, null, "15m", 3, "1m");
    }

    @Test
    void progressThatIsTheSameForTooLong() {
        Stall stall = look(Duration.ofHours(1), 50, Duration.ofMinutes(15), 50, 1, 0);
        assertThat(stall.code()).isEqualTo("no-progress");
        assertThat(stall.since()).isEqualTo(BEGIN.plus(Duration.ofMinutes(45)));
        assertThat(look(Duration.ofHours(1), 50, Duration.ofMinutes(14), 50, 1, 0)).isNull();
        assertThat(look(Duration.ofHours(1), 50, Duration.ofMinutes(15), 51, 1, 0)).as("it has just moved").isNull();
        assertThat(look(Duration.ofHours(1), null, null, null, 1, 0)).as("no progress is told at all").isNull();
    }

    @Test
    void farBeyondWhatIsUsual() {
        Stall stall = look(Duration.ofMinutes(5), null, null, null, 1, PollPlan.ENOUGH);
        assertThat(stall.code()).isEqualTo("beyond-usual");
        assertThat(Duration.between(BEGIN, stall.since())).isBetween(Duration.ofSeconds(178), Duration.ofSeconds(186));
        assertThat(look(Duration.ofSeconds(150), null, null, null, 1, PollPlan.ENOUGH)).isNull();
        assertThat(look(Duration.ofMinutes(5), null, null, null, 1, PollPlan.ENOUGH - 1)).as("too few to go by").isNull();
        assertThat(look(Duration.ofMinutes(5), null, null, null, 2, PollPlan.ENOUGH)).as("opened again").isNull();
    }

    @Test
    void aYoungJobIsNeverStalled() {
        assertThat(look(Duration.ofSeconds(59), 50, Duration.ofHours(1), 50, 1, PollPlan.ENOUGH)).isNull();
    }
}
