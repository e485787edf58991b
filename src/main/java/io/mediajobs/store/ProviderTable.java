package io.mediajobs.store;

import io.mediajobs.job.JobError;
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
     * @param failures  asks without a useful answer, in a row
     * @param unusable  answers that could not be used, in a row
     * @param incident  pauses so far
     * @param told      the reason that an event has told of, and not yet that it is over; null for none
     * @param toldIncident the incident that it was told of
     * @param notBefore no request before, whatever else: what a Retry-After says; 0 for none
     * @param nextTurn  microseconds: the first moment whose turn is not given out yet
     */
    private record Row(String pauseReason, Long pausedUntil, int failures, int unusable, int incident, String told, int toldIncident, long notBefore, long nextTurn) {

        Row paused(String reason, Long until) {
            return new Row(reason, until, failures, unusable, incident, told, toldIncident, notBefore, nextTurn);
        }

        Row counting(int unanswered, int odd) {
            return new Row(pauseReason, pausedUntil, unanswered, odd, incident, told, toldIncident, notBefore, nextTurn);
        }

        /** @param news whether an event tells of it */
        Row nextIncident(String reason, boolean news) {
            return new Row(pauseReason, pausedUntil, failures, unusable, incident + 1, news ? reason : told, news ? incident + 1 : toldIncident, notBefore, nextTurn);
        }

        /** Nothing is wrong, and nothing is left to be told. */
        Row fine() {
            return new Row(null, null, 0, 0, incident, null, 0, notBefore, nextTurn);
        }
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

    /**
     * One turn, however far ahead it is; empty while the provider is not to be asked. The provider is locked already.
     *
     * @param claimed the turn that came with the claim of what is asked for; null if nothing was claimed. The window of a probe is there for all
     *                its requests, also when one missed its turn
     */
    Optional<Turn> turn(Handle handle, long now, String provider, Pace pace, Turn claimed) {
        Row row = row(handle, provider);
        boolean byTheProbe = claimed != null && isProbed(row) && row.incident == claimed.incident();
        if (byTheProbe ? row.notBefore > now : isPaused(row, now)) {
            return Optional.empty();
        }
        if (pace.isFree()) {
            return Optional.of(new Turn(null, row.incident));
        }
        long first = firstTurn(row, now, pace);
        save(handle, now, provider, first + pace.spacingMicros(), null);
        return Optional.of(new Turns(1, first, pace.spacingMicros(), row.incident).get(0));
    }

    /** One that is over: whoever was admitted just now takes another by it. */
    Turn missedTurn(Handle handle, String provider) {
        return new Turn(Instant.EPOCH, row(handle, provider).incident);
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
        Set<String> one = Set.of(provider);
        // that one is fine again may mean that the account is
        Collection<String> concerned = signal.isOfTheAccount() || signal instanceof ProviderSignal.Fine ? ofTheAccount(provider) : one;
        // before events, behind which nothing is locked
        concerned.forEach(each -> lock(handle, now, each));
        (signal.isOfTheAccount() ? concerned : one).forEach(each -> applyTo(handle, now, each, signal));
    }

    /** In one order, so that two that are told of the account at the same time cannot wait for each other. */
    private Collection<String> ofTheAccount(String provider) {
        return new TreeSet<>(sameKey.apply(provider));
    }

    /** The provider is locked already, and for {@link ProviderSignal.Fine} all that are asked with its key. */
    private void applyTo(Handle handle, long now, String provider, ProviderSignal signal) {
        Row row = row(handle, provider);
        boolean byOperator = OPERATOR.equals(row.pauseReason);
        if (signal instanceof ProviderSignal.Fine) {
            boolean stillThrottled = THROTTLED.equals(row.pauseReason) && row.pausedUntil > now;
            if (byOperator || stillThrottled || isFine(row)) {
                return;
            }
            recovered(handle, now, provider, row);
            if (row.told != null && !row.told.equals(UNAVAILABLE)) {
                accountIsFine(handle, now, provider, row.told);
            }
        } else if (signal instanceof ProviderSignal.Throttled throttled) {
            long until = now + throttled.patience().toMillis();
            if (row.pauseReason == null || row.pauseReason.equals(THROTTLED)) {
                long longest = row.pausedUntil == null ? until : Math.max(until, row.pausedUntil);
                save(handle, now, provider, row.paused(THROTTLED, longest), null);
            }
            handle.createUpdate("UPDATE provider SET not_before = :until WHERE name = :name AND not_before < :until")
                    .bind("until", until).bind("name", provider).execute();
        } else if (signal instanceof ProviderSignal.Unavailable down) {
            int failures = row.failures + 1;
            boolean open = UNAVAILABLE.equals(row.pauseReason);
            boolean opens = !open && failures >= down.threshold() && (row.pauseReason == null || row.pauseReason.equals(THROTTLED));
            Row after = row.counting(failures, row.unusable);
            if (opens || open) {
                int doublings = Math.min(Math.max(failures - down.threshold(), 0), 20);
                after = after.paused(UNAVAILABLE, now + Math.min(down.pause().toMillis() << doublings, down.longest().toMillis()));
            } else if (isProbed(row)) {
                after = after.paused(row.pauseReason, now + down.pause().toMillis());
            }
            save(handle, now, provider, opens ? begins(handle, now, provider, after, UNAVAILABLE, down.error()) : after, down.error().message());
        } else if (signal instanceof ProviderSignal.Unusable odd) {
            Row after = row.counting(row.failures, row.unusable + 1);
            save(handle, now, provider, isProbed(row) ? after.paused(row.pauseReason, now + odd.pause().toMillis()) : after, odd.error().message());
        } else if (signal instanceof ProviderSignal.Refused refused) {
            if (byOperator) {
                return;
            }
            Row after = row.paused(refused.reason(), now + refused.pause().toMillis());
            boolean opens = !refused.reason().equals(row.pauseReason);
            save(handle, now, provider, opens ? begins(handle, now, provider, after, refused.reason(), refused.error()) : after, refused.error().message());
        }
    }

    /** Tells of it, unless it goes on from before an operator's resume. */
    private Row begins(Handle handle, long now, String provider, Row row, String reason, JobError error) {
        boolean news = !reason.equals(row.told);
        Row after = row.nextIncident(reason, news);
        if (news) {
            Outbox.add(dialect, handle, now, events.of(provider, reason, after.incident, error));
        }
        return after;
    }

    private void recovered(Handle handle, long now, String provider, Row row) {
        save(handle, now, provider, row.fine(), null);
        if (row.told != null) {
            Outbox.add(dialect, handle, now, events.of(provider, "recovered", row.toldIncident, null));
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

    /** What was claimed by {@code claimed} was given back: if it was to be a probe, the next one need not wait for the end of its window. */
    void giveBack(Handle handle, long now, String provider, Turn claimed) {
        if (claimed != null) {
            handle.createUpdate("UPDATE provider SET paused_until = :now WHERE name = :name AND incident = :incident AND paused_until > :now"
                            + " AND pause_reason NOT IN (:throttled, :operator)")
                    .bind("now", now).bind("name", provider).bind("incident", claimed.incident()).bind("throttled", THROTTLED).bind("operator", OPERATOR).execute();
        }
    }

    /**
     * A key that was refused and is taken again may be so for all that are asked with it. Each finds out by a probe of its own; those that have no
     * job to ask for are believed to be fine, since nothing would ever end their pause. They are locked already.
     */
    private void accountIsFine(Handle handle, long now, String provider, String reason) {
        for (String each : ofTheAccount(provider)) {
            Row row = row(handle, each);
            if (!reason.equals(row.pauseReason)) {
                continue;
            }
            if (handle.createQuery("SELECT 1 FROM job WHERE provider = :name AND next_poll_at IS NOT NULL LIMIT 1").bind("name", each).mapTo(Integer.class).findOne().isEmpty()) {
                recovered(handle, now, each, row);
            } else {
                handle.createUpdate("UPDATE provider SET paused_until = :now WHERE name = :name AND paused_until > :now").bind("name", each).bind("now", now).execute();
            }
        }
    }

    /** True while single probes go out, which {@link #admit} has given a window that their answer ends. */
    private static boolean isProbed(Row row) {
        return row.pauseReason != null && !row.pauseReason.equals(THROTTLED) && !row.pauseReason.equals(OPERATOR);
    }

    private static boolean isFine(Row row) {
        return row.failures == 0 && row.unusable == 0 && row.pauseReason == null && row.told == null;
    }

    /**
     * An operator pauses a provider until further notice, or ends any pause, also one that the provider has asked for. What an event has told of
     * stays told: that it is over is told when the provider answers.
     */
    void operator(Handle handle, long now, String provider, boolean pause) {
        lock(handle, now, provider);
        Row row = row(handle, provider);
        save(handle, now, provider, row.counting(0, 0).paused(pause ? OPERATOR : null, null), null);
        if (!pause) {
            handle.createUpdate("UPDATE provider SET not_before = 0 WHERE name = :name").bind("name", provider).execute();
        }
    }

    List<ProviderState> list(Handle handle) {
        return handle.createQuery("SELECT name, pause_reason, CASE WHEN paused_until < not_before THEN not_before ELSE paused_until END AS paused_until, failures + unusable AS failures, last_error"
                        + " FROM provider ORDER BY name")
                .map((rows, context) -> {
                    long until = rows.getLong("paused_until");
                    boolean none = rows.wasNull();
                    return new ProviderState(rows.getString("name"), rows.getString("pause_reason"),
                            none ? null : Instant.ofEpochMilli(until), rows.getInt("failures"), rows.getString("last_error"));
                }).list();
    }

    private static Row row(Handle handle, String provider) {
        Optional<Row> row = handle.createQuery("SELECT pause_reason, paused_until, failures, unusable, incident, told, told_incident, not_before, next_turn FROM provider WHERE name = :name")
                .bind("name", provider)
                .map((rows, context) -> {
                    long until = rows.getLong("paused_until");
                    Long pausedUntil = rows.wasNull() ? null : until;
                    return new Row(rows.getString("pause_reason"), pausedUntil, rows.getInt("failures"), rows.getInt("unusable"), rows.getInt("incident"),
                            rows.getString("told"), rows.getInt("told_incident"), rows.getLong("not_before"), rows.getLong("next_turn"));
                }).findOne();
        return row.orElse(new Row(null, null, 0, 0, 0, null, 0, 0, 0));
    }

    private static void save(Handle handle, long now, String provider, Row row, String error) {
        handle.createUpdate("INSERT INTO provider (name, pause_reason, paused_until, failures, unusable, incident, told, told_incident, last_error, updated_at)"
                        + " VALUES (:name, :reason, :until, :failures, :unusable, :incident, :told, :toldIncident, :error, :now)"
                        + " ON CONFLICT (name) DO UPDATE SET pause_reason = :reason, paused_until = :until, failures = :failures, unusable = :unusable,"
                        + " incident = :incident, told = :told, told_incident = :toldIncident, last_error = :error, updated_at = :now")
                .bind("name", provider).bind("reason", row.pauseReason).bind("until", row.pausedUntil).bind("failures", row.failures)
                .bind("unusable", row.unusable).bind("incident", row.incident).bind("told", row.told).bind("toldIncident", row.toldIncident)
                .bind("error", Redaction.text(error)).bind("now", now).execute();
    }
}
