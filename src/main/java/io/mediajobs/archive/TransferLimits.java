package io.mediajobs.archive;

import io.mediajobs.config.Settings;
import java.time.Duration;

/** How long, how slow and how large a transfer may be: a host that gives a byte a second, or never ends, would hold a place for ever. */
public final class TransferLimits {

    final Duration deadline;
    final long minimumRate;
    final Duration rateOver;
    final long maxAssetBytes;
    final long maxJobBytes;

    /**
     * @param settings {@code archive.transfer-deadline}, {@code archive.minimum-rate}, {@code archive.minimum-rate-over},
     *                 {@code archive.max-asset-bytes} and {@code archive.max-job-bytes}
     */
    public TransferLimits(Settings settings) {
        this.deadline = settings.duration("archive.transfer-deadline");
        this.minimumRate = settings.bytes("archive.minimum-rate");
        this.rateOver = settings.duration("archive.minimum-rate-over");
        this.maxAssetBytes = settings.bytes("archive.max-asset-bytes");
        this.maxJobBytes = settings.bytes("archive.max-job-bytes");
    }

    /** The watch over a transfer that begins now. @param transfers it is one of */
    TransferWatch watch(PlannedAsset planned, JobTransfers transfers) {
        return new TransferWatch(this, planned, transfers, System::nanoTime);
    }
}
