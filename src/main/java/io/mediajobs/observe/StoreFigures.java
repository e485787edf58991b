package io.mediajobs.observe;

import io.mediajobs.store.JobCounts;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.Outbox;
import io.mediajobs.store.ProviderState;
import io.mediajobs.store.StoreUnavailableException;
import io.mediajobs.store.UsualDuration;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store's figures, counted in the background: a scrape or a page never waits for a count over a million rows. The next count
 * begins after twenty times the time the last one took, so counting takes at most a twentieth of one core, and not before five
 * seconds are over.
 */
public final class StoreFigures implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StoreFigures.class);
    private static final Duration SHORTEST = Duration.ofSeconds(5);

    /**
     * @param at        when they were counted; null before the first count
     * @param up        whether the store answered the last time
     * @param providers pauses
     * @param backlog   waiting events
     * @param due       jobs that should have been asked for by now and wait for a free place
     * @param stalled   jobs that do not get on, by provider
     * @param usual     how long jobs take, as far as it was learned
     */
    public record Figures(Instant at, boolean up, List<JobCounts.Count> counts, List<ProviderState> providers, Outbox.Backlog backlog, long due,
                          Map<String, Long> stalled, List<UsualDuration> usual) {
    }

    private final JobStore jobs;
    private final JobCounts counts;
    private final Outbox outbox;
    private final long shortest;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "store-figures");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Consumer<Figures>> listeners = new CopyOnWriteArrayList<>();
    private volatile Figures latest = new Figures(null, true, List.of(), List.of(), new Outbox.Backlog(0, null, 0), 0, Map.of(), List.of());

    public StoreFigures(JobStore jobs, JobCounts counts, Outbox outbox) {
        this(jobs, counts, outbox, SHORTEST);
    }

    /** @param shortest time between two counts; longer where a count takes long */
    public StoreFigures(JobStore jobs, JobCounts counts, Outbox outbox, Duration shortest) {
        this.jobs = jobs;
        this.counts = counts;
        this.outbox = outbox;
        this.shortest = shortest.toMillis();
    }

    /** Counts once, and goes on in the background. */
    public StoreFigures start() {
        count();
        return this;
    }

    /** @param listener hears of every count from now on, and of the last one at once */
    void onChange(Consumer<Figures> listener) {
        listeners.add(listener);
        listener.accept(latest);
    }

    /** The last count. */
    public Figures now() {
        return latest;
    }

    private void count() {
        long begin = System.nanoTime();
        try {
            latest = new Figures(Instant.now(), true, counts.byState(), jobs.providers(), outbox.backlog(), counts.dueNow(), counts.stalled(), jobs.usualDurations());
            listeners.forEach(listener -> listener.accept(latest));
        } catch (RuntimeException e) {
            if (latest.up() && !executor.isShutdown() && !(e instanceof StoreUnavailableException)) {
                LOG.warn("The job store does not answer; its figures are as of {}: {}", latest.at(), e.getMessage());
            }
            old();
        } catch (Error e) {
            LOG.error("The job store could not be counted; its figures are as of {}, and it is tried again. If Java has no memory left, raise -Xmx", latest.at(), e);
            old();
        } finally {
            // also after what nobody foresaw: figures that stay as they are look like a store that is fine
            long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            if (!executor.isShutdown()) {
                executor.schedule(this::count, Math.max(shortest, 20 * took), TimeUnit.MILLISECONDS);
            }
        }
    }

    private void old() {
        latest = new Figures(latest.at(), false, latest.counts(), latest.providers(), latest.backlog(), latest.due(), latest.stalled(), latest.usual());
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
