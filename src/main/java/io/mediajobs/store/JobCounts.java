package io.mediajobs.store;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How many jobs there are of each kind, for the page and the metrics. */
public final class JobCounts {

    private final Database database;

    public JobCounts(Database database) {
        this.database = database;
    }

    /**
     * How many jobs of a provider are in a state.
     */
    public record Count(String provider, String state, long jobs) {
    }

    /** By provider and state. It reads an index from end to end: ask in the background, not for each scrape. */
    public List<Count> byState() {
        // grouped in the order of the index job_state_provider
        return database.read(handle -> handle.createQuery("SELECT provider, state, jobs FROM (SELECT state, provider, COUNT(*) AS jobs FROM job"
                        + " GROUP BY state, provider) AS counted ORDER BY provider, state")
                .map((rows, context) -> new Count(rows.getString("provider"), rows.getString("state"), rows.getLong("jobs"))).list());
    }

    /** How many jobs do not get on, by provider; those that have none are left out. */
    public Map<String, Long> stalled() {
        return database.read(handle -> handle.createQuery("SELECT provider, COUNT(*) AS jobs FROM job WHERE stalled_since IS NOT NULL GROUP BY provider ORDER BY provider")
                .reduceRows(new TreeMap<String, Long>(), (all, row) -> {
                    all.put(row.getColumn("provider", String.class), row.getColumn("jobs", Long.class));
                    return all;
                }));
    }

    /** How many jobs are due now and are in nobody's hands, those of paused providers included. */
    public long dueNow() {
        return database.read(handle -> handle.createQuery("SELECT COUNT(*) FROM job WHERE next_poll_at <= :now"
                        + " AND (lease_until IS NULL OR lease_until <= :now)")
                .bind("now", database.now(handle)).mapTo(Long.class).one());
    }
}
