package io.mediajobs.store;

import io.mediajobs.report.Redaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * Events that wait for their destination. They are written with the outcome they tell of and leave at least once, in the order
 * of their subject: while one waits for its next attempt, later ones of the same subject wait too and others pass. One that its
 * destination will not have is parked: it waits for a person, and what comes after it, of its own subject too, goes on.
 */
public final class Outbox {

    private static final String COLUMNS = "id, event_id, type, subject, payload, created_at, attempts, refusals, published_at, parked_at, last_error";

    private final Database database;
    private final String skipLocked;

    public Outbox(Database database) {
        this.database = database;
        this.skipLocked = database.dialect().skipLocked();
    }

    /** Adds an event; one that is there already, by its id, stays as it is: the same fact has one event. */
    static void add(Dialect dialect, Handle handle, long now, NewEvent event) {
        dialect.lockEvents(handle);
        handle.createUpdate("INSERT INTO outbox (event_id, type, subject, payload, created_at, next_attempt_at)"
                        + " VALUES (:id, :type, :subject, :payload, :now, :now) ON CONFLICT (event_id) DO NOTHING")
                .bind("id", event.id()).bind("type", event.type()).bind("subject", event.subject())
                .bind("payload", event.payload()).bind("now", now).execute();
    }

    /**
     * Takes the events to deliver now, the longest due first; of each subject only the oldest one that is not delivered yet. What is
     * taken is nobody else's for a while, and goes back by {@link #published}, {@link #failed} or {@link #release}.
     *
     * @param limit   how many at the most
     * @param leftOut types of events that are not to be delivered now
     * @param hold    after which an event is due again whose taker is not heard of any more
     */
    public List<OutboxEvent> take(int limit, Collection<String> leftOut, Duration hold) {
        if (database.read(handle -> due(handle, 1, leftOut, "")).isEmpty()) {
            return List.of();
        }
        return database.write(handle -> {
            // if the answer to this commit gets lost, nobody delivers what it took until the hold is over; that is seldom enough
            List<Long> ids = due(handle, limit, leftOut, skipLocked);
            if (ids.isEmpty()) {
                return List.of();
            }
            Map<Long, OutboxEvent> taken = new HashMap<>();
            handle.createQuery("UPDATE outbox SET next_attempt_at = :until WHERE id IN (<ids>) RETURNING " + COLUMNS)
                    .bind("until", database.now(handle) + hold.toMillis()).bindList("ids", ids)
                    .map((rows, context) -> event(rows)).forEach(event -> taken.put(event.number(), event));
            return ids.stream().map(taken::get).toList();
        });
    }

    // in the order of the index on what is due: a long backlog is neither sorted nor read to its end
    private List<Long> due(Handle handle, int limit, Collection<String> leftOut, String lock) {
        Query query = handle.createQuery("SELECT id FROM outbox AS event WHERE next_attempt_at <= :now"
                        + (leftOut.isEmpty() ? "" : " AND type NOT IN (<leftOut>)")
                        + " AND NOT EXISTS (SELECT 1 FROM outbox AS earlier WHERE earlier.subject = event.subject"
                        + " AND earlier.next_attempt_at IS NOT NULL AND earlier.id < event.id) ORDER BY next_attempt_at, id LIMIT :limit" + lock)
                .bind("now", database.now(handle)).bind("limit", limit);
        if (!leftOut.isEmpty()) {
            query.bindList("leftOut", List.copyOf(leftOut));
        }
        return query.mapTo(Long.class).list();
    }

    /**
     * Gives back events that were taken and not tried. They are due, in the order they are given in, and before what was tried and failed
     * meanwhile: without an order of their own the oldest would be tried for ever while a destination is down.
     */
    public void release(List<OutboxEvent> taken) {
        if (taken.isEmpty()) {
            return;
        }
        database.write(handle -> {
            long at = database.now(handle) - taken.size();
            var batch = handle.prepareBatch("UPDATE outbox SET next_attempt_at = :at WHERE id = :id AND next_attempt_at IS NOT NULL");
            for (OutboxEvent event : taken) {
                batch.bind("at", at++).bind("id", event.number()).add();
            }
            return batch.execute();
        });
    }

    /**
     * Makes all events due that wait for their next attempt, if no other process can have taken one: at its start, what an earlier
     * process had taken is free again.
     */
    public void releaseAll() {
        if (database.dialect().hasSoleOwner()) {
            database.write(handle -> handle.createUpdate("UPDATE outbox SET next_attempt_at = :now WHERE next_attempt_at > :now")
                    .bind("now", database.now(handle)).execute());
        }
    }

    /** The destination took the event. */
    public void published(OutboxEvent event) {
        database.write(handle -> handle.createUpdate("UPDATE outbox SET published_at = :now, next_attempt_at = NULL, last_error = NULL,"
                        + " attempts = attempts + 1 WHERE id = :id")
                .bind("now", database.now(handle)).bind("id", event.number()).execute());
    }

    /**
     * The destination did not take the event; it is tried again after {@code delay}.
     *
     * @param error   why; kept without secrets
     * @param refusal whether it lies at the event: its destination takes others
     */
    public void failed(OutboxEvent event, String error, Duration delay, boolean refusal) {
        database.write(handle -> handle.createUpdate("UPDATE outbox SET attempts = attempts + 1, refusals = refusals + :refusals, last_error = :error,"
                        + " next_attempt_at = :at WHERE id = :id AND published_at IS NULL")
                .bind("error", Redaction.text(error)).bind("refusals", refusal ? 1 : 0).bind("at", database.now(handle) + delay.toMillis())
                .bind("id", event.number()).execute());
    }

    /**
     * The destination will not have this event: it is not tried again until somebody says {@link #republish}.
     *
     * @param error why; kept without secrets
     */
    public void park(OutboxEvent event, String error) {
        database.write(handle -> handle.createUpdate("UPDATE outbox SET attempts = attempts + 1, refusals = refusals + 1, last_error = :error,"
                        + " parked_at = :now, next_attempt_at = NULL WHERE id = :id AND published_at IS NULL")
                .bind("error", Redaction.text(error)).bind("now", database.now(handle)).bind("id", event.number()).execute());
    }

    /** Makes an event due, whether it was published, is parked or waits. @return false if there is no event of this id */
    public boolean republish(String eventId) {
        return database.write(handle -> handle.createUpdate("UPDATE outbox SET published_at = NULL, parked_at = NULL, refusals = 0,"
                        + " next_attempt_at = :now WHERE event_id = :id")
                .bind("now", database.now(handle)).bind("id", eventId).execute()) > 0;
    }

    /** Events after the position {@code after}, oldest first. Positions rise in the order in which events can be seen: none comes later below one that was seen. */
    public List<OutboxEvent> list(long after, int limit) {
        return list("id > :after", after, limit);
    }

    /** As {@link #list}, but only the parked ones. */
    public List<OutboxEvent> parked(long after, int limit) {
        return list("parked_at IS NOT NULL AND id > :after", after, limit);
    }

    private List<OutboxEvent> list(String where, long after, int limit) {
        return database.read(handle -> handle.createQuery("SELECT " + COLUMNS + " FROM outbox WHERE " + where + " ORDER BY id LIMIT :limit")
                .bind("after", after).bind("limit", limit)
                .map((rows, context) -> event(rows)).list());
    }

    /** How many events wait, since when the oldest does, and how many are parked. */
    public Backlog backlog() {
        return database.read(handle -> handle.createQuery("SELECT COUNT(*) AS waiting, MIN(created_at) AS oldest,"
                        + " (SELECT COUNT(*) FROM outbox WHERE parked_at IS NOT NULL) AS parked FROM outbox WHERE next_attempt_at IS NOT NULL")
                .map((rows, context) -> new Backlog(rows.getLong("waiting"), instant(rows, "oldest").orElse(null), rows.getLong("parked"))).one());
    }

    /**
     * @param oldest null if none waits
     * @param parked those that do not wait for a time but for a person; not among the waiting
     */
    public record Backlog(long waiting, Instant oldest, long parked) {
    }

    private static OutboxEvent event(ResultSet rows) throws SQLException {
        return new OutboxEvent(rows.getLong("id"), rows.getString("event_id"), rows.getString("type"), rows.getString("subject"),
                rows.getString("payload"), Instant.ofEpochMilli(rows.getLong("created_at")), rows.getInt("attempts"),
                rows.getInt("refusals"), instant(rows, "published_at").orElse(null), instant(rows, "parked_at").orElse(null), rows.getString("last_error"));
    }

    private static Optional<Instant> instant(ResultSet rows, String column) throws SQLException {
        long millis = rows.getLong(column);
        return rows.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }
}
