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
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PollPlanTest {

    private static final Instant BEGIN = Instant.parse("2026-01-01T10:00:00.001Z");
    private static final Duration LONGEST = Duration.ofMinutes(5);
    /** 16 s to 24 s, evenly. */
    private static final Histogram TWENTY_SECONDS = histogram(100, i -> 16_000 + i * 80);
    private static final Map<Integer, Histogram> EVEN_PROGRESS = tenths(histogram(100, i -> 0.98 + i * 0.0004));
    private static final Map<Integer, Histogram> NO_PROGRESS = Map.of();

    private static Histogram histogram(int count, DoubleUnaryOperator value) {
        Histogram histogram = Histogram.EMPTY;
        for (int i : IntStream.range(0, count).toArray()) {
            histogram = histogram.with(value.applyAsDouble(i));
        }
        return histogram;
    }

    private static Map<Integer, Histogram> tenths(Histogram all) {
        return IntStream.range(0, 10).boxed().collect(Collectors.toMap(tenth -> tenth, tenth -> all));
    }

    private static Duration next(double age, Integer progress, Histogram totals, Map<Integer, Histogram> rests) {
        return next(age, progress, totals, rests, "predicted");
    }

    private static Duration next(double age, Integer progress, Histogram totals, Map<Integer, Histogram> rests, String asks) {
        Job job = job();
        Report report = new Report(Status.PROCESSING, progress, null, null, null, null, BEGIN, null, null, Map.of("model", "m1"));
        return new PollPlan(() -> BEGIN.plusMillis((long) (age * 1000)), () -> List.of(new UsualDuration("acme", "m1", totals, rests, true)), LONGEST)
                .next(job, report, null, "2s", asks, null);
    }

    /** Registered at {@link #BEGIN}, with a deadline of an hour. */
    private static Job job() {
        return new Job(1, new JobKey("acme", "a"), JobState.PROCESSING, 1, null, null, List.of(), null, Map.of(), null, BEGIN, BEGIN, 1, BEGIN.plusSeconds(3600), BEGIN, Failures.NONE,
                null, null, null, "token", null);
    }

    private static Double learned(Instant created, Instant completed) {
        Report report = new Report(Status.COMPLETED, 100, null, null, null, null, created, null, completed, Map.of());
        return new JobClock(job(), report, BEGIN.plusSeconds(60)).lesson(Duration.ofSeconds(2)).total();
    }

    @Test
    void whatAProviderSaysOfAJobsTimesTeachesOnlyWhatCanBe() {
        assertThat(learned(BEGIN, BEGIN.plusSeconds(50))).isEqualTo(50_000);
        assertThat(learned(BEGIN.minusSeconds(365L * 86_400), BEGIN.plusSeconds(50))).as("a year").isNull();
        assertThat(learned(BEGIN, Instant.parse("9999-01-01T00:00:00.001Z"))).as("not yet").isNull();
        assertThat(learned(Instant.EPOCH.plusMillis(1), BEGIN)).as("a clock that was never set").isNull();
    }

    private static void assertInterval(Duration time) {
        assertThat(time).isBetween(Duration.ofMillis(2000), Duration.ofMillis(2200));
    }

    @Test
    void withoutExperienceTheIntervalIsAllThereIs() {
        assertInterval(next(1, 10, Histogram.EMPTY, NO_PROGRESS));
        assertInterval(next(1, null, histogram(PollPlan.ENOUGH - 1, i -> 20_000), NO_PROGRESS));
    }

    @Test
    void aFixedIntervalStaysFixed() {
        assertInterval(next(1, 10, TWENTY_SECONDS, EVEN_PROGRESS, "fixed"));
    }

    @Test
    void aJobThatCannotBeFinishedYetIsLeftAloneUntilItMayBe() {
        assertThat(next(1, null, TWENTY_SECONDS, NO_PROGRESS)).isBetween(Duration.ofMillis(15_000), Duration.ofMillis(17_000));
    }

    @Test
    void whereProgressWillSayMoreItIsAskedForOneIntervalSooner() {
        assertThat(next(1, null, TWENTY_SECONDS, EVEN_PROGRESS)).isBetween(Duration.ofMillis(12_500), Duration.ofMillis(14_000));
    }

    @Test
    void whileItMayEndAtAnyMomentTheIntervalHolds() {
        assertInterval(next(18, null, TWENTY_SECONDS, NO_PROGRESS));
    }

    @Test
    void evenProgressSaysWhenItEnds() {
        // 60.5 % after 12 s: 7.8 s are left
        Duration next = next(12, 60, TWENTY_SECONDS, EVEN_PROGRESS);
        assertThat(next).isBetween(Duration.ofMillis(7_800), Duration.ofMillis(8_300));
    }

    @Test
    void progressThatNeverMeantMuchIsNotBelieved() {
        Histogram random = histogram(100, i -> 0.1 + i * 0.1);
        assertThat(next(12, 60, TWENTY_SECONDS, tenths(random))).isLessThan(Duration.ofMillis(2_300));
    }

    @Test
    void aJobBeyondAllExperienceIsAskedForLessAndLessOften() {
        assertInterval(next(30, null, TWENTY_SECONDS, NO_PROGRESS));
        assertThat(next(124, null, TWENTY_SECONDS, NO_PROGRESS)).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(11));
        assertThat(next(1_000_000, null, TWENTY_SECONDS, NO_PROGRESS)).isEqualTo(LONGEST);
    }

    @Test
    void oneThatTookAYearSaysNothingOfTheOthers() {
        double year = Duration.ofDays(365).toMillis();
        assertInterval(next(31, null, TWENTY_SECONDS.with(year), NO_PROGRESS));
        assertThat(next(124, null, TWENTY_SECONDS.with(year), NO_PROGRESS)).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(11));
        assertThat(next(1, null, TWENTY_SECONDS.with(year), NO_PROGRESS)).as("nor of when the others begin to end").isBetween(Duration.ofMillis(15_000), Duration.ofMillis(17_000));
    }

    @Test
    void aWrongClockOfTheProviderPlansNothingAbsurd() {
        Job job = job();
        Report report = new Report(Status.PROCESSING, 50, null, null, null, null, BEGIN.plusSeconds(86_400), null, null, Map.of("model", "m1"));
        Duration next = new PollPlan(() -> BEGIN.plusSeconds(10), () -> List.of(new UsualDuration("acme", "m1", TWENTY_SECONDS, EVEN_PROGRESS, true)), LONGEST)
                .next(job, report, null, "2s", "predicted", null);
        assertThat(next).isBetween(Duration.ofSeconds(9), Duration.ofMillis(10_500));
    }
}
