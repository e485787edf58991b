package io.mediajobs.archive;

import io.mediajobs.job.Job;
import io.mediajobs.store.ArchivedAsset;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.LeaseLostException;
import io.mediajobs.store.NewAsset;
import io.mediajobs.store.StoreUnavailableException;
import io.mediajobs.store.WriteQueue;
import io.mediajobs.store.WriteQueue.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down the assets that have come home. A commit waits for the disk: those that come home at the same time share one, and the places
 * of transfers do not wait with it.
 */
public final class AssetRecords implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AssetRecords.class);
    private static final int MOST_AT_ONCE = 200;
    private static final long BETWEEN_TRIES_MILLIS = 100;
    /** Small assets come home by the hundred in a second. What a kill takes with it is fetched again; by this pause it is no more than this long brings. */
    private static final Duration BETWEEN_COMMITS = Duration.ofMillis(50);

    /**
     * @param since   when it came home, in nanoseconds
     * @param written ends when it is on disk, or could not be
     */
    private record Home(NewAsset asset, long since, CompletableFuture<Void> written) {
    }

    private final JobStore jobs;
    // what may wait is bounded by the jobs that are archived at the same time
    private final WriteQueue<Home, Void> queue = new WriteQueue<>("asset-records", Integer.MAX_VALUE, MOST_AT_ONCE, BETWEEN_COMMITS, this::write);

    public AssetRecords(JobStore jobs) {
        this.jobs = jobs;
    }

    /** @return ends when it is on disk; fails with {@link LeaseLostException} if somebody else has the job by now, or because of the store */
    CompletableFuture<Void> save(Job job, ArchivedAsset asset) {
        Home home = new Home(new NewAsset(job, asset), System.nanoTime(), new CompletableFuture<>());
        offer(home);
        return home.written;
    }

    /** A job waits for its assets to be written down. */
    void hurry() {
        queue.hurry();
    }

    private void offer(Home home) {
        queue.add(home).whenComplete((nothing, failure) -> {
            if (failure != null) {
                home.written.completeExceptionally(failure);
            }
        });
    }

    private void write(List<Waiting<Home, Void>> together) {
        try {
            save(together);
        } catch (RuntimeException e) {
            if (together.size() == 1 || e instanceof StoreUnavailableException) {
                // whoever waits for it says so
                together.forEach(each -> each.done().completeExceptionally(e));
                return;
            }
            // one that the store does not take takes no other with it
            int half = together.size() / 2;
            write(together.subList(0, half));
            write(together.subList(half, together.size()));
        }
    }

    private void save(List<Waiting<Home, Void>> together) {
        JobStore.Saved saved = jobs.saveAssets(together.stream().map(each -> each.what().asset).toList());
        List<Home> heldUp = new ArrayList<>();
        for (Waiting<Home, Void> each : together) {
            Home home = each.what();
            if (saved.lost().contains(home.asset)) {
                home.written.completeExceptionally(new LeaseLostException(home.asset.leased().key()));
            } else if (saved.heldUp().contains(home.asset)) {
                heldUp.add(home);
            } else {
                home.written.complete(null);
            }
            each.done().complete(null);
        }
        if (!heldUp.isEmpty()) {
            CompletableFuture.delayedExecutor(BETWEEN_TRIES_MILLIS, TimeUnit.MILLISECONDS).execute(() -> heldUp.forEach(this::offerAgain));
        }
    }

    /** Somebody else has the row of its job: it is offered for as long as an outcome would be, and the others do not wait with it. */
    private void offerAgain(Home home) {
        if (System.nanoTime() - home.since < jobs.patience().toNanos()) {
            offer(home);
            return;
        }
        String sentence = "An asset of " + home.asset.leased().key() + " could not be written down: somebody else holds the job's row in the store";
        LOG.warn("{}. The job is worked on again when its lease has run out", sentence);
        home.written.completeExceptionally(new StoreUnavailableException(sentence, null));
    }

    @Override
    public void close() {
        queue.close();
    }
}
