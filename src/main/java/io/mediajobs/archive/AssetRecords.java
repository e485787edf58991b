package io.mediajobs.archive;

import io.mediajobs.job.Job;
import io.mediajobs.store.ArchivedAsset;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.LeaseLostException;
import io.mediajobs.store.NewAsset;
import io.mediajobs.store.StoreUnavailableException;
import io.mediajobs.store.WriteQueue;
import io.mediajobs.store.WriteQueue.Waiting;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Writes down the assets that have come home. A commit waits for the disk: those that come home at the same time share one, and the places
 * of transfers do not wait with it.
 */
public final class AssetRecords implements AutoCloseable {

    private static final int MOST_AT_ONCE = 200;

    private final JobStore jobs;
    // what may wait is bounded by the jobs that are archived at the same time
    private final WriteQueue<NewAsset, Void> queue = new WriteQueue<>("asset-records", Integer.MAX_VALUE, MOST_AT_ONCE, this::write);

    public AssetRecords(JobStore jobs) {
        this.jobs = jobs;
    }

    /** @return ends when it is on disk; fails with {@link LeaseLostException} if somebody else has the job by now, or because of the store */
    CompletableFuture<Void> save(Job job, ArchivedAsset asset) {
        return queue.add(new NewAsset(job, asset));
    }

    private void write(List<Waiting<NewAsset, Void>> together) {
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

    private void save(List<Waiting<NewAsset, Void>> together) {
        List<NewAsset> lost = jobs.saveAssets(together.stream().map(Waiting::what).toList());
        for (Waiting<NewAsset, Void> each : together) {
            if (lost.contains(each.what())) {
                each.done().completeExceptionally(new LeaseLostException(each.what().leased().key()));
            } else {
                each.done().complete(null);
            }
        }
    }

    @Override
    public void close() {
        queue.close();
    }
}
