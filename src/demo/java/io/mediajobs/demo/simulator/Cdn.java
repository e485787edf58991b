package io.mediajobs.demo.simulator;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.mediajobs.demo.media.Content;
import io.mediajobs.demo.media.GeneratedBytes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** Serves the assets: GET and HEAD, ranges, signed queries for Stories. Writes down any request that brings a key along. */
final class Cdn {

    private static final long CACHE_BYTES = 64L << 20;
    private static final String SIGNED_PROVIDER = "stories";

    private final Vertx vertx;
    private final String baseUrl;
    private final Clock clock;
    private final JobBook jobs;
    private final Ledger ledger;
    private final Wire wire;
    private final Answers answers = new PictoryAnswers("");
    private final SimulatedProvider stories;
    private final Hmac signer = new Hmac("demo-cdn-secret");
    private final Map<Made, Facts> facts = new ConcurrentHashMap<>();
    private final Map<Made, Content> cache = new LinkedHashMap<>(64, 0.75f, true);
    private long cachedBytes;

    /** What the bytes come from: a job can be given another asset under the same name. */
    private record Made(String path, Asset asset) {
    }

    /** What is kept of an asset's bytes for good: painting a thousand pictures again for the ledger would take a minute. */
    private record Facts(long size, String sha256) {

        static Facts of(Content content) {
            return new Facts(content.size(), content.sha256());
        }
    }

    Cdn(Vertx vertx, String baseUrl, Clock clock, JobBook jobs, Ledger ledger, Wire wire, SimulatedProvider stories) {
        this.vertx = vertx;
        this.baseUrl = baseUrl;
        this.clock = clock;
        this.jobs = jobs;
        this.ledger = ledger;
        this.wire = wire;
        this.stories = stories;
    }

    /** What an answer tells of a job now, with fresh URLs. */
    JobView view(SimulatedJob job, JobMoment moment, String word) {
        List<JobView.Link> links = new ArrayList<>();
        if (moment.phase() == JobMoment.Phase.COMPLETED) {
            job.assets().forEach((fileName, asset) -> links.add(new JobView.Link(asset, url(job, fileName))));
        }
        return new JobView(job.jobId(), job.provider(), moment, job.script(), word, links);
    }

    /** URL of an asset, signed anew where the provider signs. */
    String url(SimulatedJob job, String fileName) {
        String path = job.cdnPath(fileName);
        if (!job.provider().equals(SIGNED_PROVIDER)) {
            return baseUrl + path;
        }
        return baseUrl + path + "?" + signer.query(path, clock.instant().plus(stories.signedFor()));
    }

    void handle(HttpServerRequest request) {
        String path = request.path();
        String[] parts = path.split("/");
        SimulatedJob job = null;
        Asset asset = null;
        // "", "cdn", provider, job, file
        if (parts.length == 5) {
            job = find(parts[2], parts[3]);
            asset = job == null ? null : job.assets().get(parts[4]);
        }
        var transfer = new Transfer(request, ledger, clock.instant());
        if (asset == null) {
            transfer.refuse(wire, Reply.json(404, answers.error(404)), null);
            return;
        }
        boolean get = request.method() == HttpMethod.GET;
        int number = get ? job.nextDownload(parts[4]) : 0;
        transfer.isFor(job, asset, number);
        Misbehaviour fault = get ? FaultAt.find(asset.faults(), number) : null;
        Reply instead = fault == null ? null : Reply.insteadOfTruth(fault, answers, clock.instant());
        if (instead != null) {
            transfer.refuse(wire, instead, fault);
        } else if (Wire.answersNothing(fault)) {
            transfer.refuse(wire, Reply.bare(200, Map.of()), fault);
        } else if (!get && request.method() != HttpMethod.HEAD) {
            transfer.refuse(wire, Reply.json(405, answers.error(405)), null);
        } else if (!job.moment().phase().equals(JobMoment.Phase.COMPLETED)) {
            transfer.refuse(wire, Reply.json(404, answers.error(404)), null);
        } else if (job.provider().equals(SIGNED_PROVIDER) && !signer.accepts(path, request.getParam("Expires"),
                request.getParam("Signature"), clock.instant())) {
            transfer.refuse(wire, Reply.json(403, answers.error(403)), null);
        } else {
            Instant modified = job.moment().endedAt();
            Asset served = asset;
            content(new Made(path, asset)).onSuccess(content -> serve(transfer, served, content, modified, fault))
                    .onFailure(e -> transfer.refuse(wire, Reply.json(500, answers.error(500)), null));
        }
    }

    private SimulatedJob find(String provider, String encodedId) {
        try {
            return jobs.find(ProviderApi.of(provider), URLDecoder.decode(encodedId.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private void serve(Transfer transfer, Asset asset, Content content, Instant modified, Misbehaviour fault) {
        HttpServerRequest request = transfer.request();
        HttpServerResponse response = request.response();
        String etag = "\"%08x-%x\"".formatted(request.path().hashCode(), content.size());
        String lastModified = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                modified.truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.UTC));
        response.putHeader("Content-Type", asset.contentType()).putHeader("ETag", etag)
                .putHeader("Last-Modified", lastModified)
                .putHeader("Accept-Ranges", asset.chunked() ? "none" : "bytes");
        var range = new ByteRange(0, content.size());
        String wanted = request.getHeader("Range");
        String ifRange = request.getHeader("If-Range");
        boolean fresh = ifRange == null || ifRange.equals(etag) || ifRange.equals(lastModified);
        if (!asset.chunked() && ByteRange.isSingle(wanted) && fresh) {
            range = ByteRange.parse(wanted, content.size());
            if (range == null) {
                transfer.refuse(wire, Reply.bare(416, Map.of("Content-Range", "bytes */" + content.size())), null);
                return;
            }
            response.setStatusCode(206).putHeader("Content-Range",
                    "bytes " + range.from() + "-" + (range.to() - 1) + "/" + content.size());
        }
        if (asset.chunked()) {
            response.setChunked(true);
        } else {
            response.putHeader("Content-Length", Long.toString(range.length()));
        }
        if (request.method() == HttpMethod.HEAD) {
            transfer.endWithoutBody();
            return;
        }
        long rate = fault != null && fault.kind() == Misbehaviour.Kind.DRIP ? 1 : asset.bytesPerSecond();
        boolean cut = fault != null && (fault.kind() == Misbehaviour.Kind.CUT_CONNECTION
                || fault.kind() == Misbehaviour.Kind.CUT_BODY);
        transfer.send(vertx, content, range, rate, cut ? range.from() + range.length() / 2 : range.to());
    }

    /** The bytes of an asset. Painting takes milliseconds, so it is done off the event loop and kept for a while. */
    private Future<Content> content(Made key) {
        synchronized (cache) {
            Content cached = cache.get(key);
            if (cached != null) {
                return Future.succeededFuture(cached);
            }
        }
        return vertx.executeBlocking(() -> make(key), false);
    }

    private Content make(Made key) {
        // the stamp: provider/job/file
        Content made = key.asset().content().apply(key.path().substring("/cdn/".length()));
        if (!(made instanceof GeneratedBytes)) {
            facts.computeIfAbsent(key, any -> Facts.of(made));
        }
        synchronized (cache) {
            if (cache.put(key, made) == null) {
                cachedBytes += inMemory(made);
            }
            var eldest = cache.entrySet().iterator();
            while (cachedBytes > CACHE_BYTES && cache.size() > 1) {
                cachedBytes -= inMemory(eldest.next().getValue());
                eldest.remove();
            }
        }
        return made;
    }

    private static long inMemory(Content content) {
        return content instanceof GeneratedBytes ? 0 : content.size();
    }

    /** SHA-256 of the whole asset in hex. Takes long for a large one the first time. */
    String sha256(SimulatedJob job, String fileName) {
        return facts(job, fileName).sha256();
    }

    /** Bytes of the whole asset. */
    long size(SimulatedJob job, String fileName) {
        return facts(job, fileName).size();
    }

    private Facts facts(SimulatedJob job, String fileName) {
        var key = new Made(job.cdnPath(fileName), job.assets().get(fileName));
        if (!facts.containsKey(key)) {
            Content made = make(key);
            facts.computeIfAbsent(key, any -> Facts.of(made));
        }
        return facts.get(key);
    }
}
