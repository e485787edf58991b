package io.mediajobs.store;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database's clock, which decides leases, due times and deadlines, and what becomes of them when somebody sets it. Each reading is
 * compared with the time that has really passed since the one before; where they differ by more than a minute, everything that is
 * planned moves along: an hour forward ends no lease and no job, an hour back keeps nobody waiting.
 *
 * <p>Of several nodes, one moves the plans. To a node that stood still with its whole machine, and whose own clock does not count that
 * time, what passed for the others looks like a jump as well: the pulse that the nodes leave in the store tells it that there was none.
 */
final class StoreClock {

    private static final Logger LOG = LoggerFactory.getLogger(StoreClock.class);

    private static final long JUMP = Duration.ofMinutes(1).toMillis();
    /** A reading that took longer says too little of when it was made. */
    private static final long LONGEST_READING = Duration.ofSeconds(5).toNanos();
    private static final long PULSE = Duration.ofSeconds(5).toMillis();
    private static final List<String> PLANS = List.of(
            // in the order in which everybody else locks jobs
            "job SET next_poll_at = next_poll_at + :by, deadline_at = deadline_at + :by, lease_until = lease_until + :by, progress_at = progress_at + :by"
                    + " WHERE id IN (SELECT id FROM job WHERE next_poll_at IS NOT NULL OR lease_until IS NOT NULL ORDER BY id<lock>)",
            "outbox SET next_attempt_at = next_attempt_at + :by WHERE next_attempt_at IS NOT NULL",
            "provider SET paused_until = paused_until + :by, not_before = not_before + :by, next_turn = next_turn + 1000 * :by",
            "list_round SET lease_until = lease_until + :by, began_at = began_at + :by, discovered_at = discovered_at + :by, rests_until = rests_until + :by");

    private final Dialect dialect;
    private final LongSupplier nanos;
    /** Who has this waits for a connection and for rows: it is not asked for within a transaction, which holds just those. */
    private final Object following = new Object();
    /** Guarded by this clock's monitor, which is held for no longer than it takes to look at this. */
    private Reading last;
    private volatile long pulseAt;

    /** @param nanos counts the time that passes, as {@link System#nanoTime} */
    StoreClock(Dialect dialect, LongSupplier nanos) {
        this.dialect = dialect;
        this.nanos = nanos;
        this.pulseAt = nanos.getAsLong();
    }

    record Reading(long millis, long nanos) {

        /** By how much the clock was set in between; zero for what may be the drift of two clocks. */
        static long jump(Reading from, Reading to) {
            long by = to.millis - from.millis - TimeUnit.NANOSECONDS.toMillis(to.nanos - from.nanos);
            return Math.abs(by) < JUMP ? 0 : by;
        }
    }

    /** The clock was set. The transaction is undone by this, and run again once {@link #follow} has moved all plans. */
    static final class WasSetException extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final transient Reading before;

        private WasSetException(Reading before) {
            super("The job store's clock was set");
            this.before = before;
        }
    }

    /**
     * @return milliseconds since 1970
     * @throws WasSetException if the clock was set since the last reading
     */
    long read(Handle handle) {
        long begin = nanos.getAsLong();
        Reading reading = reading(handle);
        if (reading.nanos - begin > LONGEST_READING) {
            return reading.millis;
        }
        synchronized (this) {
            if (last != null && reading.nanos - last.nanos < 0) {
                return reading.millis;
            }
            if (last != null && Reading.jump(last, reading) != 0) {
                throw new WasSetException(last);
            }
            last = reading;
        }
        return reading.millis;
    }

    private Reading reading(Handle handle) {
        long millis = handle.createQuery("SELECT " + dialect.clock()).mapTo(Long.class).one();
        return new Reading(millis, nanos.getAsLong());
    }

    /**
     * Moves all plans by as much as the clock was set, unless another thread or node has done so.
     *
     * @param set         what the transaction was undone by, which is over
     * @param transaction runs what it is given in a transaction that writes
     */
    void follow(WasSetException set, Function<Function<Handle, Reading>, Reading> transaction) {
        synchronized (following) {
            if (last() == set.before) {
                Reading reading = transaction.apply(this::move);
                synchronized (this) {
                    last = reading;
                }
            }
        }
    }

    private synchronized Reading last() {
        return last;
    }

    private Reading move(Handle handle) {
        Optional<Long> pulse = handle.createQuery("SELECT at FROM pulse WHERE id = 1" + dialect.lockRow()).mapTo(Long.class).findOne();
        Reading reading = reading(handle);
        long by = Reading.jump(last(), reading);
        boolean seenByOthers = !dialect.hasSoleOwner() && pulse.isPresent() && Math.abs(reading.millis - pulse.get()) < Math.abs(by) - 2 * PULSE;
        if (by != 0 && !seenByOthers) {
            for (String plan : PLANS) {
                handle.createUpdate("UPDATE " + plan).define("lock", dialect.lockRow()).bind("by", by).execute();
            }
            handle.createUpdate("INSERT INTO pulse (id, at) VALUES (1, :now) ON CONFLICT (id) DO UPDATE SET at = :now").bind("now", reading.millis).execute();
            LOG.warn("The clock of the job store was set {} by {} s. Leases, deadlines and all that is planned move along.", by > 0 ? "forward" : "back",
                    Math.abs(by) / 1000);
        }
        return reading;
    }

    /** Whether it is time for a pulse: never where nobody shares the store. */
    boolean isPulseDue() {
        return !dialect.hasSoleOwner() && nanos.getAsLong() - pulseAt > TimeUnit.MILLISECONDS.toNanos(PULSE);
    }

    /** Leaves a pulse, unless another node just has. */
    void pulse(Handle handle) {
        pulseAt = nanos.getAsLong();
        handle.createUpdate("INSERT INTO pulse (id, at) VALUES (1, :now) ON CONFLICT (id) DO UPDATE SET at = :now WHERE pulse.at < :now - :age")
                .bind("now", read(handle)).bind("age", PULSE).execute();
    }
}
