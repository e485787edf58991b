package io.mediajobs.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits to be written: whatever comes at the same time shares one commit. One thread writes, and whatever happens to it, nobody waits
 * for ever: it goes on after each failure, also where Java has no memory, and at the stop it tells all that still wait, and all that come.
 *
 * @param <T> what is written
 * @param <R> what becomes of it
 */
public final class WriteQueue<T, R> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WriteQueue.class);

    /** @param done ends when it is on disk, or could not be */
    public record Waiting<T, R>(T what, CompletableFuture<R> done) {
    }

    private final BlockingQueue<Waiting<T, R>> queue;
    private final int mostAtOnce;
    private final long pauseNanos;
    private final Consumer<List<Waiting<T, R>>> write;
    private final Thread writer;
    private boolean closed;
    private boolean hurried;

    /**
     * @param name        of the thread that writes
     * @param mostWaiting how many may wait
     * @param mostAtOnce  how many share a commit
     * @param pause       between the ends of two commits, unless as many wait as may share one, or somebody {@linkplain #hurry hurries}: what comes
     *                    meanwhile shares the next one. Zero for none
     * @param write       ends what it is given; what it has not ended when it throws ends with that failure
     */
    public WriteQueue(String name, int mostWaiting, int mostAtOnce, Duration pause, Consumer<List<Waiting<T, R>>> write) {
        this.queue = new LinkedBlockingQueue<>(mostWaiting);
        this.mostAtOnce = mostAtOnce;
        this.pauseNanos = pause.toNanos();
        this.write = write;
        this.writer = new Thread(this::run, name);
        writer.setDaemon(true);
        writer.start();
    }

    /** @return ends when it is on disk; fails because of the store, with a {@link StoreUnavailableException} at the stop or where too many wait */
    public CompletableFuture<R> add(T what) {
        Waiting<T, R> waiting = new Waiting<>(what, new CompletableFuture<>());
        String refusal = put(waiting);
        if (refusal != null) {
            waiting.done.completeExceptionally(new StoreUnavailableException(refusal, null));
        }
        return waiting.done;
    }

    /** @return why not; null if it is in the queue: then it is written, or told of the stop */
    private synchronized String put(Waiting<T, R> waiting) {
        if (closed) {
            return "The program stops";
        }
        if (!queue.offer(waiting)) {
            return "Too many wait for the job store";
        }
        if (queue.size() >= mostAtOnce) {
            notifyAll();
        }
        return null;
    }

    /** Somebody waits for what was added so far: it is written without a pause. */
    public synchronized void hurry() {
        hurried = true;
        notifyAll();
    }

    private synchronized void pause(long since) throws InterruptedException {
        long left = since + pauseNanos - System.nanoTime();
        while (left > 0 && !hurried && queue.size() < mostAtOnce) {
            // rounded up: zero milliseconds would be for ever
            wait(left / 1_000_000 + 1);
            left = since + pauseNanos - System.nanoTime();
        }
    }

    private synchronized void drainTo(List<Waiting<T, R>> together) {
        queue.drainTo(together, mostAtOnce - together.size());
        // else what somebody waits for is among what is left
        hurried = hurried && !queue.isEmpty();
    }

    private synchronized boolean isOpen() {
        return !closed;
    }

    private void run() {
        // as long as it will ever be: a list that grows could find no memory when what it is to hold has left the queue already
        List<Waiting<T, R>> together = new ArrayList<>(mostAtOnce);
        long written = System.nanoTime() - pauseNanos;
        try {
            while (isOpen()) {
                together.clear();
                try {
                    together.add(queue.take());
                    pause(written);
                    drainTo(together);
                    try {
                        write.accept(together);
                    } finally {
                        written = System.nanoTime();
                    }
                } catch (RuntimeException | Error e) {
                    failed(together, e);
                }
            }
        } catch (InterruptedException e) {
            // the stop
        } finally {
            refuse(together);
        }
    }

    private void failed(List<Waiting<T, R>> together, Throwable failure) {
        // whoever waits expects an exception, and tries again
        Exception told = failure instanceof RuntimeException known ? known : new IllegalStateException("It could not be written: " + failure, failure);
        together.forEach(each -> each.done.completeExceptionally(told));
        try {
            LOG.error("{} could not be written by the thread {}, which goes on; they are tried again. If Java has no memory left, raise -Xmx", together.size(),
                    Thread.currentThread().getName(), failure);
        } catch (Error e) {
            // to tell of it takes memory too, and to go on matters more
            together.clear();
        }
    }

    private synchronized void refuse(List<Waiting<T, R>> together) {
        closed = true;
        queue.drainTo(together);
        together.forEach(each -> each.done.completeExceptionally(new StoreUnavailableException("The program stops", null)));
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        writer.interrupt();
    }
}
