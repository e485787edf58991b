package io.mediajobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.events.JobEvents;
import io.mediajobs.job.JobKey;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Claims and lists take as long with a million finished jobs as with none, and retention works them off. Prints what it measures. */
class MillionJobsIT {

    private static final int FINISHED = Integer.getInteger("million.jobs", 1_000_000);
    private static final JobStore.Terms TERMS = new JobStore.Terms(10, Duration.ofMinutes(1));

    @TempDir
    Path folder;

    @Test
    void embedded() {
        StoreSettings settings = StoreSettings.embedded(folder.resolve("jobs.db"));
        try (Database database = Database.open(settings)) {
            measure(database, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + FINISHED + ") ", "n", "EXPLAIN QUERY PLAN ");
        }
    }

    @Test
    void postgresql() {
        try (PostgresServer server = PostgresServer.start(folder); Database database = Database.open(unhurried(server.newDatabase()))) {
            measure(database, "", "generate_series(1, " + FINISHED + ") AS n(i)", "EXPLAIN ");
        }
    }

    private static StoreSettings unhurried(StoreSettings settings) {
        return new StoreSettings(settings.url(), settings.user(), settings.password(), settings.connections(), Duration.ofMinutes(5));
    }

    private void measure(Database database, String with, String numbers, String explain) {
        JobStore jobs = new JobStore(database, new JobEvents("/test", Clock.systemUTC()));
        JobCounts counts = new JobCounts(database);
        Outbox outbox = new Outbox(database);
        live(jobs, "before");
        long claimBefore = median(() -> jobs.claim("p3", TERMS));
        long listBefore = median(() -> jobs.list(new JobFilter(null, null, null, null, 50)));

        long begin = System.nanoTime();
        database.write(handle -> handle.execute("INSERT INTO job (provider, job_id, state, registered_at, deadline_at, updated_at, finished_at, polls) " + with
                + "SELECT 'p' || (i % 5), 'finished-' || i, CASE WHEN i % 100 = 0 THEN 'failed' ELSE 'archived' END, i, i, i, i, 3 FROM " + numbers));
        database.write(handle -> handle.execute("INSERT INTO timeline (job, at, what) SELECT id, updated_at, state FROM job WHERE state IN ('archived', 'failed')"));
        database.write(handle -> handle.execute("INSERT INTO outbox (event_id, type, subject, payload, created_at, published_at)"
                + " SELECT provider || '/' || job_id || '/1/x', 'x', provider || '/' || job_id, '{}', updated_at, updated_at FROM job WHERE state IN ('archived', 'failed')"));
        if (!database.dialect().hasSoleOwner()) {
            // what the server's own housekeeping does within a minute
            database.write(handle -> handle.execute("ANALYZE"));
        }
        System.out.printf("%s: %,d finished jobs made in %.1f s%n", explain.contains("QUERY") ? "SQLite" : "PostgreSQL", FINISHED, (System.nanoTime() - begin) / 1e9);
        live(jobs, "after");

        print("claim", claimBefore, median(() -> jobs.claim("p4", TERMS)));
        print("first page", listBefore, median(() -> jobs.list(new JobFilter(null, null, null, null, 50))));
        print("page in the middle", listBefore, median(() -> jobs.list(new JobFilter(null, null, null, FINISHED / 2L, 50))));
        print("page of a state", listBefore, median(() -> jobs.list(new JobFilter("failed", null, null, FINISHED / 2L, 50))));
        print("page of a state and provider", listBefore, median(() -> jobs.list(new JobFilter("failed", "p0", null, null, 50))));
        print("page of a state and provider that has none", listBefore, median(() -> jobs.list(new JobFilter("failed", "p1", null, null, 50))));
        long search = median(() -> jobs.list(new JobFilter(null, null, "no such id", null, 50)));
        System.out.printf("  search that finds nothing     %8.1f ms%n", search / 1e6);
        long counting = median(counts::byState);
        System.out.printf("  counts (in the background)    %8.1f ms%n", counting / 1e6);
        print("due", claimBefore, median(counts::dueNow));
        print("events to publish", claimBefore, median(() -> outbox.take(100, List.of(), Duration.ofSeconds(1))));
        print("backlog", claimBefore, median(outbox::backlog));
        assertThat(counting).as("counting").isLessThan(Duration.ofSeconds(2).toNanos());

        for (Map.Entry<String, String> query : Map.of(
                "SELECT id FROM job WHERE provider = 'p1' AND next_poll_at <= 5 AND lease_until IS NULL ORDER BY next_poll_at LIMIT 10", "job_due",
                "SELECT id FROM job WHERE provider = 'p1' AND next_poll_at <= 5 AND lease_until <= 5 ORDER BY lease_until LIMIT 10", "job_leased|job_due",
                "SELECT * FROM job WHERE state = 'failed' AND provider = 'p1' ORDER BY id DESC LIMIT 50", "job_state_provider",
                "SELECT COUNT(*) FROM job WHERE polling AND provider = 'p1' AND lease_until > 5", "job_leased",
                "SELECT id FROM job WHERE finished_at < 5 ORDER BY finished_at LIMIT 5", "job_finished").entrySet()) {
            String plan = String.join(" | ", database.read(handle -> handle.createQuery(explain + query.getKey()).mapToMap().list()).stream().map(Object::toString).toList());
            assertThat(plan).containsPattern(query.getValue());
        }

        Retention retention = new Retention(database, Duration.ofDays(1), 500);
        List<Long> batches = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            long start = System.nanoTime();
            assertThat(retention.removeBatch().events()).isEqualTo(500);
            batches.add(System.nanoTime() - start);
        }
        batches.sort(null);
        System.out.printf("  retention, 500 events and jobs: median %.1f ms, longest %.1f ms%n", batches.get(10) / 1e6, batches.get(19) / 1e6);
        assertThat(counts.byState().stream().mapToLong(JobCounts.Count::jobs).sum()).isEqualTo(FINISHED + 400 - 20 * 500);
    }

    private static void live(JobStore jobs, String prefix) {
        List<NewJob> due = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            due.add(new NewJob(new JobKey(prefix.equals("before") ? "p3" : "p4", prefix + i), Map.of(), Duration.ofHours(1), Duration.ZERO));
        }
        jobs.register(due);
    }

    private static long median(Supplier<?> work) {
        long[] times = new long[9];
        for (int i = 0; i < times.length; i++) {
            long begin = System.nanoTime();
            work.get();
            times[i] = System.nanoTime() - begin;
        }
        Arrays.sort(times);
        return times[times.length / 2];
    }

    private static void print(String what, long before, long after) {
        System.out.printf("  %-45s %6.2f ms (without them %.2f ms)%n", what, after / 1e6, before / 1e6);
        assertThat(after).as(what).isLessThan(Math.max(5 * before, Duration.ofMillis(25).toNanos()));
    }
}
