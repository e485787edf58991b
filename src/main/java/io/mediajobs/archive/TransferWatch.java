package io.mediajobs.archive;

import java.util.function.LongSupplier;

/** Watches one try to transfer an asset, across all connections that it takes. */
final class TransferWatch {

    private final TransferLimits limits;
    private final PlannedAsset planned;
    private final JobTransfers transfers;
    private final LongSupplier nanos;
    private final long startedAt;
    private long waited;
    private long came;

    /** @param transfers it is one of */
    TransferWatch(TransferLimits limits, PlannedAsset planned, JobTransfers transfers, LongSupplier nanos) {
        this.limits = limits;
        this.planned = planned;
        this.transfers = transfers;
        this.nanos = nanos;
        this.startedAt = nanos.getAsLong();
    }

    long nanos() {
        return nanos.getAsLong();
    }

    /** @throws AssetTooSlowException if the try has taken too long */
    void time() {
        if (nanos.getAsLong() - startedAt > limits.deadline.toNanos()) {
            throw new AssetTooSlowException(AssetTooSlowException.DEADLINE,
                    "The transfer of " + planned + " was stopped after " + limits.deadline.toSeconds() + " s (archive.transfer-deadline).");
        }
    }

    /**
     * Bytes came from the host.
     *
     * @param since when waiting for them began; only this counts, since a host is not slow while S3 is
     * @throws AssetTooSlowException if there are too few of them
     */
    void read(long since, int bytes) {
        waited += nanos.getAsLong() - since;
        came += bytes;
        if (waited >= limits.rateOver.toNanos()) {
            if (came * 1e9 < (double) limits.minimumRate * waited) {
                throw new AssetTooSlowException(AssetTooSlowException.TOO_SLOW, "The host of " + planned + " gave " + came + " bytes in "
                        + limits.rateOver.toSeconds() + " s, less than archive.minimum-rate asks for.");
            }
            waited = 0;
            came = 0;
        }
        time();
    }

    /**
     * @param bytes that the asset has at least; negative if nobody knows yet
     * @throws AssetRefusedException if that is more than may be archived
     */
    void size(long bytes) {
        if (bytes > limits.maxAssetBytes) {
            throw new AssetRefusedException(AssetRefusedException.TOO_LARGE, planned + " has " + bytes + " bytes or more, and " + limits.maxAssetBytes
                    + " are allowed (archive.max-asset-bytes).");
        }
        if (transfers.together(planned, Math.max(0, bytes)) > limits.maxJobBytes) {
            throw new AssetRefusedException(AssetRefusedException.JOB_TOO_LARGE, "With " + planned + " the job's assets have more than " + limits.maxJobBytes
                    + " bytes together (archive.max-job-bytes).");
        }
    }
}
