package io.mediajobs.runtime;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The threads of one kind of work. They are platform threads also where Java has virtual ones: all work writes to the store, SQLite's driver is
 * native code, and a virtual thread that waits in it for the disk keeps one of as few carriers as there are processors. Two such waits would
 * stop everything on a machine with two. What there is to save is small: {@code poll.places-per-node} and {@code archive.at-once} limit their number.
 */
final class Workers implements AutoCloseable {

    private final ExecutorService executor;

    private Workers(ExecutorService executor) {
        this.executor = executor;
    }

    /**
     * For status calls. Their number is not limited here: what limits status calls is {@code atOnce} of each provider and
     * {@code poll.places-per-node}, so that a provider that hangs can never take the threads of another.
     */
    static Workers ofPolls() {
        return new Workers(Executors.newCachedThreadPool(named("poll-")));
    }

    /**
     * For transfers of assets. What waits for one waits in turn: Camel's parallel split puts its next part into the queue when it takes
     * one out, so each job has one there, and a job of a thousand assets holds up no other.
     *
     * @param atOnce as many as may be on their way at once
     */
    static Workers ofTransfers(int atOnce) {
        return new Workers(Executors.newFixedThreadPool(atOnce, named("transfer-")));
    }

    private static ThreadFactory named(String prefix) {
        AtomicLong number = new AtomicLong();
        return work -> {
            Thread thread = new Thread(work, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    ExecutorService executor() {
        return executor;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
