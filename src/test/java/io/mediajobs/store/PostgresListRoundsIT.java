package io.mediajobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.events.JobEvents;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same on PostgreSQL, and what several nodes do to each other. */
class PostgresListRoundsIT extends ListRoundsContract {

    private static PostgresServer server;
    private StoreSettings settings;

    @BeforeAll
    static void startServer(@TempDir Path folder) {
        server = PostgresServer.start(folder);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    StoreSettings settings() {
        if (settings == null) {
            settings = server.newDatabase();
        }
        return settings;
    }

    /**
     * Three nodes make rounds and single calls for the same jobs for a while: never two rounds at once, no job in two hands, none forgotten,
     * and nothing that waits for another for ever.
     */
    @Test
    void threeNodesShareTheListAndTheSingleCalls() throws Exception {
        follow(300);
        AtomicInteger listing = new AtomicInteger();
        AtomicInteger mostListing = new AtomicInteger();
        Set<Long> inHand = ConcurrentHashMap.newKeySet();
        List<Callable<Integer>> nodes = new ArrayList<>();
        List<Database> databases = new ArrayList<>();
        for (int node = 0; node < 3; node++) {
            Database own = Database.open(settings());
            databases.add(own);
            JobStore store = new JobStore(own, new JobEvents("/test", Clock.systemUTC()));
            ListRounds lists = new ListRounds(own, store);
            nodes.add(() -> {
                int made = 0;
                for (int i = 0; i < 40; i++) {
                    ListRounds.Round round = lists.begin("p", terms()).orElse(null);
                    if (round != null) {
                        mostListing.accumulateAndGet(listing.incrementAndGet(), Math::max);
                        tellSome(store, round);
                        listing.decrementAndGet();
                        lists.told(round, terms(), 1, 200, false, Duration.ofMillis(1), Duration.ofMillis(1));
                        made++;
                    }
                    for (Job job : store.claim("p", new JobStore.Terms(10, 100, Pace.FREE, MINUTE, three()))) {
                        assertThat(inHand.add(job.id())).as("nobody else has %s", job.key()).isTrue();
                        inHand.remove(job.id());
                        store.apply(job, JobChange.to(JobState.PROCESSING).polled().listAgain().askAgainIn(Duration.ofMillis(5)), null);
                    }
                }
                return made;
            });
        }
        int made = 0;
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            for (Future<Integer> each : threads.invokeAll(nodes)) {
                made += each.get();
            }
        } finally {
            threads.shutdownNow();
            databases.forEach(Database::close);
        }
        assertThat(made).isPositive();
        assertThat(mostListing).hasValue(1);
        assertThat(jobs.list(new JobFilter(null, null, null, null, 1_000))).hasSize(300)
                .allSatisfy(job -> assertThat(job.polls()).as(job.jobId()).isPositive()).allMatch(job -> job.nextPollAt() != null);
    }

    /** All but every third, which no page shows. */
    private static void tellSome(JobStore store, ListRounds.Round round) {
        Set<String> ids = IntStream.range(0, 300).filter(i -> i % 3 != 0).mapToObj(i -> "j" + i).collect(Collectors.toSet());
        List<JobStore.Listed> news = store.listed("p", ids, round.askedAt()).stream()
                .map(job -> new JobStore.Listed(job, JobChange.to(JobState.PROCESSING).polled().askAgainIn(Duration.ofMillis(5)))).toList();
        store.apply(news, MINUTE);
    }

    @Test
    void theStoreOfAnotherNodeSeesTheRound() {
        follow(5);
        try (Database other = Database.open(settings())) {
            JobStore there = new JobStore(other, new JobEvents("/test", Clock.systemUTC()));
            assertThat(rounds.begin("p", terms())).isPresent();
            assertThat(new ListRounds(other, there).begin("p", terms())).isEmpty();
            assertThat(there.claim("p", new JobStore.Terms(10, 100, Pace.FREE, MINUTE, three()))).isEmpty();
            assertThat(there.find(new JobKey("p", "j0"))).isPresent();
        }
    }
}
