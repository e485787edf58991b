package io.mediajobs.archive;

import io.mediajobs.config.Settings;
import io.mediajobs.job.Job;
import io.mediajobs.store.ArchivedAsset;
import io.mediajobs.store.JobStore;
import java.time.Duration;

/** How long, how slow and how large a transfer may be: a host that gives a byte a second, or never ends, would hold a place for ever. */
public final class TransferLimits {

    private final JobStore jobs;
    final Duration deadline;
    final long minimumRate;
    final Duration rateOver;
    final long maxAssetBytes;
    final long maxJobBytes;

    /**
     * @param settings {@code archive.transfer-deadline}, {@code archive.minimum-rate}, {@code archive.minimum-rate-over},
     *                 {@code archive.max-asset-bytes} and {@code archive.max-job-bytes}
     */
    public TransferLimits(Settings settings, JobStore jobs) {
        this.jobs = jobs;
        this.deadline = settings.duration("archive.transfer-deadline");
        this.minimumRate = settings.bytes("archive.minimum-rate");
        this.rateOver = settings.duration("archive.minimum-rate-over");
        this.maxAssetBytes = settings.bytes("archive.max-asset-bytes");
        this.maxJobBytes = settings.bytes("archive.max-job-bytes");
    }

    /** The watch over a transfer that begins now. */
    TransferWatch watch(Job job, PlannedAsset planned) {
        long others = jobs.assets(job).stream().filter(asset -> asset.position() != planned.position()).mapToLong(ArchivedAsset::bytes).sum();
        return new TransferWatch(this, planned, maxJobBytes - others, System::nanoTime);
    }
}
