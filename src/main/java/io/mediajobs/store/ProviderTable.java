package io.mediajobs.store;

import io.mediajobs.job.Turn;
import io.mediajobs.report.Redaction;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * Pauses, circuit and rate of each provider. They are rows and not objects of one process, so that a restart keeps them and all
 * nodes of a cluster share them.
 */
final class ProviderTable {

    static final String OPERATOR = "operator";
    static final String THROTTLED = "throttled";
    static final String UNAVAILABLE = "unavailable";

    /** A turn that lies further ahead than this, and than {@link #FARTHEST_TURNS} turns, was given out by a clock that has been set back since. */
    private static final long FARTHEST_MICROS = 60_000_000;
    private static final int FARTHEST_TURNS = 100;

    /**
     * @param notBefore no request before, whatever else: what a Retry-After says; 0 for none
     * @param nextTurn  microseconds: the first moment whose turn is not given out yet
     */
    private record Row(String pauseReason, Long pausedUntil, int failures, int incident, long notBefore, long nextTurn) {
    }

    /**
     * Turns that were given out together.
     *
     * @param first   microseconds; null where no rate has to be kept
     * @param spacing microseconds
     */
    record Turns(int count, Long first, long spacing, int incident) {

        static final Turns NONE = new Turns(0, null, 0, 0);

        Turn get(int number) {
            long micros = first == null ? 0 : first + number * spacing;
            return new Turn(first == null ? null : Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1_000), incident);
        }
    }

    private final ProviderEventFactory events;
    private final Dialect dialect;
    private final String lockRow;
    private volatile Function<String, Collection<String>> sameKey = Set::of;

    ProviderTable(ProviderEventFactory events, Dialect dialect) {
        this.events = events;
        this.dialect = dialect;
        this.lockRow = dialect.lockRow();
    }

    /** @param sameKey the names of all providers that are asked with the same key as the one of this name, itself included */
    void sameKey(Function<String, Collection<String>> sameKey) {
        this.sameKey = sameKey;
    }

    /** Until the end of this transaction nobody else claims from the provider or changes how it stands, on any node. */
    void lock(Handle handle, long now, String provider) {
        if (!lockRow.isEmpty() && locked(handle, provider).isEmpty()) {
            handle.createUpdate("INSERT INTO provider (name, updated_at) VALUES (:name, :now) ON CONFLICT (name) DO NOTHING")
                    .bind("name", provider).bind("now", now).execute();
            locked(handle, provider);
        }
    }

    private Optional<String> locked(Handle handle, String provider) {
        return handle.createQuery("SELECT name FROM provider WHERE name = :name" + lockRow).bind("name", provider).mapTo(String.class).findOne();
    }

    /**
     * Gives out turns for polls that begin now; what is not used is lost, so that nothing can be saved up for a burst. The provider is
     * locked already.
     *
     * @param wanted        as many as there are due and free places
     * @param polling       polls that are under way
     * @param probeWindow   how long one probe may take before another is sent
     */
    Turns admit(Handle handle, long now, String provider, int wanted, int polling, Pace pace, Duration probeWindow) {
        Row row = row(handle, provider);
        boolean probe = isProbed(row);
        if (isPaused(row, now) || probe && polling > 0) {
            return Turns.NONE;
        }
        long first = firstTurn(row, now, pace);
        long last = (now + pace.lead().plus(pace.ahead()).toMillis()) * 1000;
        long allowed = Math.min(probe ? 1 : wanted, pace.isFree() ? wanted : first > last ? 0 : 1 + (last - first) / pace.spacingMicros());
        if (allowed <= 0) {
            return Turns.NONE;
        }
        save(handle, now, provider, pace.isFree() ? row.nextTurn : first + allowed * pace.spacingMicros(), probe ? now + probeWindow.toMillis() : null);
        return new Turns((int) allowed, pace.isFree() ? null : first, pace.spacingMicros(), row.incident);
    }

    private static long firstTurn(Row row, long now, Pace pace) {
        long earliest = (now + pace.lead().toMillis()) * 1000;
        boolean setBack = row.nextTurn > earliest + FARTHEST_MICROS + FARTHEST_TURNS * pace.spacingMicros();
        // what was given out before the clock was set back may still be under way
        return setBack ? earliest + pace.ahead().toNanos() / 1000 + pace.spacingMicros() : Math.max(row.nextTurn, earliest);
    }

    private static void save(Handle handle, long now, String provider, long nextTurn, Long probedUntil) {
        handle.createUpdate("INSERT INTO provider (name, next_turn, updated_at) VALUES (:name, :turn, :now)"
                        + " ON CONFLICT (name) DO UPDATE SET next_turn = :turn" + (probedUntil == null ? "" : ", paused_until = :probed"))
                .bind("name", provider).bind("turn", nextTurn).bind("now", now).bind("probed", probedUntil).execute();
    }

    /** One turn, however far ahead it is; empty while the provider is not to be asked. The provider is locked already. */
    Optional<Turn> turn(Handle handle, long now, String provider, Pace pace) {
        Row row = row(handle, provider);
        if (isPaused(row, now)) {
            return Optional.empty();
        }
        if (pace.isFree()) {
            return Optional.of(new Turn(null, row.incident));
        }
        long first = firstTurn(row, now, pace);
        save(handle, now, provider, first + pace.spacingMicros(), null);
        return Optional.of(new Turns(1, first, pace.spacingMicros(), row.incident).get(0));
    }

    boolean stands(Handle handle, long now, String provider, Turn turn) {
        Row row = row(handle, provider);
        boolean pausedSince = isProbed(row) && row.incident != turn.incident();
        return row.notBefore <= now && !OPERATOR.equals(row.pauseReason) && !pausedSince;
    }

    /** Whether nothing at all may be asked for now, not even as a probe. */
    boolean isPaused(Handle handle, long now, String provider) {
        Row row = row(handle, provider);
        return isPaused(row, now);
    }

    private static boolean isPaused(Row row, long now) {
        return row.notBefore > now || row.pauseReason != null && (row.pausedUntil == null || row.pausedUntil > now);
    }

    void apply(Handle handle, long now, String provider, ProviderSignal signal) {
        if (signal instanceof ProviderSignal.Fine && isFine(row(handle, provider))) {
            // nearly always, and without the lock: outcomes of one provider must not queue for each other
            return;
        }
        if (signal.isOfTheAccount()) {
            // in one order, so that two that are told so at the same time cannot wait for each other
            for (String each : new TreeSet<>(sameKey.apply(provider))) {
                applyTo(handle, now, each, signal);
            }
        } else {
            applyTo(handle, now, provider, signal);
        }
    }

    private void applyTo(Handle handle, long now, String provider, ProviderSignal signal) {
        lock(handle, now, provider);
        Row row = row(handle, provider);
        boolean byOperator = OPERATOR.equals(row.pauseReason);
        if (signal instanceof ProviderSignal.Fine) {
            boolean stillThrottled = THROTTLED.equals(row.pauseReason) && row.pausedUntil > now;
            if (byOperator || stillThrottled || isFine(row)) {
                return;
            }
            save(handle, now, provider, null, null, 0, row.incident, null);
            if (row.pauseReason != null && !row.pauseReason.equals(THROTTLED)) {
                Outbox.add(dialect, handle, now, events.of(provider, "recovered", row.incident, null));
                probeNow(handle, now, provider, row.pauseReason);
            }
        } else if (signal instanceof ProviderSignal.Throttled throttled) {
            long until = now + throttled.patience().toMillis();
            if (row.pauseReason == null || row.pauseReason.equals(THROTTLED)) {
                long longest = row.pausedUntil == null ? until : Math.max(until, row.pausedUntil);
                save(handle, now, provider, THROTTLED, longest, row.failures, row.incident, null);
            }
            handle.createUpdate("UPDATE provider SET not_before = :until WHERE name = :name AND not_before < :until")
                    .bind("until", until).bind("name", provider).execute();
        } else if (signal instanceof ProviderSignal.Unavailable down) {
            int failures = row.failures + 1;
            boolean open = UNAVAILABLE.equals(row.pauseReason);
            boolean opens = !open && failures >= down.threshold() && (row.pauseReason == null || row.pauseReason.equals(THROTTLED));
            String reason = opens ? UNAVAILABLE : row.pauseReason;
            Long until = row.pausedUntil;
            if (opens || open) {
                int doublings = Math.min(Math.max(failures - down.threshold(), 0), 20);
                until = now + Math.min(down.pause().toMillis() << doublings, down.longest().toMillis());
            } else if (isProbed(row)) {
                until = now + down.pause().toMillis();
            }
            save(handle, now, provider, reason, until, failures, row.incident + (opens ? 1 : 0), down.error().message());
            if (opens) {
                Outbox.add(dialect, handle, now, events.of(provider, UNAVAILABLE, row.incident + 1, down.error()));
            }
        } else if (signal instanceof ProviderSignal.Unusable odd) {
            Long until = isProbed(row) ? Long.valueOf(now + odd.pause().toMillis()) : row.pausedUntil;
            save(handle, now, provider, row.pauseReason, until, row.failures + 1, row.incident, odd.error().message());
        } else if (signal instanceof ProviderSignal.Refused refused) {
            if (byOperator) {
                return;
            }
            boolean opens = !refused.reason().equals(row.pauseReason);
            save(handle, now, provider, refused.reason(), now + refused.pause().toMillis(), row.failures,
                    row.incident + (opens ? 1 : 0), refused.error().message());
            if (opens) {
                Outbox.add(dialect, handle, now, events.of(provider, refused.reason(), row.incident + 1, refused.error()));
            }
        }
    }

    /**
     * A new start: providers that are tried by single probes are tried now and not when their pause is over. A probe of before has nobody
     * left to hear its answer, and a restart is how a new key is taken. At the worst one probe goes out early.
     */
    void probeNow(Handle handle, long now) {
        handle.createUpdate("UPDATE provider SET paused_until = :now WHERE paused_until > :now AND pause_reason NOT IN (:throttled, :operator)")
                .bind("now", now).bind("throttled", THROTTLED).bind("operator", OPERATOR).execute();
    }

    /** A key that was refused and is taken again may be so for all that are asked with it: each finds out by a probe of its own. */
    private void probeNow(Handle handle, long now, String provider, String reason) {
        if (!reason.equals(UNAVAILABLE)) {
            handle.createUpdate("UPDATE provider SET paused_until = :now WHERE name IN (<names>) AND pause_reason = :reason AND paused_until > :now")
                    .bindList("names", sameKey.apply(provider)).bind("reason", reason).bind("now", now).execute();
        }
    }

    /** True while single probes go out, which {@link #admit} has given a window that their answer ends. */
    private static boolean isProbed(Row row) {
        return row.pauseReason != null && !row.pauseReason.equals(THROTTLED) && !row.pauseReason.equals(OPERATOR);
    }

    private static boolean isFine(Row row) {
        return row.failures == 0 && row.pauseReason == null;
    }

    /** An operator pauses a provider until further notice, or ends any pause, also one that the provider has asked for. */
    void operator(Handle handle, long now, String provider, boolean pause) {
        lock(handle, now, provider);
        Row row = row(handle, provider);
        save(handle, now, provider, pause ? OPERATOR : null, null, 0, row.incident, null);
        if (!pause) {
            handle.createUpdate("UPDATE provider SET not_before = 0 WHERE name = :name").bind("name", provider).execute();
        }
    }

    List<ProviderState> list(Handle handle) {
        return handle.createQuery("SELECT name, pause_reason, CASE WHEN paused_until < not_before THEN not_before ELSE paused_until END AS paused_until, failures, last_error"
                        + " FROM provider ORDER BY name")
                .map((rows, context) -> {
                    long until = rows.getLong("paused_until");
                    boolean none = rows.wasNull();
                    return new ProviderState(rows.getString("name"), rows.getString("pause_reason"),
                            none ? null : Instant.ofEpochMilli(until), rows.getInt("failures"), rows.getString("last_error"));
                }).list();
    }

    private static Row row(Handle handle, String provider) {
        Optional<Row> row = handle.createQuery("SELECT pause_reason, paused_until, failures, incident, not_before, next_turn FROM provider WHERE name = :name")
                .bind("name", provider)
                .map((rows, context) -> {
                    long until = rows.getLong("paused_until");
                    Long pausedUntil = rows.wasNull() ? null : until;
                    return new Row(rows.getString("pause_reason"), pausedUntil, rows.getInt("failures"), rows.getInt("incident"),
                            rows.getLong("not_before"), rows.getLong("next_turn"));
                }).findOne();
        return row.orElse(new Row(null, null, 0, 0, 0, 0));
    }

    private static void save(Handle handle, long now, String provider, String reason, Long until, int failures, int incident, String error) {
        handle.createUpdate("INSERT INTO provider (name, pause_reason, paused_until, failures, incident, last_error, updated_at)"
                        + " VALUES (:name, :reason, :until, :failures, :incident, :error, :now)"
                        + " ON CONFLICT (name) DO UPDATE SET pause_reason = :reason, paused_until = :until, failures = :failures,"
                        + " incident = :incident, last_error = :error, updated_at = :now")
                .bind("name", provider).bind("reason", reason).bind("until", until).bind("failures", failures)
                .bind("incident", incident).bind("error", Redaction.text(error)).bind("now", now).execute();
    }
}
