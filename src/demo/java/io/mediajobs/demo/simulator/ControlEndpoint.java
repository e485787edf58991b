package io.mediajobs.demo.simulator;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/**
 * The simulator's own API, for drivers and checkers in other processes:
 * {@code POST /simulator/jobs} (one order or an array, see {@link JobOrder}), {@code GET /simulator/jobs},
 * {@code GET /simulator/ledger} ({@code ?polls=false} leaves the single calls out),
 * {@code PUT} and {@code DELETE /simulator/outage/<provider>} (a fault as JSON).
 */
final class ControlEndpoint {

    private static final String OUTAGE = "/simulator/outage/";

    private final Vertx vertx;
    private final ProviderSimulator simulator;
    private final JobBook jobs;
    private final Cdn cdn;
    private final Wire wire;
    private final ObjectMapper json = new ObjectMapper();

    ControlEndpoint(Vertx vertx, ProviderSimulator simulator, JobBook jobs, Cdn cdn, Wire wire) {
        this.vertx = vertx;
        this.simulator = simulator;
        this.jobs = jobs;
        this.cdn = cdn;
        this.wire = wire;
    }

    void handle(HttpServerRequest request) {
        String call = request.method() + " " + request.path();
        if (call.equals("POST /simulator/jobs")) {
            request.body().onSuccess(body -> answer(request, () -> addJobs(body)));
        } else if (call.equals("GET /simulator/jobs")) {
            answer(request, () -> Reply.json(200, jobList()));
        } else if (call.equals("GET /simulator/ledger")) {
            boolean polls = !"false".equals(request.getParam("polls"));
            vertx.executeBlocking(() -> Reply.json(200, ledger(polls)), false)
                    .onSuccess(reply -> wire.send(request, reply, null))
                    .onFailure(e -> wire.send(request, problem(500, e), null));
        } else if (call.startsWith("PUT " + OUTAGE)) {
            request.body().onSuccess(body -> answer(request, () -> {
                provider(request).goesDown(JobOrder.fault(json.readTree(body.getBytes())));
                return Reply.bare(204, Map.of());
            }));
        } else if (call.startsWith("DELETE " + OUTAGE)) {
            answer(request, () -> {
                provider(request).recovers();
                return Reply.bare(204, Map.of());
            });
        } else {
            wire.send(request, Reply.json(404, Answers.object().put("message", "No such call: " + call)), null);
        }
    }

    private SimulatedProvider provider(HttpServerRequest request) {
        return simulator.provider(request.path().substring(OUTAGE.length()));
    }

    private interface Call {
        Reply run() throws Exception;
    }

    private void answer(HttpServerRequest request, Call call) {
        Reply reply;
        try {
            reply = call.run();
        } catch (IllegalArgumentException | JsonProcessingException e) {
            reply = problem(400, e);
        } catch (Exception e) {
            reply = problem(500, e);
        }
        wire.send(request, reply, null);
    }

    private static Reply problem(int status, Throwable e) {
        return Reply.json(status, Answers.object().put("message", String.valueOf(e.getMessage())));
    }

    private Reply addJobs(Buffer body) throws Exception {
        JsonNode orders = json.readTree(body.getBytes());
        List<JobOrder> parsed = new ArrayList<>();
        for (JsonNode order : orders.isArray() ? orders : json.createArrayNode().add(orders)) {
            parsed.add(JobOrder.parse(order));
        }
        for (JobOrder order : parsed) {
            SimulatedJob job = simulator.job(order.provider(), order.jobId()).follow(order.script());
            if (order.callsBack() != null) {
                job.callsBack(URI.create(order.callsBack()));
            }
        }
        return Reply.json(201, Answers.object().put("jobs", parsed.size()));
    }

    private ObjectNode jobList() {
        ObjectNode answer = Answers.object();
        ArrayNode list = answer.putArray("jobs");
        jobs.all().forEach(job -> head(job, list.addObject()));
        return answer;
    }

    private void head(SimulatedJob job, ObjectNode node) {
        node.put("provider", job.provider()).put("jobId", job.jobId()).put("createdAt", job.createdAt().toString())
                .put("phase", ProductAiAnswers.word(job.moment()))
                .put("end", job.script().end().getClass().getSimpleName().toLowerCase(Locale.ROOT))
                .put("pollCount", job.pollCount());
    }

    private ObjectNode ledger(boolean withPolls) {
        Ledger ledger = simulator.ledger();
        ObjectNode answer = Answers.object();
        answer.put("polls", ledger.totalPolls()).put("lists", ledger.lists()).put("unauthorized", ledger.unauthorized())
                .put("leakedKeys", ledger.leakedKeys().size());
        ObjectNode arrivals = answer.putObject("arrivals");
        ledger.arrivals().forEach((provider, came) -> arrivals(came, arrivals.putObject(provider)));
        ArrayNode list = answer.putArray("jobs");
        for (SimulatedJob job : jobs.all()) {
            ObjectNode node = list.addObject();
            head(job, node);
            if (withPolls) {
                polls(ledger.polls(job.provider(), job.jobId()), node.putArray("polls"));
            }
            assets(job, node.putArray("assets"));
        }
        ArrayNode strangers = answer.putArray("unknownJobs");
        ledger.pollCounts().forEach((key, count) -> {
            String jobId = key.substring(key.indexOf('/') + 1);
            String provider = key.substring(0, key.indexOf('/'));
            if (jobs.find(ProviderApi.of(provider), jobId) == null) {
                strangers.addObject().put("provider", provider).put("jobId", jobId).put("pollCount", count);
            }
        });
        ArrayNode downloads = answer.putArray("downloads");
        ledger.downloads().forEach(each -> download(each, downloads.addObject()));
        return answer;
    }

    private static void arrivals(Arrivals came, ObjectNode node) {
        node.put("calls", came.count()).put("mostInASecond", came.mostWithin(Duration.ofSeconds(1))).put("mostAtOnce", came.mostAtOnce())
                .put("connections", came.connections());
        ArrayNode early = node.putArray("withinRetryAfter");
        came.early(Duration.ZERO).forEach(each -> early.addObject().put("answered", each.answered().toString()).put("came", each.came().toString()));
    }

    private static void polls(List<Poll> polls, ArrayNode list) {
        for (Poll poll : polls) {
            ObjectNode node = list.addObject();
            node.put("at", poll.at().toString()).put("authorized", poll.authorized()).put("status", poll.status());
            if (poll.fault() != null) {
                node.put("fault", poll.fault().name());
            }
            ArrayNode headers = node.putArray("headers");
            poll.headers().forEach(headers::add);
        }
    }

    /** An asset that nobody has asked for is told without its digest: making it could take long. */
    private void assets(SimulatedJob job, ArrayNode list) {
        job.assets().forEach((fileName, asset) -> {
            ObjectNode node = list.addObject();
            node.put("role", asset.role()).put("path", job.cdnPath(fileName)).put("contentType", asset.contentType())
                    .put("downloads", job.downloadCount(fileName));
            if (job.downloadCount(fileName) > 0) {
                node.put("bytes", cdn.size(job, fileName)).put("sha256", cdn.sha256(job, fileName));
            }
        });
    }

    private static void download(Download each, ObjectNode node) {
        node.put("at", each.at().toString()).put("method", each.method()).put("path", each.path())
                .put("provider", each.provider()).put("jobId", each.jobId()).put("role", each.role())
                .put("number", each.number()).put("range", each.range()).put("status", each.status())
                .put("bytes", each.bytes()).put("sha256", each.sha256()).put("complete", each.complete())
                .put("authorization", each.authorization());
    }
}
