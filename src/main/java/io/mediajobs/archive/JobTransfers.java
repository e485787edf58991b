package io.mediajobs.archive;

import io.mediajobs.store.ArchivedAsset;
import io.mediajobs.store.LeaseLostException;
import io.mediajobs.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The transfers of one try to archive a job: several of its assets are on their way at once. After the first failure no other is begun;
 * those that are on their way come to their end.
 */
public final class JobTransfers {

    private final List<PlannedAsset> missing;
    private final Map<Integer, Long> bytes = new HashMap<>();
    private final List<CompletableFuture<Void>> written = new ArrayList<>();
    /** Positions of assets that an upload in parts may have been begun for. */
    private final Set<Integer> begun;
    private long together;
    private Exception failure;

    /**
     * @param missing that are to be fetched
     * @param home    the job's others, which are in S3 already
     * @param begun   positions of those that an earlier try has begun to send in parts
     */
    JobTransfers(List<PlannedAsset> missing, List<ArchivedAsset> home, Collection<Integer> begun) {
        this.missing = List.copyOf(missing);
        this.begun = new HashSet<>(begun);
        missing.forEach(planned -> bytes.put(planned.position(), 0L));
        together = home.stream().filter(asset -> !bytes.containsKey(asset.position())).mapToLong(ArchivedAsset::bytes).sum();
    }

    /** The assets that are to be fetched, in the report's order. */
    public List<PlannedAsset> getMissing() {
        return missing;
    }

    /** False after a failure. */
    public synchronized boolean isGoingOn() {
        return failure == null;
    }

    /** Whether the store may know of a beginning: one that an earlier try of the job has left, or an earlier transfer of this one. */
    synchronized boolean mayHaveBegun(PlannedAsset planned) {
        return !begun.add(planned.position());
    }

    /** One did not come home. */
    synchronized void failed(Exception why) {
        if (failure == null || rank(why) < rank(failure)) {
            failure = why;
        }
    }

    /** One is in S3 and is written down while others are on their way. @param record ends when that is done */
    synchronized void recording(CompletableFuture<Void> record) {
        written.add(record.exceptionally(why -> {
            Throwable cause = why instanceof CompletionException ? why.getCause() : why;
            failed(cause instanceof Exception known ? known : new IllegalStateException("It could not be written down: " + cause, cause));
            return null;
        }));
    }

    /** Waits until all that came home are written down, or could not be. */
    void awaitRecords() {
        CompletableFuture<?>[] all;
        synchronized (this) {
            all = written.toArray(CompletableFuture[]::new);
        }
        CompletableFuture.allOf(all).join();
    }

    /** Of several the one that decides most: whoever lost the job has no say in it, and what only a person can mend is not tried again. */
    synchronized Exception failure() {
        return failure;
    }

    private static int rank(Exception failure) {
        if (failure instanceof LeaseLostException || failure instanceof StoreUnavailableException) {
            return 0;
        }
        return failure instanceof AssetRefusedException ? 1 : 2;
    }

    /**
     * @param size bytes that the asset is known to have by now, at least
     * @return bytes that all assets of the job have together by now, at least
     */
    synchronized long together(PlannedAsset planned, long size) {
        Long before = bytes.put(planned.position(), size);
        together += size - (before == null ? 0 : before);
        return together;
    }
}
