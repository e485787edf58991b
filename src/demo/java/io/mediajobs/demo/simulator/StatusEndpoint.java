package io.mediajobs.demo.simulator;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/** The jobs of one API: a single one, and ProductAI's list. */
final class StatusEndpoint {

    private static final int DEFAULT_LIMIT = 20;
    private static final int MAX_LIMIT = 100;

    private final SimulatedProvider provider;
    private final Answers answers;
    private final JobBook jobs;
    private final Cdn cdn;
    private final Ledger ledger;
    private final Wire wire;
    private final Clock clock;
    private final Duration latency;

    StatusEndpoint(SimulatedProvider provider, Answers answers, JobBook jobs, Cdn cdn, Ledger ledger, Wire wire, Clock clock, Duration latency) {
        this.latency = latency;
        this.provider = provider;
        this.answers = answers;
        this.jobs = jobs;
        this.cdn = cdn;
        this.ledger = ledger;
        this.wire = wire;
        this.clock = clock;
    }

    String prefix() {
        return provider.api().prefix();
    }

    /** @param path below the API's prefix, still encoded */
    void handle(HttpServerRequest request, String path) {
        String jobsPath = provider.api().jobsPath();
        if (request.method() != HttpMethod.GET) {
            wire.send(request, Reply.json(405, answers.error(405)), null);
        } else if (path.equals(jobsPath) && provider.api() == ProviderApi.PRODUCTAI) {
            list(request);
        } else if (path.startsWith(jobsPath + "/") && path.length() > jobsPath.length() + 1) {
            // a plus is a plus in a path, but URLDecoder is made for queries
            String encoded = path.substring(jobsPath.length() + 1).replace("+", "%2B");
            job(request, URLDecoder.decode(encoded, StandardCharsets.UTF_8));
        } else {
            wire.send(request, Reply.json(404, answers.error(404)), null);
        }
    }

    private void job(HttpServerRequest request, String jobId) {
        Instant now = clock.instant();
        SimulatedJob job = jobs.find(provider.api(), jobId);
        String ledgerProvider = job == null ? provider.api().prefix() : job.provider();
        came(request, ledgerProvider);
        int number = job == null ? ledger.pollCount(ledgerProvider, jobId) + 1 : job.nextPoll();
        boolean authorized = isAuthorized(request);
        Misbehaviour fault = provider.outage();
        if (fault == null && authorized && job != null) {
            fault = FaultAt.find(job.script().faults(), number);
        }
        Reply reply = fault == null ? null : Reply.insteadOfTruth(fault, answers, now);
        if (reply == null) {
            reply = authorized ? trueReply(job, jobId, fault) : Reply.json(401, answers.error(401));
        }
        if (provider.tellsEtags() && reply.status() == 200) {
            reply = reply.ifChanged(request.getHeader("If-None-Match"));
        }
        ledger.add(ledgerProvider, jobId, new Poll(now, number, authorized, Wire.answersNothing(fault) ? 0 : reply.status(),
                fault == null ? null : fault.kind(), ledger.headerNames(request.headers().names())));
        Reply answer = reply;
        Misbehaviour spoiled = fault;
        wire.after(latency, () -> {
            rest(spoiled);
            wire.send(request, answer, spoiled);
        });
    }

    private void came(HttpServerRequest request, String ledgerProvider) {
        Runnable leaves = ledger.arrivals(ledgerProvider).came(request.connection());
        request.response().endHandler(end -> leaves.run()).closeHandler(end -> leaves.run());
    }

    /** Whoever is asked to be patient has one key for all providers of this API. */
    private void rest(Misbehaviour fault) {
        if (fault != null && fault.retryAfter() != null) {
            Instant now = clock.instant();
            // a date has whole seconds
            Duration time = fault.kind() == Misbehaviour.Kind.THROTTLED ? fault.retryAfter()
                    : Duration.between(now, now.plus(fault.retryAfter()).truncatedTo(ChronoUnit.SECONDS));
            provider.api().providers().forEach(name -> ledger.arrivals(name).rest(time));
        }
    }

    private Reply trueReply(SimulatedJob job, String jobId, Misbehaviour fault) {
        JobMoment moment = job == null ? null : job.moment();
        Misbehaviour.Kind kind = fault == null ? null : fault.kind();
        if (moment == null || moment.phase() == JobMoment.Phase.UNKNOWN || kind == Misbehaviour.Kind.NOT_FOUND) {
            int status = provider.notFoundStyle() == NotFoundStyle.STATUS_404 ? 404 : 200;
            return Reply.json(status, answers.notFound(jobId));
        }
        String word = kind == Misbehaviour.Kind.UNKNOWN_STATUS ? fault.text() : null;
        if (kind == Misbehaviour.Kind.WITHOUT_ASSETS) {
            var bare = new JobMoment(JobMoment.Phase.COMPLETED, 100, moment.createdAt(), moment.createdAt(),
                    moment.endedAt() == null ? clock.instant() : moment.endedAt());
            return Reply.json(200, answers.job(new JobView(jobId, job.provider(), bare, job.script(), null, List.of())));
        }
        return Reply.json(200, answers.job(cdn.view(job, moment, word)));
    }

    private void list(HttpServerRequest request) {
        came(request, "productai");
        boolean authorized = isAuthorized(request);
        ledger.countList(authorized);
        Misbehaviour fault = provider.outage();
        Reply reply = fault == null ? null : Reply.insteadOfTruth(fault, answers, clock.instant());
        if (reply == null) {
            reply = authorized ? Reply.json(200, page(request)) : Reply.json(401, answers.error(401));
        }
        rest(fault);
        wire.send(request, reply, fault);
    }

    private ObjectNode page(HttpServerRequest request) {
        int limit = Math.min(number(request.getParam("limit"), DEFAULT_LIMIT), MAX_LIMIT);
        int offset = number(request.getParam("offset"), 0);
        String status = request.getParam("status");
        var matching = new ArrayList<JobView>();
        for (SimulatedJob job : jobs.newestFirst("productai")) {
            JobMoment moment = job.moment();
            if (moment.phase() != JobMoment.Phase.UNKNOWN && (status == null || status.equals("all")
                    || status.equals(ProductAiAnswers.word(moment)))) {
                matching.add(provider.listsWholeJobs() ? cdn.view(job, moment, null) : new JobView(job.jobId(), job.provider(), moment, job.script(), null, List.of()));
            }
        }
        ObjectNode page = Answers.object();
        ArrayNode entries = page.putArray("jobs");
        int from = Math.min(offset, matching.size());
        int to = Math.min(from + limit, matching.size());
        matching.subList(from, to).forEach(view -> entries.add(provider.listsWholeJobs() ? answers.job(view) : ((ProductAiAnswers) answers).listEntry(view)));
        page.put("total", matching.size()).put("limit", limit).put("offset", offset).put("has_more", to < matching.size());
        return page;
    }

    private static int number(String text, int otherwise) {
        return text != null && text.matches("\\d{1,9}") ? Integer.parseInt(text) : otherwise;
    }

    private boolean isAuthorized(HttpServerRequest request) {
        return provider.authorization().equals(request.getHeader("Authorization"));
    }
}
