package io.mediajobs.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Pauses, circuit and rate of each provider. They are rows and not objects of one process, so that a restart keeps them and all
 * nodes of a cluster share them.
 */
final class ProviderTable {

    static final String OPERATOR = "operator";
    static final String THROTTLED = "throttled";
    static final String UNAVAILABLE = "unavailable";

    private record Row(String pauseReason, Long pausedUntil, int failures, int incident, double rateUntil) {
    }

    private final ProviderEventFactory events;
    private final Dialect dialect;
    private final String lockRow;

    ProviderTable(ProviderEventFactory events, Dialect dialect) {
        this.events = events;
        this.dialect = dialect;
        this.lockRow = dialect.lockRow();
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
     * How many polls of {@code provider} may begin now; they are taken off its rate. The provider is locked already.
     *
     * @param wanted        as many as there are due and free places
     * @param perSecond     the provider's rate; infinite for none
     * @param probeWindow   how long one probe may take before another is sent
     */
    int admit(Handle handle, long now, String provider, int wanted, double perSecond, Duration probeWindow) {
        Row row = row(handle, provider);
        int allowed = wanted;
        if (row.pauseReason != null) {
            if (row.pausedUntil == null || row.pausedUntil > now) {
                return 0;
            }
            if (isProbed(row)) {
                allowed = Math.min(allowed, 1);
            }
        }
        double rateUntil = row.rateUntil;
        if (!Double.isInfinite(perSecond)) {
            // GCRA: each poll takes its share of time; what was not used is kept for half a second, about one tick of the timer
            double share = 1000 / perSecond;
            double start = Math.max(rateUntil, now - Math.max(share, 500));
            allowed = (int) Math.min(allowed, Math.floor((now - start) / share + 1e-9));
            rateUntil = start + Math.max(allowed, 0) * share;
        }
        if (allowed <= 0) {
            return 0;
        }
        boolean probe = isProbed(row);
        handle.createUpdate("INSERT INTO provider (name, rate_until, updated_at) VALUES (:name, :rate, :now)"
                        + " ON CONFLICT (name) DO UPDATE SET rate_until = :rate"
                        + (probe ? ", paused_until = :now + :window" : ""))
                .bind("name", provider).bind("rate", (long) Math.ceil(rateUntil)).bind("now", now)
                .bind("window", probeWindow.toMillis()).execute();
        return allowed;
    }

    void apply(Handle handle, long now, String provider, ProviderSignal signal) {
        if (signal instanceof ProviderSignal.Fine && isFine(row(handle, provider))) {
            // nearly always, and without the lock: outcomes of one provider must not queue for each other
            return;
        }
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
            }
        } else if (signal instanceof ProviderSignal.Throttled throttled) {
            long until = now + throttled.patience().toMillis();
            if (row.pauseReason == null || row.pauseReason.equals(THROTTLED)) {
                long longest = row.pausedUntil == null ? until : Math.max(until, row.pausedUntil);
                save(handle, now, provider, THROTTLED, longest, row.failures, row.incident, null);
            }
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

    /** True while single probes go out, which {@link #admit} has given a window that their answer ends. */
    private static boolean isProbed(Row row) {
        return row.pauseReason != null && !row.pauseReason.equals(THROTTLED) && !row.pauseReason.equals(OPERATOR);
    }

    private static boolean isFine(Row row) {
        return row.failures == 0 && row.pauseReason == null;
    }

    /** An operator pauses a provider until further notice, or ends any pause. */
    void operator(Handle handle, long now, String provider, boolean pause) {
        lock(handle, now, provider);
        Row row = row(handle, provider);
        save(handle, now, provider, pause ? OPERATOR : null, null, 0, row.incident, null);
    }

    List<ProviderState> list(Handle handle) {
        return handle.createQuery("SELECT name, pause_reason, paused_until, failures, last_error FROM provider ORDER BY name")
                .map((rows, context) -> {
                    long until = rows.getLong("paused_until");
                    boolean none = rows.wasNull();
                    return new ProviderState(rows.getString("name"), rows.getString("pause_reason"),
                            none ? null : Instant.ofEpochMilli(until), rows.getInt("failures"), rows.getString("last_error"));
                }).list();
    }

    private static Row row(Handle handle, String provider) {
        Optional<Row> row = handle.createQuery("SELECT pause_reason, paused_until, failures, incident, rate_until FROM provider WHERE name = :name")
                .bind("name", provider)
                .map((rows, context) -> {
                    long until = rows.getLong("paused_until");
                    Long pausedUntil = rows.wasNull() ? null : until;
                    return new Row(rows.getString("pause_reason"), pausedUntil, rows.getInt("failures"), rows.getInt("incident"),
                            rows.getLong("rate_until"));
                }).findOne();
        return row.orElse(new Row(null, null, 0, 0, 0));
    }

    private static void save(Handle handle, long now, String provider, String reason, Long until, int failures, int incident, String error) {
        handle.createUpdate("INSERT INTO provider (name, pause_reason, paused_until, failures, incident, last_error, updated_at)"
                        + " VALUES (:name, :reason, :until, :failures, :incident, :error, :now)"
                        + " ON CONFLICT (name) DO UPDATE SET pause_reason = :reason, paused_until = :until, failures = :failures,"
                        + " incident = :incident, last_error = :error, updated_at = :now")
                .bind("name", provider).bind("reason", reason).bind("until", until).bind("failures", failures)
                .bind("incident", incident).bind("error", error).bind("now", now).execute();
    }
}
