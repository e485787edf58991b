package io.mediajobs.runtime;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The threads that status calls run on. Their number is not limited here: what limits status calls is {@code atOnce} of each
 * provider and {@code poll.places-per-node}, so that a provider that hangs can never take the threads of another.
 */
final class PollWorkers implements AutoCloseable {

    private final ExecutorService executor;

    PollWorkers() {
        AtomicLong number = new AtomicLong();
        executor = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "poll-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    ExecutorService executor() {
        return executor;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
