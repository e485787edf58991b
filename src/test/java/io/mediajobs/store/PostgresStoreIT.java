package io.mediajobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mediajobs.job.Job;
import io.mediajobs.job.JobError;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same store on PostgreSQL, and what several nodes on one database do to each other. */
class PostgresStoreIT extends JobStoreContract {

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

    private Database node() {
        return Database.open(settings());
    }

    private void registerMany(int count) {
        List<NewJob> many = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            many.add(new NewJob(new JobKey("p", "j" + i), Map.of(), Duration.ofHours(1), Duration.ZERO));
        }
        jobs.register(many);
    }

    private <T> List<T> together(List<Callable<T>> calls) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(calls.size());
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> result : threads.invokeAll(calls)) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aServerThatIsNotThereIsNamedWithoutItsSecrets() {
        StoreSettings wrong = new StoreSettings("jdbc:postgresql://127.0.0.1:1/media?options=secret", "ann", "secret", 4, Duration.ofSeconds(1));
        assertThatThrownBy(() -> Database.open(wrong)).isInstanceOf(StoreException.class).hasMessageContaining("jdbc:postgresql://127.0.0.1:1/media cannot be opened")
                .hasMessageContaining("refused").hasMessageContaining("store.url").hasMessageNotContaining("secret");
    }

    @Test
    void nodesThatStartTogetherMakeOneSchema() throws Exception {
        StoreSettings fresh = server.newDatabase();
        Callable<Database> start = () -> Database.open(fresh);
        for (Database node : together(List.of(start, start, start))) {
            assertThat(new JobCounts(node).byState()).isEmpty();
            node.close();
        }
    }

    @Test
    void threeNodesClaimTenThousandJobsAndEachHasOneOwner() throws Exception {
        registerMany(10_000);
        try (Database second = node(); Database third = node()) {
            List<Callable<List<Job>>> nodes = new ArrayList<>();
            for (Database node : List.of(database, second, third)) {
                JobStore store = new JobStore(node, events);
                nodes.add(() -> {
                    List<Job> mine = new ArrayList<>();
                    for (List<Job> claimed = store.claim("p", terms(50)); !claimed.isEmpty(); claimed = store.claim("p", terms(50))) {
                        mine.addAll(claimed);
                    }
                    return mine;
                });
            }
            long begin = System.nanoTime();
            List<List<Job>> claimed = together(nodes);
            System.out.printf("10,000 jobs claimed by three nodes in %d ms: %s%n", (System.nanoTime() - begin) / 1_000_000,
                    claimed.stream().map(List::size).toList());
            Set<Long> seen = new HashSet<>();
            claimed.forEach(mine -> mine.forEach(job -> assertThat(seen.add(job.id())).as("job %s claimed twice", job.key()).isTrue()));
            assertThat(seen).hasSize(10_000);
        }
    }

    @Test
    void placesAndRateAreThoseOfAllNodesTogether() throws Exception {
        registerMany(200);
        try (Database second = node(); Database third = node()) {
            List<Callable<Integer>> nodes = new ArrayList<>();
            for (Database node : List.of(database, second, third)) {
                JobStore store = new JobStore(node, events);
                nodes.add(() -> store.claim("p", new JobStore.Terms(10, 10, Pace.FREE, Duration.ofMinutes(1))).size());
            }
            assertThat(together(nodes).stream().mapToInt(Integer::intValue).sum()).as("ten places").isEqualTo(10);
            assertThat(together(nodes).stream().mapToInt(Integer::intValue).sum()).as("all taken").isZero();

            jobs.register(List.of(new NewJob(new JobKey("q", "0"), Map.of(), HOUR, Duration.ZERO)));
            for (int i = 1; i < 50; i++) {
                register("q", "j" + i);
            }
            List<Callable<List<Instant>>> hurried = new ArrayList<>();
            Duration spacing = Duration.ofMillis(100);
            JobStore.Terms tenASecond = new JobStore.Terms(50, 100, new Pace(spacing, Duration.ZERO, Duration.ofMillis(500)), Duration.ofMinutes(1));
            for (Database node : List.of(database, second, third)) {
                JobStore store = new JobStore(node, events);
                hurried.add(() -> {
                    List<Instant> turns = new ArrayList<>();
                    for (int i = 0; i < 20; i++) {
                        store.claim("q", tenASecond).forEach(job -> turns.add(job.turn().at()));
                        turns.add(store.turn("q", tenASecond.pace(), null).orElseThrow().at());
                    }
                    return turns;
                });
            }
            List<Instant> turns = together(hurried).stream().flatMap(List::stream).sorted().toList();
            for (int i = 1; i < turns.size(); i++) {
                assertThat(Duration.between(turns.get(i - 1), turns.get(i))).as("between two turns of three nodes").isGreaterThanOrEqualTo(spacing);
            }
        }
    }

    @Test
    void aPauseHoldsForAllNodesAndOneOfThemProbes() throws Exception {
        registerMany(6);
        ProviderSignal refused = new ProviderSignal.Refused("unauthorized", new JobError("http-401", "no", null), Duration.ZERO, true);
        jobs.claim("p", terms(6)).forEach(job -> jobs.apply(job, JobChange.to(null).askAgainIn(Duration.ZERO), refused));
        try (Database second = node(); Database third = node()) {
            List<Callable<Integer>> nodes = new ArrayList<>();
            for (Database node : List.of(database, second, third)) {
                nodes.add(() -> new JobStore(node, events).claim("p", terms(6)).size());
            }
            assertThat(together(nodes).stream().mapToInt(Integer::intValue).sum()).isEqualTo(1);
        }
    }

    @Test
    void anEventIsTakenByOneNodeAndASubjectsEventsInOrder() throws Exception {
        for (int i = 0; i < 300; i++) {
            JobKey key = register("p", "j" + i);
            for (int turn = 0; turn < 2; turn++) {
                String id = key + "/" + turn;
                jobs.override(key, job -> JobChange.to(null).event(new NewEvent(id, "t", key.toString(), "{}")));
            }
        }
        try (Database second = node(); Database third = node()) {
            List<Callable<List<OutboxEvent>>> nodes = new ArrayList<>();
            for (Database node : List.of(database, second, third)) {
                nodes.add(() -> {
                    Outbox box = new Outbox(node);
                    List<OutboxEvent> mine = new ArrayList<>();
                    while (box.backlog().waiting() > 0) {
                        for (OutboxEvent event : box.take(20, List.of(), HOUR)) {
                            mine.add(event);
                            box.published(event);
                        }
                    }
                    return mine;
                });
            }
            List<String> ids = new ArrayList<>();
            together(nodes).forEach(mine -> mine.forEach(event -> ids.add(event.id())));
            assertThat(ids).doesNotHaveDuplicates().hasSize(600);
        }
        List<OutboxEvent> published = outbox.list(0, 1000);
        for (OutboxEvent event : published) {
            if (event.id().endsWith("/1")) {
                OutboxEvent first = published.stream().filter(other -> other.id().equals(event.subject() + "/0")).findFirst().orElseThrow();
                assertThat(first.publishedAt()).isBeforeOrEqualTo(event.publishedAt());
            }
        }
    }

    /** A sequence gives out numbers in another order than transactions commit in. */
    @Test
    void whoeverReadsTheEventsByTheirPositionMissesNone() throws Exception {
        int writers = 8;
        int each = 60;
        for (int writer = 0; writer < writers; writer++) {
            for (int i = 0; i < each; i++) {
                register("p" + writer, String.valueOf(i));
            }
        }
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try {
            List<Future<?>> written = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                String provider = "p" + writer;
                written.add(threads.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        jobs.override(new JobKey(provider, String.valueOf(i)), job -> JobChange.to(JobState.CANCELLED).askNoMore()
                                .event(events.ended(job, JobState.CANCELLED, null, null)));
                    }
                }));
            }
            Set<String> seen = new HashSet<>();
            long position = 0;
            boolean over = false;
            while (!over) {
                over = written.stream().allMatch(Future::isDone);
                for (List<OutboxEvent> page = outbox.list(position, 50); !page.isEmpty(); page = outbox.list(position, 50)) {
                    page.forEach(event -> seen.add(event.id()));
                    position = page.get(page.size() - 1).number();
                }
            }
            for (Future<?> one : written) {
                one.get();
            }
            assertThat(seen).hasSize(writers * each);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aCommitWhoseAnswerGotLostHappensOnce() {
        try (DatabaseLink link = new DatabaseLink(server.port());
                Database far = Database.open(PostgresServer.at(link.port(), settings().url().replaceFirst(".*/", "")))) {
            JobStore store = new JobStore(far, events, Duration.ofSeconds(20));
            JobKey key = new JobKey("p", "1");
            link.loseAnswersToCommit(1);
            assertThat(store.register(List.of(new NewJob(key, Map.of(), HOUR, Duration.ZERO)))).extracting(JobStore.Registered::created)
                    .as("it was new, whatever became of the answer").containsExactly(true);
            assertThat(link.answersLost()).isEqualTo(1);

            // the read that looks whether anything is due commits as well
            store.ping();
            link.loseAnswersToCommit(2);
            List<Job> claimed = store.claim("p", terms(1));
            assertThat(claimed).hasSize(1);
            assertThat(link.answersLost()).isEqualTo(3);

            link.loseAnswersToCommit(1);
            NewEvent event = events.ended(claimed.get(0), JobState.FAILED, new JobError("x", "m", null), null);
            Job after = store.apply(claimed.get(0), JobChange.to(JobState.FAILED).polled().askNoMore().note("failed", null).event(event), null);
            assertThat(link.answersLost()).isEqualTo(4);
            assertThat(after.state()).isEqualTo(JobState.FAILED);
            assertThat(after.polls()).as("counted once").isEqualTo(1);
            assertThat(store.timeline(after)).extracting(TimelineEntry::what).containsExactly("registered", "failed");
            assertThat(outbox.list(0, 10)).hasSize(1);

            link.loseAnswersToCommit(1);
            assertThat(store.retry(key).orElseThrow().attempt()).as("opened once").isEqualTo(2);
            assertThat(link.answersLost()).isEqualTo(5);
        }
    }

    @Test
    void aServerThatSaysNothingIsGivenUpAndAskedAgain() {
        StoreSettings direct = settings();
        try (DatabaseLink link = new DatabaseLink(server.port())) {
            StoreSettings impatient = new StoreSettings("jdbc:postgresql://127.0.0.1:" + link.port() + "/" + direct.url().replaceFirst(".*/", "")
                    + "?socketTimeout=1&connectTimeout=1", "postgres", PostgresServer.PASSWORD, 4, Duration.ofSeconds(1));
            try (Database far = Database.open(impatient)) {
                JobStore store = new JobStore(far, events, Duration.ofSeconds(30));
                store.register(List.of(new NewJob(new JobKey("p", "1"), Map.of(), HOUR, Duration.ZERO)));
                Job claimed = store.claim("p", terms(1)).get(0);
                link.silence(true);
                long begin = System.nanoTime();
                assertThatThrownBy(store::ping).isInstanceOf(StoreUnavailableException.class).hasMessageContaining("does not answer");
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
                begin = System.nanoTime();
                assertThatThrownBy(store::ping).isInstanceOf(StoreUnavailableException.class);
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).as("told at once").isLessThan(Duration.ofMillis(500));
                CompletableFuture<Job> outcome = CompletableFuture.supplyAsync(() -> store.apply(claimed, JobChange.to(JobState.PROCESSING), null));
                link.silence(false);
                assertThat(outcome.orTimeout(30, TimeUnit.SECONDS).join().state()).isEqualTo(JobState.PROCESSING);
            }
        }
    }

    @Test
    void aNodeThatStandsStillWithinATransactionHoldsUpTheOthersForAMomentOnly() throws Exception {
        registerMany(10);
        StoreSettings brisk = new StoreSettings(settings().url(), "postgres", PostgresServer.PASSWORD, 4, Duration.ofSeconds(1));
        CountDownLatch wakeUp = new CountDownLatch(1);
        CountDownLatch standing = new CountDownLatch(1);
        try (Database stopped = Database.open(brisk); Database other = Database.open(brisk)) {
            CompletableFuture<Void> stuck = CompletableFuture.runAsync(() -> stopped.write(handle -> {
                handle.execute("INSERT INTO provider (name, updated_at) VALUES ('p', 0)");
                standing.countDown();
                try {
                    wakeUp.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return handle.createQuery("SELECT 1").mapTo(Integer.class).one();
            }));
            standing.await();
            JobStore store = new JobStore(other, events);
            await().atMost(Duration.ofSeconds(10)).ignoreException(StoreUnavailableException.class)
                    .until(() -> store.claim("p", terms(10)), claimed -> claimed.size() == 10);
            wakeUp.countDown();
            assertThatThrownBy(() -> stuck.get(20, TimeUnit.SECONDS)).as("its own row is there by now").isNotNull();
        }
    }

    /** What a name finds first is what {@code search_path} says: a clock of the test's own stands before the server's. */
    private StoreSettings withClock() {
        StoreSettings settings = server.newDatabase();
        String name = settings.url().replaceFirst(".*/", "");
        execute(settings, "CREATE SCHEMA shifted; CREATE TABLE shifted.clock_offset (hours INTEGER NOT NULL); INSERT INTO shifted.clock_offset VALUES (0);"
                + " CREATE FUNCTION shifted.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS"
                + " 'SELECT pg_catalog.clock_timestamp() + make_interval(hours => (SELECT hours FROM shifted.clock_offset))'");
        server.execute("ALTER DATABASE " + name + " SET search_path = public, shifted, pg_catalog");
        return settings;
    }

    private static void execute(StoreSettings settings, String sql) {
        try (Connection connection = DriverManager.getConnection(settings.url(), settings.user(), settings.password()); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    void theServersClockIsSetByAnHourAndAllThatIsPlannedMovesAlong(int hours) {
        StoreSettings settings = withClock();
        try (Database one = Database.open(settings); Database two = Database.open(settings)) {
            JobStore first = new JobStore(one, events);
            JobStore second = new JobStore(two, events);
            List<NewJob> many = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                many.add(new NewJob(new JobKey("p", "j" + i), Map.of(), Duration.ofMinutes(30), Duration.ZERO));
            }
            many.add(new NewJob(new JobKey("p", "planned"), Map.of(), Duration.ofMinutes(30), Duration.ofMinutes(10)));
            first.register(many);
            List<Job> worked = first.claim("p", terms(10));
            Job planned = second.find(new JobKey("p", "planned")).orElseThrow();
            second.now();
            execute(settings, "UPDATE clock_offset SET hours = " + hours);

            List<Job> taken = second.claim("p", terms(100));
            assertThat(taken).as("what is due, and nobody's work").hasSize(10).noneMatch(job -> worked.stream().anyMatch(mine -> mine.id() == job.id()));
            assertThat(first.renew(worked, Duration.ofMinutes(1))).isEmpty();
            for (Job job : worked) {
                assertThat(first.isOverdue(job)).isFalse();
                assertThat(first.apply(job, JobChange.to(JobState.PROCESSING).askAgainIn(Duration.ofMinutes(5)), null).state()).isEqualTo(JobState.PROCESSING);
            }
            assertThat(Duration.between(planned.nextPollAt(), first.find(planned.key()).orElseThrow().nextPollAt()))
                    .as("moved once, though two nodes saw it").isBetween(Duration.ofHours(hours).minusSeconds(30), Duration.ofHours(hours).plusSeconds(30));
            assertThat(first.list(new JobFilter(null, null, null, null, 100))).allSatisfy(job -> {
                assertThat(Duration.between(first.now(), job.nextPollAt())).isLessThan(Duration.ofMinutes(11));
                assertThat(Duration.between(first.now(), job.deadlineAt())).isBetween(Duration.ofMinutes(28), Duration.ofMinutes(31));
            });
        }
    }

    /** One moves the plans, which are rows; the others have locked some of them when they read the clock. */
    @Test
    void theServersClockIsSetAgainAndAgainWhileAssetsAreSavedAndJobsClaimedAndAllGoOn() throws Exception {
        StoreSettings settings = withClock();
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService threads = Executors.newCachedThreadPool();
        try (Database one = Database.open(settings)) {
            JobStore store = new JobStore(one, events);
            List<NewJob> many = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                many.add(new NewJob(new JobKey("p", "j" + i), Map.of(), HOUR, Duration.ZERO));
            }
            store.register(many);
            List<Callable<?>> work = new ArrayList<>();
            for (Job job : store.claim("p", terms(4))) {
                NewAsset asset = new NewAsset(job, new ArchivedAsset(0, "video", "k", 1, "ab", null, null, Map.of()));
                work.add(() -> store.saveAssets(List.of(asset)));
            }
            for (int i = 0; i < 3; i++) {
                store.register(List.of(new NewJob(new JobKey("q", "j" + i), Map.of(), HOUR, Duration.ZERO)));
                work.add(() -> {
                    store.claim("q", terms(1)).forEach(store::release);
                    return null;
                });
            }
            AtomicLongArray done = new AtomicLongArray(work.size());
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < work.size(); i++) {
                int mine = i;
                running.add(threads.submit(() -> {
                    while (!over.get()) {
                        work.get(mine).call();
                        done.incrementAndGet(mine);
                    }
                    return null;
                }));
            }
            for (int hours = 1; hours <= 5; hours++) {
                execute(settings, "UPDATE clock_offset SET hours = " + hours);
                long[] before = IntStream.range(0, work.size()).mapToLong(done::get).toArray();
                await().atMost(Duration.ofSeconds(8)).until(() -> IntStream.range(0, work.size()).allMatch(i -> done.get(i) > before[i] + 10));
            }
            over.set(true);
            for (Future<?> each : running) {
                each.get(10, TimeUnit.SECONDS);
            }
        } finally {
            over.set(true);
            threads.shutdownNow();
        }
    }

    @Test
    void aSerializationFailureIsRepeatedAndTheLoopEnds() {
        int[] runs = new int[1];
        int last = database.write(handle -> {
            if (++runs[0] < 4) {
                handle.execute("DO $$ BEGIN RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001'; END $$");
            }
            return runs[0];
        });
        assertThat(last).isEqualTo(4);
        int[] endless = new int[1];
        assertThatThrownBy(() -> database.write(handle -> {
            endless[0]++;
            return handle.execute("DO $$ BEGIN RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001'; END $$");
        })).isInstanceOf(StoreUnavailableException.class);
        assertThat(endless[0]).isEqualTo(10);
    }

    @Test
    void aServerWithoutRoomTakesNoWrites() {
        assertThatThrownBy(() -> database.write(handle -> handle.execute("DO $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$")))
                .isInstanceOf(StoreUnavailableException.class).hasMessageContaining("takes no writes");
        await().atMost(Duration.ofSeconds(10)).ignoreException(StoreUnavailableException.class).untilAsserted(() -> {
            registerMany(1);
            assertThat(jobs.find(new JobKey("p", "j0"))).isPresent();
        });
    }

    @Test
    void aServerThatIsReadOnlyIsReadAndTakesWritesWhenItDoesAgain() {
        StoreSettings settings = server.newDatabase();
        String name = settings.url().replaceFirst(".*/", "");
        try (Database readOnly = Database.open(settings)) {
            JobStore store = new JobStore(readOnly, events);
            NewJob job = new NewJob(new JobKey("p", "1"), Map.of(), HOUR, Duration.ZERO);
            store.register(List.of(job));
            server.execute("ALTER DATABASE " + name + " SET default_transaction_read_only = on");
            server.terminateSessions();
            assertThatThrownBy(() -> store.register(List.of(new NewJob(new JobKey("p", "2"), Map.of(), HOUR, Duration.ZERO))))
                    .isInstanceOf(StoreUnavailableException.class).hasMessageContaining("takes no writes");
            assertThat(store.find(job.key())).isPresent();
            server.execute("ALTER DATABASE " + name + " SET default_transaction_read_only = off");
            server.terminateSessions();
            await().atMost(Duration.ofSeconds(10)).ignoreException(StoreUnavailableException.class)
                    .until(() -> store.register(List.of(new NewJob(new JobKey("p", "2"), Map.of(), HOUR, Duration.ZERO))).size() == 1);
        }
    }

    @Test
    void deadlocksAreResolvedByRepetition() throws Exception {
        registerMany(2);
        CyclicBarrier bothHaveOne = new CyclicBarrier(2);
        List<Callable<Integer>> crossing = new ArrayList<>();
        for (int first = 0; first < 2; first++) {
            int one = first;
            boolean[] begun = new boolean[1];
            crossing.add(() -> database.write(handle -> {
                handle.execute("UPDATE job SET unknown = unknown + 1 WHERE job_id = ?", "j" + one);
                if (!begun[0]) {
                    begun[0] = true;
                    try {
                        bothHaveOne.await(10, TimeUnit.SECONDS);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }
                return handle.execute("UPDATE job SET unknown = unknown + 1 WHERE job_id = ?", "j" + (1 - one));
            }));
        }
        assertThat(together(crossing)).containsExactly(1, 1);
        assertThat(jobs.find(new JobKey("p", "j0")).orElseThrow().failures().unknown()).isEqualTo(2);
    }

    /** As by an operator's psql session, or by a search through too many jobs. */
    @Test
    void whatTakesTooLongIsTheBusinessOfItsCallerAndNobodyElseIsRefused() throws Exception {
        StoreSettings brisk = new StoreSettings(settings().url(), settings().user(), settings().password(), 6, Duration.ofSeconds(1));
        JobKey held = register("p", "held");
        JobKey free = register("q", "free");
        try (Database node = Database.open(brisk); Connection somebody = DriverManager.getConnection(brisk.url(), brisk.user(), brisk.password())) {
            JobStore store = new JobStore(node, events);
            somebody.setAutoCommit(false);
            try (Statement lock = somebody.createStatement()) {
                lock.execute("SELECT 1 FROM job WHERE job_id = 'held' FOR UPDATE");
            }
            assertThatThrownBy(() -> store.override(held, job -> JobChange.to(null))).isInstanceOf(StoreUnavailableException.class);
            assertThat(store.find(free)).as("right after, when nobody else has found that the store answers").isPresent();
            List<CompletableFuture<?>> late = List.of(CompletableFuture.runAsync(() -> store.override(held, job -> JobChange.to(null))),
                    CompletableFuture.runAsync(() -> node.read(handle -> handle.createQuery("SELECT 1 FROM pg_sleep(3600)").mapTo(Integer.class).one())));
            int calls = 0;
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
            for (; System.nanoTime() < end || late.stream().anyMatch(call -> !call.isDone()); calls++) {
                assertThat(store.find(free)).isPresent();
                store.claim("q", terms(1)).forEach(store::release);
            }
            assertThat(calls).isGreaterThan(10);
            late.forEach(call -> assertThatThrownBy(call::get).hasCauseInstanceOf(StoreUnavailableException.class).hasMessageContaining("did not do it in time"));
            somebody.rollback();
            assertThat(store.override(held, job -> JobChange.to(null))).isPresent();
        }
    }

    @Test
    void leasesAreRenewedThoughTheRowOfOneIsHeld() throws Exception {
        StoreSettings brisk = new StoreSettings(settings().url(), settings().user(), settings().password(), 6, Duration.ofSeconds(1));
        registerMany(120);
        try (Database node = Database.open(brisk); Connection somebody = DriverManager.getConnection(brisk.url(), brisk.user(), brisk.password())) {
            JobStore store = new JobStore(node, events);
            List<Job> claimed = new ArrayList<>(store.claim("p", terms(120)));
            claimed.sort(Comparator.comparingLong(Job::id));
            store.apply(claimed.get(3), JobChange.to(null), null);
            somebody.setAutoCommit(false);
            try (Statement lock = somebody.createStatement()) {
                lock.execute("SELECT 1 FROM job WHERE id = " + claimed.get(5).id() + " FOR UPDATE");
            }
            assertThat(store.renew(claimed, Duration.ofHours(2))).as("its outcome is written").containsExactly(claimed.get(3));
            assertThat(number(brisk, "SELECT COUNT(*) FROM job WHERE lease_until - next_poll_at > 3600000")).isEqualTo(118);
            somebody.rollback();
            assertThat(store.renew(claimed, Duration.ofHours(2))).containsExactly(claimed.get(3));
            assertThat(number(brisk, "SELECT COUNT(*) FROM job WHERE lease_until - next_poll_at > 3600000")).isEqualTo(119);
        }
    }

    /** A webhook names jobs of several providers; those were registered in another order than the providers' names are in. */
    @Test
    void webhooksAndAssetsOfManyJobsDoNotWaitForEachOther() throws Exception {
        StoreSettings settings = server.newDatabase();
        try (Database node = Database.open(settings)) {
            JobStore store = new JobStore(node, events);
            List<JobKey> keys = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                keys.add(new JobKey(List.of("c", "b", "a").get(i % 3), "j" + i));
                store.register(List.of(new NewJob(keys.get(i), Map.of(), HOUR, Duration.ZERO)));
            }
            List<NewAsset> assets = List.of("a", "b", "c").stream().flatMap(provider -> store.claim(provider, terms(20)).stream())
                    .map(job -> new NewAsset(job, new ArchivedAsset(0, "video", "k", 1, "ab", null, null, Map.of()))).toList();
            assertThat(assets).hasSize(20);
            Hooks hooks = new Hooks(node, store, new Hooks.Terms(Duration.ofMinutes(15), HOUR, 3));
            AtomicBoolean over = new AtomicBoolean();
            CompletableFuture<Void> saved = CompletableFuture.runAsync(() -> {
                for (int round = 0; round < 200; round++) {
                    assertThat(store.saveAssets(assets).lost()).isEmpty();
                }
            }).whenComplete((nothing, failure) -> over.set(true));
            for (int round = 0; !over.get(); round++) {
                String id = "hook-" + round + "-";
                hooks.receive(keys.stream().map(key -> new Hooks.Hook(key, id + key)).toList());
            }
            saved.get();
        }
        assertThat(deadlocks(settings)).isZero();
    }

    @Test
    void theSameJobsRegisteredInOtherOrdersOnTwoNodesDoNotWaitForEachOther() throws Exception {
        StoreSettings settings = server.newDatabase();
        try (Database one = Database.open(settings); Database two = Database.open(settings)) {
            for (int round = 0; round < 20; round++) {
                List<NewJob> forwards = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    forwards.add(new NewJob(new JobKey(i % 2 == 0 ? "b" : "a", round + "-" + (i * 7 % 50)), Map.of(), HOUR, Duration.ZERO));
                }
                List<NewJob> backwards = new ArrayList<>(forwards);
                Collections.reverse(backwards);
                CyclicBarrier both = new CyclicBarrier(2);
                Callable<List<JobStore.Registered>> here = () -> {
                    both.await(10, TimeUnit.SECONDS);
                    return new JobStore(one, events).register(forwards);
                };
                Callable<List<JobStore.Registered>> there = () -> {
                    both.await(10, TimeUnit.SECONDS);
                    return new JobStore(two, events).register(backwards);
                };
                List<List<JobStore.Registered>> answers = together(List.of(here, there));
                assertThat(answers.get(0)).extracting(JobStore.Registered::key).containsExactlyElementsOf(forwards.stream().map(NewJob::key).toList());
                assertThat(answers.get(1)).extracting(JobStore.Registered::key).containsExactlyElementsOf(backwards.stream().map(NewJob::key).toList());
                assertThat(answers.stream().flatMap(List::stream).filter(JobStore.Registered::created).map(JobStore.Registered::key))
                        .doesNotHaveDuplicates().hasSize(50);
            }
        }
        assertThat(deadlocks(settings)).isZero();
    }

    /** Sessions tell what they met when they end: those of the nodes have to be closed. */
    private static long deadlocks(StoreSettings settings) {
        await().until(() -> number(settings, "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'media-job-routes'") == 0);
        return number(settings, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
    }

    private static long number(StoreSettings settings, String sql) {
        try (Connection connection = DriverManager.getConnection(settings.url(), settings.user(), settings.password()); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void writesGoOnWhileEverySessionIsEndedAgainAndAgain() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> terminator = CompletableFuture.supplyAsync(() -> {
            int times = 0;
            for (; !over.get(); times++) {
                server.terminateSessions();
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
            return times;
        });
        JobStore patient = new JobStore(database, events, Duration.ofSeconds(30));
        for (int i = 0; i < 100; i++) {
            JobKey key = new JobKey("p", "j" + i);
            await().ignoreException(StoreUnavailableException.class).until(() -> !patient.register(List.of(new NewJob(key, Map.of(), HOUR, Duration.ZERO))).isEmpty());
            Job job = await().ignoreException(StoreUnavailableException.class).until(() -> patient.claim("p", terms(1)), claimed -> claimed.size() == 1).get(0);
            NewEvent event = events.ended(job, JobState.FAILED, new JobError("x", "m", null), null);
            patient.apply(job, JobChange.to(JobState.FAILED).polled().askNoMore().event(event), null);
        }
        over.set(true);
        System.out.println("every session ended " + terminator.get() + " times while 100 jobs went through");
        assertThat(outbox.list(0, 1000)).hasSize(100);
        assertThat(jobs.list(new JobFilter("failed", null, null, null, 1000))).hasSize(100).allMatch(job -> job.polls() == 1);
    }
}
