package io.mediajobs.runtime;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The threads that assets are transferred on, as many as may be on their way at once. What waits for one waits in turn: Camel's parallel
 * split puts its next part into the queue when it takes one out, so each job has one there, and a job of a thousand assets holds up no other.
 */
final class TransferPlaces implements AutoCloseable {

    private final ExecutorService executor;

    TransferPlaces(int atOnce) {
        AtomicLong number = new AtomicLong();
        executor = Executors.newFixedThreadPool(atOnce, work -> {
            Thread thread = new Thread(work, "transfer-" + number.incrementAndGet());
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
