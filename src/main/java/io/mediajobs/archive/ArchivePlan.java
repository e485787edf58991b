package io.mediajobs.archive;

import io.mediajobs.job.Job;
import io.mediajobs.report.Report;
import io.mediajobs.report.ReportAsset;
import io.mediajobs.store.ArchivedAsset;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.Uploads;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which assets of a report are in S3 already, and which are to be fetched. */
public final class ArchivePlan {

    private static final Logger LOG = LoggerFactory.getLogger(ArchivePlan.class);

    private final JobStore jobs;
    private final Uploads uploads;
    private final AssetRecords records;

    public ArchivePlan(JobStore jobs, Uploads uploads, AssetRecords records) {
        this.jobs = jobs;
        this.uploads = uploads;
        this.records = records;
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
        Map<Integer, ArchivedAsset> saved = saved(job);
        List<PlannedAsset> missing = missing(saved, report);
        // nor does what is begun now meet what came in another order: one that comes home would pass for another that came home before
        List<Integer> forgotten = new ArrayList<>(namesakes(missing));
        // what an earlier answer had and this one has not is none of the job's assets
        List<ArchivedAsset> gone = saved.values().stream().filter(asset -> asset.position() >= report.assets().size()).toList();
        gone.forEach(asset -> forgotten.add(asset.position()));
        if (!forgotten.isEmpty()) {
            jobs.forgetAssets(job, forgotten);
            saved.keySet().removeAll(forgotten);
        }
        gone.forEach(asset -> LOG.warn("Job {} has no asset {} any more by its provider's answer. What was archived of it, {}, is left in S3 and is not in the manifest", job.key(),
                asset.position(), asset.key()));
        return new JobTransfers(missing, List.copyOf(saved.values()), uploads.begun(job));
    }

    private static List<Integer> namesakes(List<PlannedAsset> missing) {
        Map<Name, List<PlannedAsset>> byName = missing.stream().collect(Collectors.groupingBy(Name::of));
        return byName.values().stream().filter(alike -> alike.size() > 1).flatMap(List::stream).map(PlannedAsset::position).toList();
    }

    /** What an asset is known by from one of the provider's answers to the next. The query of its URL is none of it: it may be a signature, which changes and is a secret. */
    private record Name(String role, String url) {

        private static Name of(ReportAsset asset) {
            return new Name(asset.role(), asset.urlWithoutSecrets());
        }

        private static Name of(PlannedAsset planned) {
            return new Name(planned.asset().role(), planned.url());
        }

        /** Also by URL: a provider that gives its assets in another order next time would otherwise lose one and store another twice. */
        private boolean isOf(ArchivedAsset saved) {
            return saved != null && role.equals(saved.role()) && url.equals(saved.sourceUrl());
        }
    }

    /** Whether another of the transfers is begun: not after a failure. */
    public boolean goesOn(@Variable("transfers") JobTransfers transfers) {
        return transfers.isGoingOn();
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
        records.hurry();
        transfers.awaitRecords();
        if (transfers.failure() != null) {
            throw transfers.failure();
        }
    }

    /**
     * The assets that an earlier try of this attempt did not bring home, in the report's order. Where the URLs of several of one role differ in nothing
     * but their query, all of them, unless all are home: the provider may give them in another order each time, and which of them came is not known.
     *
     * @param report with the URLs to fetch
     * @throws AssetRefusedException if one of their URLs is not fetched, before anything is
     */
    public List<PlannedAsset> missing(Job job, Report report) {
        return missing(saved(job), report);
    }

    private static List<PlannedAsset> missing(Map<Integer, ArchivedAsset> saved, Report report) {
        List<String> stems = ArchiveKey.stems(report.assets());
        List<Name> names = report.assets().stream().map(Name::of).toList();
        Set<Name> incomplete = new HashSet<>();
        for (int position = 0; position < names.size(); position++) {
            if (!names.get(position).isOf(saved.get(position))) {
                incomplete.add(names.get(position));
            }
        }
        List<PlannedAsset> missing = new ArrayList<>();
        for (int position = 0; position < names.size(); position++) {
            ReportAsset asset = report.assets().get(position);
            if (incomplete.contains(names.get(position))) {
                requireUrl(position, asset);
                missing.add(new PlannedAsset(position, asset, stems.get(position), names.get(position).url()));
            }
        }
        return missing;
    }

    private static void requireUrl(int position, ReportAsset asset) {
        try {
            AssetUrl.parse(asset.url());
        } catch (AssetRefusedException e) {
            throw e.about("the URL of asset " + position + " (" + asset.role() + ")");
        }
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
            if (!Name.of(report.assets().get(position)).isOf(asset)) {
                throw new IllegalStateException("Asset " + position + " of job " + job.key() + " is not in S3, so there is no manifest yet.");
            }
            complete.add(asset);
        }
        return complete;
    }

    private Map<Integer, ArchivedAsset> saved(Job job) {
        Map<Integer, ArchivedAsset> saved = new LinkedHashMap<>();
        jobs.assets(job).forEach(asset -> saved.put(asset.position(), asset));
        return saved;
    }
}
