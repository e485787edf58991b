package io.mediajobs.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.spy;

import io.mediajobs.events.JobEvents;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.store.Database;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.NewJob;
import io.mediajobs.store.StoreUnavailableException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.UnitOfWorkHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of claimed jobs when something goes wrong between the claim and the exchange that works on the job. */
class DueJobsTest {

    @TempDir
    Path folder;
    private final CamelContext camel = new DefaultCamelContext();
    private Database database;
    private JobStore jobs;
    private Leases leases;
    private Turns turns;
    private Ticks ticks;
    private DueJobs dueJobs;

    @BeforeEach
    void open() {
        database = Database.open(folder.resolve("jobs.db"));
        jobs = spy(new JobStore(database, new JobEvents("/test", Clock.systemUTC())));
        // the store goes away right after each claim
        doThrow(new StoreUnavailableException("The job store does not answer: gone", new IllegalStateException("gone"))).when(jobs).nextDue(any(), any());
        leases = new Leases(jobs, Duration.ofMinutes(1));
        turns = new Turns(jobs, () -> Duration.ofHours(1), Duration.ofMillis(500));
        ticks = new Ticks();
        dueJobs = new DueJobs(jobs, leases, List::of, turns, ticks, Duration.ofMillis(500), 10);
        for (String id : List.of("1", "2")) {
            jobs.register(List.of(new NewJob(new JobKey("acme", id), Map.of(), Duration.ofHours(1), Duration.ZERO)));
        }
    }

    @AfterEach
    void close() {
        ticks.close();
        turns.close();
        leases.close();
        database.close();
    }

    private static void end(Exchange exchange) {
        UnitOfWorkHelper.doneSynchronizations(exchange, exchange.getExchangeExtension().handoverCompletions());
    }

    @Test
    void whatIsClaimedIsHandedOutAlsoIfTheStoreGoesAwayRightAfter() {
        assertThat(dueJobs.claim(new DefaultExchange(camel), "acme", "none", 10)).extracting(Job::jobId).containsExactly("1", "2");
    }

    @Test
    void aClaimedJobThatIsNotHandedOnIsNobodys() {
        Exchange tick = new DefaultExchange(camel);
        List<Job> claimed = dueJobs.claim(tick, "acme", "none", 10);
        Exchange work = new DefaultExchange(camel);
        work.setVariable("job", claimed.get(0));
        leases.process(work);
        assertThat(leases.polling("acme")).isEqualTo(2);

        end(tick);
        assertThat(leases.polling("acme")).as("the one that is worked on").isEqualTo(1);
        leases.close();
        assertThat(jobs.claim("acme", new JobStore.Terms(10, 10, turns.pace("acme", Rate.parse("none")), Duration.ofMinutes(1))))
                .as("held until its own exchange ended, and given back at the stop; the other's lease runs out").extracting(Job::jobId).containsExactly("1");

        end(work);
        assertThat(leases.polling("acme")).isZero();
    }
}
