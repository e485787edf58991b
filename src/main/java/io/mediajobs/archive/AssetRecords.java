package io.mediajobs.archive;

import io.mediajobs.job.Job;
import io.mediajobs.store.ArchivedAsset;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.LeaseLostException;
import io.mediajobs.store.NewAsset;
import io.mediajobs.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Writes down the assets that have come home. A commit waits for the disk: those that come home at the same time share one, and the places
 * of transfers do not wait with it.
 */
public final class AssetRecords implements AutoCloseable {

    private static final int MOST_AT_ONCE = 200;

    private record Waiting(NewAsset asset, CompletableFuture<Void> written) {
    }

    private final JobStore jobs;
    private final BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
    private final Thread writer = new Thread(this::write, "asset-records");

    public AssetRecords(JobStore jobs) {
        this.jobs = jobs;
        writer.setDaemon(true);
        writer.start();
    }

    /** @return ends when it is on disk; fails with {@link LeaseLostException} if somebody else has the job by now, or because of the store */
    CompletableFuture<Void> save(Job job, ArchivedAsset asset) {
        Waiting waiting = new Waiting(new NewAsset(job, asset), new CompletableFuture<>());
        queue.add(waiting);
        if (!writer.isAlive()) {
            refuse(waiting);
        }
        return waiting.written;
    }

    private void write() {
        List<Waiting> together = new ArrayList<>();
        try {
            while (true) {
                together.add(queue.take());
                queue.drainTo(together, MOST_AT_ONCE - 1);
                write(together);
                together.clear();
            }
        } catch (InterruptedException e) {
            together.forEach(AssetRecords::refuse);
            queue.forEach(AssetRecords::refuse);
        }
    }

    private void write(List<Waiting> together) {
        try {
            save(together);
        } catch (RuntimeException e) {
            if (together.size() == 1 || e instanceof StoreUnavailableException) {
                // whoever waits for it says so
                together.forEach(each -> each.written.completeExceptionally(e));
                return;
            }
            // one that the store does not take takes no other with it
            int half = together.size() / 2;
            write(together.subList(0, half));
            write(together.subList(half, together.size()));
        }
    }

    private void save(List<Waiting> together) {
        List<NewAsset> lost = jobs.saveAssets(together.stream().map(Waiting::asset).toList());
        for (Waiting each : together) {
            if (lost.contains(each.asset)) {
                each.written.completeExceptionally(new LeaseLostException(each.asset.leased().key()));
            } else {
                each.written.complete(null);
            }
        }
    }

    private static void refuse(Waiting waiting) {
        waiting.written.completeExceptionally(new StoreUnavailableException("The program stops", null));
    }

    @Override
    public void close() {
        writer.interrupt();
    }
}
