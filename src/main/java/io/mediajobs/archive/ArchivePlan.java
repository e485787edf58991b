package io.mediajobs.archive;

import io.mediajobs.job.Job;
import io.mediajobs.report.Report;
import io.mediajobs.report.ReportAsset;
import io.mediajobs.store.ArchivedAsset;
import io.mediajobs.store.JobStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which assets of a report are in S3 already, and which are to be fetched. */
public final class ArchivePlan {

    private final JobStore jobs;

    public ArchivePlan(JobStore jobs) {
        this.jobs = jobs;
    }

    /**
     * What is to be fetched now. A job may have waited long for its turn: without its lease all work on it would be in
     * vain, and would keep those that wait behind it from theirs.
     *
     * @throws io.mediajobs.store.LeaseLostException if somebody else has the job by now
     * @throws AssetRefusedException                 if a URL is not fetched, before anything is
     */
    public JobTransfers begin(Job job, Report report) {
        jobs.requireLease(job);
        return new JobTransfers(missing(job, report), jobs.assets(job));
    }

    /** One of the transfers failed. */
    public void failed(JobTransfers transfers, Exception failure) {
        transfers.failed(failure);
    }

    /**
     * All transfers that were begun have ended. Waits until what came home is written down.
     *
     * @throws Exception why not all assets are home, if they are not
     */
    public void end(JobTransfers transfers) throws Exception {
        transfers.awaitRecords();
        if (transfers.failure() != null) {
            throw transfers.failure();
        }
    }

    /**
     * The assets that an earlier try of this attempt did not bring home, in the report's order.
     *
     * @param report with the URLs to fetch
     * @throws AssetRefusedException if one of their URLs is not fetched, before anything is
     */
    public List<PlannedAsset> missing(Job job, Report report) {
        Map<Integer, ArchivedAsset> saved = saved(job);
        List<String> stems = ArchiveKey.stems(report.assets());
        List<PlannedAsset> missing = new ArrayList<>();
        for (int position = 0; position < report.assets().size(); position++) {
            ReportAsset asset = report.assets().get(position);
            if (!isSame(saved.get(position), asset)) {
                AssetUrl.parse(asset.url());
                missing.add(new PlannedAsset(position, asset, stems.get(position)));
            }
        }
        return missing;
    }

    /**
     * The assets of the report as they are in S3, in its order.
     *
     * @throws IllegalStateException if one is not
     */
    public List<ArchivedAsset> complete(Job job, Report report) {
        Map<Integer, ArchivedAsset> saved = saved(job);
        List<ArchivedAsset> complete = new ArrayList<>();
        for (int position = 0; position < report.assets().size(); position++) {
            ArchivedAsset asset = saved.get(position);
            if (!isSame(asset, report.assets().get(position))) {
                throw new IllegalStateException("Asset " + position + " of job " + job.key() + " is not in S3, so there is no manifest yet.");
            }
            complete.add(asset);
        }
        return complete;
    }

    private Map<Integer, ArchivedAsset> saved(Job job) {
        Map<Integer, ArchivedAsset> saved = new HashMap<>();
        jobs.assets(job).forEach(asset -> saved.put(asset.position(), asset));
        return saved;
    }

    // Also by URL: a provider that gives its assets in another order next time would otherwise lose one and store another twice.
    private static boolean isSame(ArchivedAsset saved, ReportAsset asset) {
        return saved != null && saved.role().equals(asset.role()) && asset.urlWithoutSecrets().equals(saved.sourceUrl());
    }
}
