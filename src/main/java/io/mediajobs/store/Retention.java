package io.mediajobs.store;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what has been finished for long enough, in batches that are small enough to hold up nobody. First published events, by
 * when they were published, then finished jobs, by when they ended, that have no event left: the id of an event stays taken
 * for as long as its job is known, so that a job that is registered again can tell its own end.
 */
public final class Retention {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    private static final List<String> FOR_EVER = List.of("never", "0");

    /** What one batch removed. */
    public record Removed(int events, int jobs) {
    }

    private final Database database;
    private final Duration keep;
    private final int batch;
    private final String skipLocked;

    /** @param settings {@code retention.finished}, a duration, or 0 or {@code never}; {@code retention.batch} */
    public Retention(Database database, Settings settings) {
        this(database, FOR_EVER.contains(settings.text("retention.finished")) ? Duration.ZERO : settings.duration("retention.finished"),
                settings.number("retention.batch"));
    }

    /**
     * @param keep  how long what is finished is kept; zero for ever
     * @param batch events and jobs removed at once, at least 1
     */
    Retention(Database database, Duration keep, int batch) {
        if (batch < 1) {
            throw new ConfigurationException("The setting retention.batch is wrong: " + batch + " is less than 1.");
        }
        this.database = database;
        this.keep = keep;
        this.batch = batch;
        this.skipLocked = database.dialect().skipLocked();
    }

    /** Removes one batch, if there is something to remove and the store answers. */
    public Removed removeBatch() {
        if (keep.isZero()) {
            return new Removed(0, 0);
        }
        try {
            Removed removed = isAny() ? database.write(this::remove) : new Removed(0, 0);
            LOG.debug("Removed {} events and {} jobs", removed.events, removed.jobs);
            return removed;
        } catch (StoreUnavailableException e) {
            LOG.debug("Nothing is removed while the job store is away", e);
            return new Removed(0, 0);
        }
    }

    private boolean isAny() {
        return database.read(handle -> handle.createQuery("SELECT EXISTS (" + events("") + ") OR EXISTS (" + jobs("") + ")")
                .bind("before", before(handle)).bind("batch", 1).mapTo(Boolean.class).one());
    }

    private Removed remove(Handle handle) {
        long before = before(handle);
        int events = handle.createUpdate("DELETE FROM outbox WHERE id IN (" + events(skipLocked) + ")").bind("before", before).bind("batch", batch).execute();
        List<Long> jobs = handle.createQuery(jobs(skipLocked)).bind("before", before).bind("batch", batch).mapTo(Long.class).list();
        if (!jobs.isEmpty()) {
            handle.createUpdate("DELETE FROM job WHERE id IN (<ids>)").bindList("ids", jobs).execute();
        }
        return new Removed(events, jobs.size());
    }

    private long before(Handle handle) {
        return database.now(handle) - keep.toMillis();
    }

    private static String events(String lock) {
        return "SELECT id FROM outbox WHERE published_at < :before ORDER BY published_at LIMIT :batch" + lock;
    }

    private static String jobs(String lock) {
        return "SELECT id FROM job WHERE finished_at < :before"
                + " AND NOT EXISTS (SELECT 1 FROM outbox WHERE subject = job.provider || '/' || job.job_id) ORDER BY finished_at LIMIT :batch" + lock;
    }
}
