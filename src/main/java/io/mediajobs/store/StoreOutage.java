package io.mediajobs.store;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Whether the store is away at present. Its begin and its end are logged once each, however many meet it; and while it is away, one
 * caller a second tries and all others are told at once, so that nobody waits in a queue for a connection that will not come.
 */
final class StoreOutage {

    private static final Logger LOG = LoggerFactory.getLogger(StoreOutage.class);
    private static final long BETWEEN_TRIES = TimeUnit.SECONDS.toNanos(1);

    private static final long BETWEEN_TELLING = TimeUnit.MINUTES.toNanos(1);

    private final AtomicLong lateToldAt = new AtomicLong();
    private volatile StoreUnavailableException reason;
    private boolean writesOnly;
    private long since;
    private long nextTry;

    /**
     * @return true if the store is known to be away and the caller is the one that tries
     * @throws StoreUnavailableException if the store is known to be away and somebody else has just tried
     */
    boolean enter(boolean write) {
        return reason != null && enterWhileAway(write);
    }

    private synchronized boolean enterWhileAway(boolean write) {
        if (reason == null || (writesOnly && !write)) {
            return false;
        }
        long now = System.nanoTime();
        if (now - nextTry < 0) {
            throw new StoreUnavailableException(reason.getMessage(), reason);
        }
        nextTry = now + BETWEEN_TRIES;
        return true;
    }

    /** A transaction was done. */
    void answered(boolean write) {
        if (reason != null) {
            end(write);
        }
    }

    private synchronized void end(boolean write) {
        if (reason == null || (writesOnly && !write)) {
            return;
        }
        reason = null;
        LOG.info("The job store {} again, after {} s", writesOnly ? "takes writes" : "answers",
                Duration.ofNanos(System.nanoTime() - since).toMillis() / 1000.0);
    }

    /** A transaction failed for good. @return what to throw */
    synchronized StoreUnavailableException failed(Trouble trouble, Throwable cause) {
        boolean noWrites = trouble == Trouble.NO_WRITES;
        String sentence = "The job store " + (noWrites ? "takes no writes: " : "does not answer: ") + rootMessage(cause);
        StoreUnavailableException failure = new StoreUnavailableException(sentence, cause);
        long now = System.nanoTime();
        nextTry = now + BETWEEN_TRIES;
        if (reason == null) {
            since = now;
            writesOnly = noWrites;
            reason = failure;
            LOG.warn("{}. Nothing is lost: work waits, and goes on when it does", sentence);
        }
        return failure;
    }

    /** A call took longer than it may, which is no outage: nobody else is refused. @return what to throw */
    StatementTimeoutException late(Throwable cause) {
        StatementTimeoutException failure = new StatementTimeoutException("The job store did not do it in time: " + rootMessage(cause), cause);
        long now = System.nanoTime();
        long last = lateToldAt.get();
        // a row that is held for an hour is met again and again
        boolean tell = (last == 0 || now - last > BETWEEN_TELLING) && lateToldAt.compareAndSet(last, now);
        LOG.atLevel(tell ? Level.WARN : Level.DEBUG).log("{}. Somebody holds what it waits for, or there is too much to search. Nothing is lost: what has to be done is tried again",
                failure.getMessage());
        return failure;
    }

    boolean isOn() {
        return reason != null;
    }

    static String rootMessage(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).strip().replaceAll("\\s+", " ");
    }
}
