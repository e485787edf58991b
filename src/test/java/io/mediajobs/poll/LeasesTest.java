package io.mediajobs.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.spy;

import io.mediajobs.events.JobEvents;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.store.Database;
import io.mediajobs.store.JobChange;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.NewJob;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.UnitOfWorkHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeasesTest {

    private static final JobKey KEY = new JobKey("acme", "1");

    @TempDir
    Path folder;
    private final CamelContext camel = new DefaultCamelContext();
    private Database database;
    private JobStore jobs;

    @BeforeEach
    void open() {
        database = Database.open(folder.resolve("jobs.db"));
        jobs = spy(new JobStore(database, new JobEvents("/test", Clock.systemUTC())));
        jobs.register(List.of(new NewJob(KEY, Map.of(), Duration.ofHours(1), Duration.ZERO)));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private Job claim() {
        return jobs.claim("acme", new JobStore.Terms(1, Duration.ofMinutes(1))).get(0);
    }

    private Exchange claimed(Leases leases, Job job) {
        Exchange tick = new DefaultExchange(camel);
        leases.claimed(tick, List.of(job));
        Exchange work = new DefaultExchange(camel);
        work.setVariable("job", job);
        leases.process(work);
        end(tick);
        return work;
    }

    private static void end(Exchange exchange) {
        UnitOfWorkHelper.doneSynchronizations(exchange, exchange.getExchangeExtension().handoverCompletions());
    }

    @Test
    void afterAnErrorLeasesAreStillRenewed() {
        AtomicInteger renewed = new AtomicInteger();
        doThrow(new OutOfMemoryError("Java heap space")).doAnswer(call -> {
            renewed.incrementAndGet();
            return call.callRealMethod();
        }).when(jobs).renew(any(), any());
        try (Leases leases = new Leases(jobs, Duration.ofMillis(60))) {
            claimed(leases, claim());
            await().until(() -> renewed.get() > 2);
        }
    }

    @Test
    void theEndOfAnOldPollDoesNotFreeThePlaceOfANewOneOfTheSameJob() {
        try (Leases leases = new Leases(jobs, Duration.ofMinutes(1))) {
            Exchange old = claimed(leases, claim());
            // somebody takes the job away, and it is claimed again while the old exchange still works on it
            jobs.override(KEY, any -> JobChange.to(null).askAgainIn(Duration.ZERO));
            Job again = claim();
            Exchange newer = claimed(leases, again);

            end(old);
            assertThat(leases.polling("acme")).isEqualTo(1);

            end(newer);
            assertThat(leases.polling("acme")).isZero();
        }
    }

    @Test
    void theEndOfAnOldTickDoesNotGiveUpANewClaimOfTheSameJob() {
        try (Leases leases = new Leases(jobs, Duration.ofMinutes(1))) {
            Exchange oldTick = new DefaultExchange(camel);
            leases.claimed(oldTick, List.of(claim()));
            jobs.override(KEY, any -> JobChange.to(null).askAgainIn(Duration.ZERO));
            Exchange newTick = new DefaultExchange(camel);
            leases.claimed(newTick, List.of(claim()));

            end(oldTick);
            assertThat(leases.polling("acme")).isEqualTo(1);

            end(newTick);
            assertThat(leases.polling("acme")).isZero();
        }
    }
}
