package io.mediajobs.archive;

import io.mediajobs.config.Settings;
import io.mediajobs.events.JobEvents;
import io.mediajobs.job.Failures;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobError;
import io.mediajobs.job.JobState;
import io.mediajobs.report.Redaction;
import io.mediajobs.report.Report;
import io.mediajobs.store.ArchivedAsset;
import io.mediajobs.store.JobChange;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.Uploads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Writes how an archiving ended: archived, given back to be asked for again, or blocked. Each is one transaction with its event, and
 * ends the lease.
 */
public final class ArchiveOutcome {

    /** Code of a failure that is neither the asset's host's nor S3's. */
    private static final String FAILED = "archive-failed";

    private static final Logger LOG = LoggerFactory.getLogger(ArchiveOutcome.class);

    private final JobStore jobs;
    private final JobEvents events;
    private final ArchivePlan plan;
    private final ArchiveKey keys;
    private final Uploads uploads;
    private final S3Outage outage;
    private final String bucket;
    private final int tries;
    private final int freshUrls;
    private final Duration freshUrlDelay;
    private final Duration firstDelay;
    private final Duration longestDelay;

    /**
     * @param settings {@code s3.bucket}, {@code archive.tries}, {@code archive.fresh-urls}, {@code archive.fresh-url-delay},
     *                 {@code archive.ask-again-after} and {@code archive.ask-again-at-most}
     */
    public ArchiveOutcome(Settings settings, JobStore jobs, JobEvents events, ArchivePlan plan, ArchiveKey keys, Uploads uploads, S3Outage outage) {
        this.uploads = uploads;
        this.outage = outage;
        this.jobs = jobs;
        this.events = events;
        this.plan = plan;
        this.keys = keys;
        this.bucket = settings.required("s3.bucket");
        this.tries = settings.number("archive.tries");
        this.freshUrls = settings.number("archive.fresh-urls");
        this.freshUrlDelay = settings.duration("archive.fresh-url-delay");
        this.firstDelay = settings.duration("archive.ask-again-after");
        this.longestDelay = settings.duration("archive.ask-again-at-most");
    }

    /**
     * The manifest is in S3: the job is archived.
     *
     * @throws io.mediajobs.store.LeaseLostException if somebody else has the job by now
     */
    public void archived(Job job, Report report) {
        outage.took(job.key());
        List<ArchivedAsset> assets = plan.complete(job, report);
        String manifest = keys.manifest(job);
        long bytes = assets.stream().mapToLong(ArchivedAsset::bytes).sum();
        jobs.apply(job, JobChange.to(JobState.ARCHIVED).askNoMore().clearError().failures(Failures.NONE).manifest(manifest)
                .note(JobState.ARCHIVED.word(), assets.size() + " assets, " + bytes + " bytes")
                .event(events.completed(job, report, bucket, manifest, assets, Manifest.archivedAt(assets).orElse(null))), null);
        LOG.info("Job {} is archived: {} assets, {} bytes, {}", job.key(), assets.size(), bytes, manifest);
    }

    /**
     * A signed URL has run out: the provider is asked at once for a fresh one, and with growing delays if that happens several times
     * in a row.
     *
     * @param missing the assets that were to be fetched when this try began
     */
    public void expired(Job job, Report report, List<PlannedAsset> missing, Exception failure) {
        int inARow = failuresInARow(job, report, missing);
        giveBack(job, report, inARow, error(failure), inARow <= freshUrls ? freshUrlDelay : delay(inARow - freshUrls));
    }

    /**
     * A try failed: the job is asked for again later, which brings fresh URLs, and goes on with what is missing; after too many tries
     * in a row it is blocked. A failure of S3 itself, and not of this job in S3, counts for nothing.
     *
     * @param missing the assets that were to be fetched when this try began; null if that could not be found out
     */
    public void failed(Job job, Report report, List<PlannedAsset> missing, Exception failure) {
        int inARow = failuresInARow(job, report, missing);
        ArchiveException known = archiveException(failure);
        if (known == null) {
            LOG.warn("Archiving job {} failed", job.key(), failure);
        }
        if (known instanceof S3UnavailableException || known instanceof S3DeniedException) {
            S3Outage.Verdict verdict = outage.failed(job.key());
            if (!verdict.againstTheJob()) {
                waitForS3(job, inARow - 1, error(failure), delay(verdict.inARow()));
                return;
            }
        }
        giveBack(job, report, inARow, error(failure), delay(inARow));
    }

    private void waitForS3(Job job, int inARow, JobError error, Duration delay) {
        jobs.apply(job, JobChange.to(null).askAgainIn(delay).failures(job.failures().ofArchive(inARow)).error(error).note("archive-waits", line(error)), null);
        LOG.warn("Job {} is not archived yet and is asked for again in {} s, which counts as no try, since S3 itself may be out of order: {}", job.key(),
                delay.toSeconds(), line(error));
    }

    /** No try will help before a person does something. */
    public void blocked(Job job, Report report, Exception failure) {
        block(job, report, job.failures().archive() + 1, error(failure));
    }

    private void giveBack(Job job, Report report, int inARow, JobError error, Duration delay) {
        if (inARow >= tries) {
            block(job, report, inARow, error);
            return;
        }
        jobs.apply(job, JobChange.to(null).askAgainIn(delay).failures(job.failures().ofArchive(inARow)).error(error).note("archive-failed", line(error)), null);
        LOG.warn("Job {} is not archived yet, try {} of {}, and is asked for again in {} s: {}", job.key(), inARow, tries, delay.toSeconds(), line(error));
    }

    private void block(Job job, Report report, int inARow, JobError error) {
        jobs.apply(job, JobChange.to(JobState.BLOCKED).askNoMore().failures(job.failures().ofArchive(inARow)).error(error).note(JobState.BLOCKED.word(), line(error))
                .event(events.ended(job, JobState.BLOCKED, error, report)), null);
        LOG.warn("Job {} is blocked and waits for a person: {}", job.key(), line(error));
    }

    // a try that brought a part of the assets home, or went on with an asset in parts, was not in vain: counting begins anew
    private int failuresInARow(Job job, Report report, List<PlannedAsset> missing) {
        boolean gotSome = missing != null && (plan.missing(job, report).size() < missing.size() || uploads.grew(job));
        return gotSome ? 1 : job.failures().archive() + 1;
    }

    private Duration delay(int inARow) {
        double doubled = firstDelay.toMillis() * Math.pow(2, Math.min(30, inARow - 1));
        double jittered = Math.min(doubled, longestDelay.toMillis()) * ThreadLocalRandom.current().nextDouble(0.8, 1.2);
        return Duration.ofMillis((long) jittered);
    }

    private static String line(JobError error) {
        return error.code() + ": " + error.message();
    }

    private static JobError error(Exception failure) {
        ArchiveException known = archiveException(failure);
        return Redaction.error(known != null ? known.error() : new JobError(FAILED, S3Failure.root(failure), true));
    }

    private static ArchiveException archiveException(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ArchiveException known) {
                return known;
            }
            if (cause instanceof SdkException s3) {
                return S3Failure.of("Writing the manifest", s3);
            }
        }
        return null;
    }
}
