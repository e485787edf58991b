package io.mediajobs.demo.simulator;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * A job at the simulator. Its life began when it was registered; what the script says can be changed at any time and holds
 * from the next call on. Safe for any number of threads.
 */
public final class SimulatedJob {

    private final String provider;
    private final String jobId;
    private final Instant createdAt;
    private final Clock clock;
    private final double speed;
    private final WebhookSender webhooks;
    private final AtomicInteger polls = new AtomicInteger();
    private final Map<String, AtomicInteger> downloads = new ConcurrentHashMap<>();
    private JobScript script = JobScript.ENDLESS;
    private Map<String, Asset> assets = Map.of();

    SimulatedJob(String provider, String jobId, Clock clock, double speed, WebhookSender webhooks) {
        this.provider = provider;
        this.jobId = jobId;
        this.createdAt = clock.instant();
        this.clock = clock;
        this.speed = speed;
        this.webhooks = webhooks;
    }

    /** The provider's name as the routes have it, {@code pictory-video} for example. */
    public String provider() {
        return provider;
    }

    public String jobId() {
        return jobId;
    }

    public Instant createdAt() {
        return createdAt;
    }

    public synchronized JobScript script() {
        return script;
    }

    /** Waits this long before it is worked on. */
    public SimulatedJob queuedFor(Duration time) {
        return change(old -> new JobScript(time, old.processing(), old.end(), old.faults()));
    }

    /** Is worked on for this long. */
    public SimulatedJob processingFor(Duration time) {
        return change(old -> new JobScript(old.queued(), time, old.end(), old.faults()));
    }

    /** Ends with these assets. */
    public SimulatedJob completes(Asset... assets) {
        return endsWith(new JobEnd.Completed(List.of(assets)));
    }

    /** Ends with the assets that are usual for its provider. */
    public SimulatedJob completes() {
        return endsWith(new JobEnd.Completed(Assets.usual(provider)));
    }

    /** Ends as failed. */
    public SimulatedJob fails(String code, String message) {
        return endsWith(new JobEnd.Failed(code, message));
    }

    /** The provider knows nothing of it. */
    public SimulatedJob isUnknown() {
        return endsWith(new JobEnd.Unknown());
    }

    /** Is worked on for ever. */
    public SimulatedJob neverEnds() {
        return endsWith(new JobEnd.Never());
    }

    public SimulatedJob endsWith(JobEnd end) {
        return change(old -> new JobScript(old.queued(), old.processing(), end, old.faults()));
    }

    /** Misbehaves at one status call, counted from 1. */
    public SimulatedJob atPoll(int poll, Misbehaviour fault) {
        return duringPolls(poll, poll, fault);
    }

    /** Misbehaves at this status call and at all later ones. */
    public SimulatedJob fromPoll(int first, Misbehaviour fault) {
        return duringPolls(first, Integer.MAX_VALUE, fault);
    }

    /** Misbehaves at these status calls. Where several concern a call, the one that was said first holds. */
    public SimulatedJob duringPolls(int first, int last, Misbehaviour fault) {
        return change(old -> {
            var faults = new ArrayList<>(old.faults());
            faults.add(new FaultAt(first, last, fault));
            return new JobScript(old.queued(), old.processing(), old.end(), faults);
        });
    }

    /** Is not found by the first calls and then is there, as a job that was made a moment ago. */
    public SimulatedJob visibleFromPoll(int first) {
        return duringPolls(1, first - 1, Misbehaviour.notFound());
    }

    /** Every misbehaviour at status calls that was said so far is taken back. */
    public SimulatedJob behaves() {
        return change(old -> new JobScript(old.queued(), old.processing(), old.end(), List.of()));
    }

    /** When it ends, its signed webhook is posted there, once; ProductAI only. By the wall clock. */
    public SimulatedJob callsBack(URI url) {
        webhooks.whenEnded(this, url);
        return this;
    }

    SimulatedJob follow(JobScript script) {
        return change(old -> script);
    }

    private synchronized SimulatedJob change(UnaryOperator<JobScript> change) {
        script = change.apply(script);
        assets = script.end() instanceof JobEnd.Completed completed ? named(completed.assets()) : Map.of();
        return this;
    }

    private static Map<String, Asset> named(List<Asset> assets) {
        var ofRole = new HashMap<String, Integer>();
        assets.forEach(asset -> ofRole.merge(asset.role(), 1, Integer::sum));
        var numbers = new HashMap<String, Integer>();
        var named = new LinkedHashMap<String, Asset>();
        for (Asset asset : assets) {
            int number = numbers.merge(asset.role(), 1, Integer::sum);
            String suffix = ofRole.get(asset.role()) > 1 ? "-" + number : "";
            named.put(asset.role() + suffix + "." + asset.extension(), asset);
        }
        return Collections.unmodifiableMap(named);
    }

    JobMoment moment() {
        return JobMoment.of(script(), createdAt, clock.instant(), speed);
    }

    /** Whether it has completed, failed or was never known. */
    public boolean hasEnded() {
        JobMoment.Phase phase = moment().phase();
        return phase != JobMoment.Phase.PENDING && phase != JobMoment.Phase.PROCESSING;
    }

    /** What it offers when it has completed, by file name, in the order of the script. */
    public synchronized Map<String, Asset> assets() {
        return assets;
    }

    /** Path of an asset at the CDN, without query. */
    String cdnPath(String fileName) {
        String id = URLEncoder.encode(jobId, StandardCharsets.UTF_8).replace("+", "%20");
        return "/cdn/" + provider + "/" + id + "/" + fileName;
    }

    int nextPoll() {
        return polls.incrementAndGet();
    }

    int nextDownload(String fileName) {
        return downloads.computeIfAbsent(fileName, any -> new AtomicInteger()).incrementAndGet();
    }

    /** Number of status calls so far. */
    public int pollCount() {
        return polls.get();
    }

    /** Number of GET requests for an asset so far. */
    public int downloadCount(String fileName) {
        AtomicInteger count = downloads.get(fileName);
        return count == null ? 0 : count.get();
    }
}
