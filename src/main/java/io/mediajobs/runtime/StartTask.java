package io.mediajobs.runtime;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A part of the start that needs nothing of the others and is done at the same time: after a kill, work goes on sooner.
 *
 * @param <T> what it opens, closed with it; {@link Void} for a mere check
 */
final class StartTask<T> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StartTask.class);

    private final CompletableFuture<T> work;

    private StartTask(CompletableFuture<T> work) {
        this.work = work;
    }

    static <T> StartTask<T> begin(String name, Supplier<T> work) {
        return new StartTask<>(CompletableFuture.supplyAsync(work, run -> {
            Thread thread = new Thread(run, name);
            thread.setDaemon(true);
            thread.start();
        }));
    }

    /** Waits for the result; what the work threw is thrown here. */
    T result() {
        try {
            return work.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw (RuntimeException) e.getCause();
        }
    }

    /** Closes what was opened, as soon as it is: a start that has failed for another reason does not wait for that. */
    @Override
    public void close() {
        work.thenAccept(opened -> {
            try {
                if (opened instanceof AutoCloseable part) {
                    part.close();
                }
            } catch (Exception e) {
                LOG.warn("Could not be closed: {}", opened, e);
            }
        });
    }
}
