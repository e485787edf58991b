package io.mediajobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.events.JobEvents;
import io.mediajobs.job.JobError;
import io.mediajobs.job.JobKey;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A provider that is probed when the process is killed is asked again by the next process at once. */
class ProbeAfterRestartTest {

    private static final JobStore.Terms TERMS = new JobStore.Terms(10, Duration.ofMinutes(2));
    private static final JobError DOWN = new JobError("http-503", "down", true);

    @TempDir
    Path folder;
    private Database database;
    private JobStore jobs;

    @BeforeEach
    void open() {
        database = Database.open(folder.resolve("jobs.db"));
        jobs = new JobStore(database, new JobEvents("/test", Clock.systemUTC()));
        for (String id : List.of("1", "2")) {
            jobs.register(List.of(new NewJob(new JobKey("p", id), Map.of(), Duration.ofHours(1), Duration.ZERO)));
        }
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void answer(ProviderSignal signal) {
        jobs.apply(jobs.claim("p", new JobStore.Terms(1, Duration.ofMinutes(2))).get(0),
                JobChange.to(null).askAgainIn(Duration.ZERO), signal);
    }

    @Test
    void aProbeWhoseAnswerNobodyHeardIsSentAgain() {
        answer(new ProviderSignal.Unavailable(DOWN, 1, Duration.ZERO, Duration.ZERO));
        assertThat(jobs.claim("p", TERMS)).as("the probe").hasSize(1);
        assertThat(jobs.claim("p", TERMS)).as("one at a time").isEmpty();
        jobs.releaseAll();
        assertThat(jobs.claim("p", TERMS)).as("the probe of the next process").hasSize(1);
    }

    @Test
    void aPauseEndsInOneProbe() {
        answer(new ProviderSignal.Unavailable(DOWN, 1, Duration.ofHours(1), Duration.ofHours(1)));
        assertThat(jobs.claim("p", TERMS)).isEmpty();
        jobs.releaseAll();
        assertThat(jobs.claim("p", TERMS)).as("one at a time").hasSize(1);
        assertThat(jobs.claim("p", TERMS)).isEmpty();
    }

    @Test
    void aThrottledProviderIsLeftInPeace() {
        assertThat(jobs.claim("p", new JobStore.Terms(1, Duration.ofMinutes(2)))).hasSize(1);
        answer(new ProviderSignal.Throttled(Duration.ofMinutes(1)));
        jobs.releaseAll();
        assertThat(jobs.claim("p", TERMS)).isEmpty();
    }
}
