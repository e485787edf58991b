package io.mediajobs.archive;

import io.mediajobs.config.Settings;
import io.mediajobs.events.JobEvents;
import io.mediajobs.observe.Metrics;
import io.mediajobs.observe.StoreFigures;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.poll.AssetTerms;
import io.mediajobs.poll.Leases;
import io.mediajobs.report.Report;
import io.mediajobs.report.ReportAsset;
import io.mediajobs.report.Status;
import io.mediajobs.store.Database;
import io.mediajobs.store.JobChange;
import io.mediajobs.store.JobCounts;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.NewJob;
import io.mediajobs.store.Outbox;
import io.mediajobs.store.Uploads;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import org.apache.camel.CamelContext;
import org.apache.camel.component.seda.SedaComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;

/** The shipped archive routes with a real job store, for tests. */
final class ArchiveParts implements AutoCloseable {

    static final String BUCKET = "archive";

    final Settings settings;
    final Database database;
    final JobStore jobs;
    final Outbox outbox;
    final S3Client s3;
    final ArchiveKey keys;
    final S3Client s3Repeating;
    final AssetDownload download;
    final Uploads uploads;
    final UnfinishedUploads unfinished;
    final MultipartUpload upload;
    final CamelContext camel = new DefaultCamelContext();
    private final Leases leases;
    private final ThreadPoolExecutor places;
    final AssetRecords records;

    ArchiveParts(Path folder, String endpoint, String accessKey, String secretKey, Map<String, String> more) throws Exception {
        this(folder, endpoint, accessKey, secretKey, more, SystemDefaultDnsResolver.INSTANCE);
    }

    /** @param names looks up the hosts of assets */
    ArchiveParts(Path folder, String endpoint, String accessKey, String secretKey, Map<String, String> more, DnsResolver names) throws Exception {
        Map<String, String> overrides = new HashMap<>(Map.of("s3.bucket", BUCKET, "s3.endpoint", endpoint, "s3.path-style", "true",
                "s3.access-key", accessKey, "s3.secret-key", secretKey,
                "archive.asset-retry-delay", "20ms", "archive.idle-timeout", "5s", "archive.fresh-url-delay", "50ms"));
        overrides.putAll(Map.of("archive.ports", "1-65535", "archive.private-addresses", "127.0.0.1"));
        overrides.putAll(more);
        settings = Settings.load(Path.of("").toAbsolutePath(), List.of(), Map.of(), new Properties(), overrides);
        database = Database.open(folder.resolve("jobs.db"));
        JobEvents events = new JobEvents("/test", Clock.systemUTC());
        jobs = new JobStore(database, events);
        outbox = new Outbox(database);
        places = (ThreadPoolExecutor) Executors.newFixedThreadPool(settings.number("archive.at-once"));
        leases = new Leases(jobs, Duration.ofMinutes(5));
        BackoffStrategy pause = BackoffStrategy.fixedDelay(Duration.ofMillis(20));
        S3Access access = S3Access.untried(settings, retry -> retry.backoffStrategy(pause).throttlingBackoffStrategy(pause));
        s3 = access.once();
        keys = ArchiveKey.of(settings);
        uploads = new Uploads(database);
        records = new AssetRecords(jobs);
        ArchivePlan plan = new ArchivePlan(jobs, uploads, records);
        s3Repeating = access.repeating();
        download = new AssetDownload(settings, keys, new TransferLimits(settings), new AddressGuard(settings, names), settings::text,
                bytes -> !access.namesChecksums(bytes));
        S3Multipart multipart = new S3Multipart(settings, s3, s3Repeating);
        StoredObject stored = new StoredObject(settings, access);
        unfinished = new UnfinishedUploads(settings, uploads, multipart);
        upload = new MultipartUpload(settings, uploads, multipart, unfinished, stored, download, 1);
        S3Outage outage = new S3Outage();
        // a second each time it stops, otherwise
        camel.getComponent("seda", SedaComponent.class).setDefaultPollTimeout(10);
        camel.getPropertiesComponent().setInitialProperties(settings.all());
        Map<String, Object> beans = Map.of("s3Client", s3, "archivePlan", plan, "assetDownload", download,
                "unfinishedUploads", unfinished, "multipartUpload", upload,
                "assetCheck", new AssetCheck(stored, records, unfinished, Clock.systemUTC(), new Metrics(new StoreFigures(jobs, new JobCounts(database), outbox)), outage),
                "transferFailure", new TransferFailure(), "manifest", new Manifest(keys, plan),
                "archiveOutcome", new ArchiveOutcome(settings, jobs, events, plan, keys, uploads, outage));
        beans.forEach(camel.getRegistry()::bind);
        camel.getRegistry().bind("leases", leases);
        camel.getRegistry().bind("unendedArchiving", new UnendedArchiving());
        camel.getRegistry().bind("s3RepeatingClient", s3Repeating);
        camel.getRegistry().bind("transferPlaces", places);
        camel.getRegistry().bind("manifestJson", Manifest.json());
        for (String route : List.of("asset-retries", "archive-job", "archive-asset", "transfer-asset", "send-asset", "write-manifest")) {
            PluginHelper.getRoutesLoader(camel).loadRoutes(PluginHelper.getResourceLoader(camel)
                    .resolveResource("file:routes/" + route + ".camel.yaml"));
        }
        camel.start();
    }

    /** A job that route-report has handed over: archiving, with a lease. */
    Job archiving(String provider, String jobId, Map<String, String> tags) {
        jobs.register(List.of(new NewJob(new JobKey(provider, jobId), tags, Duration.ofHours(1), Duration.ZERO)));
        return claim(provider);
    }

    Job claim(String provider) {
        List<Job> claimed = jobs.claim(provider, new JobStore.Terms(1, Duration.ofMinutes(5)));
        if (claimed.isEmpty()) {
            throw new IllegalStateException("no job of " + provider + " is due");
        }
        return jobs.apply(claimed.get(0), JobChange.to(JobState.ARCHIVING).keepLease(), null);
    }

    static Report report(ReportAsset... assets) {
        return new Report(Status.COMPLETED, 100, null, List.of(assets), Map.of("share", "https://example.com/s/1?token=secret-token"),
                Map.of("credits", 12.8), java.time.Instant.parse("2026-01-02T03:04:05Z"), null, java.time.Instant.parse("2026-01-02T03:05:05Z"),
                Map.of("model", "m", "a", 1));
    }

    static ReportAsset asset(String role, String url) {
        return new ReportAsset(role, url, null, null, null, null, null);
    }

    /** Sends the job through the shipped routes; returns it as it is in the store after that. */
    Job archive(Job job, Report report) {
        return archive(job, report, null);
    }

    /** @param terms where the provider's assets may be; null for anywhere */
    Job archive(Job job, Report report, AssetTerms terms) {
        var exchange = camel.createProducerTemplate().request("seda:archive-job?size={{archive.queue}}&blockWhenFull=true&waitForTaskToComplete=Always&timeout=60000", sent -> {
            sent.setVariable("job", job);
            sent.setVariable("report", report);
            sent.setVariable("assetTerms", terms);
            // what a status call could leave behind
            sent.getMessage().setHeader("Authorization", "Bearer status-call-key");
            sent.getMessage().setHeader("CamelAwsS3Key", "not/this/one");
            sent.getMessage().setHeader("CamelAwsS3Metadata", Map.of("leak", "status-call-key"));
            sent.getMessage().setHeader("CamelHttpUri", "http://127.0.0.1:1/");
        });
        if (exchange.getException() != null) {
            throw new AssertionError(exchange.getException());
        }
        return jobs.find(job.key()).orElseThrow();
    }

    /** Jobs that have an asset waiting for a place. */
    int waiting() {
        return places.getQueue().size();
    }

    List<String> events() {
        List<String> payloads = new ArrayList<>();
        outbox.list(0, 100).forEach(event -> payloads.add(event.payload()));
        return payloads;
    }

    @Override
    public void close() {
        camel.stop();
        places.shutdownNow();
        records.close();
        leases.close();
        upload.close();
        download.close();
        s3Repeating.close();
        s3.close();
        database.close();
    }
}
