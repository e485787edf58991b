package io.mediajobs.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mediajobs.config.NearestName;
import io.mediajobs.events.JobEvents;
import io.mediajobs.intake.RefusedException;
import io.mediajobs.intake.Registrar;
import io.mediajobs.intake.Registration;
import io.mediajobs.intake.RegistrationReader;
import io.mediajobs.intake.Result;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.poll.Provider;
import io.mediajobs.poll.Providers;
import io.mediajobs.store.JobChange;
import io.mediajobs.store.JobFilter;
import io.mediajobs.store.JobStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The calls below {@code /api/jobs}. Each method reads the request of an exchange and puts the answer into it. */
public final class JobsApi {

    private static final Logger LOG = LoggerFactory.getLogger(JobsApi.class);

    private static final List<String> STATES = Arrays.stream(JobState.values()).map(JobState::word).toList();

    private final RegistrationReader reader = new RegistrationReader();
    private final Registrar registrar;
    private final Providers providers;
    private final JobStore jobs;
    private final JobEvents events;

    public JobsApi(Registrar registrar, Providers providers, JobStore jobs, JobEvents events) {
        this.registrar = registrar;
        this.providers = providers;
        this.jobs = jobs;
        this.events = events;
    }

    /** {@code POST /api/jobs}: one registration or an array of them. It is on disk when the answer is sent. */
    public void follow(Exchange exchange) {
        ApiCall.run(exchange, request -> {
            request.query();
            try {
                JsonNode body = reader.parse(request.text());
                return body.isArray() ? followAll((ArrayNode) body) : followOne(reader.read(body));
            } catch (RefusedException e) {
                throw new ProblemException(problem(e.refused()));
            }
        });
    }

    private ApiCall.Answer followOne(Registration registration) {
        Result result = registrar.register(registration);
        if (result instanceof Result.Created created) {
            return new ApiCall.Answer(201, JobJson.of(found(created.key())));
        }
        if (result instanceof Result.AlreadyFollowed known) {
            return new ApiCall.Answer(200, JobJson.of(found(known.key())));
        }
        throw new ProblemException(problem((Result.Refused) result));
    }

    private ApiCall.Answer followAll(ArrayNode entries) {
        if (entries.size() > Registrar.MOST_TOGETHER) {
            throw new ProblemException(400, "too-many", "An array holds at most " + Registrar.MOST_TOGETHER + " registrations; this one has " + entries.size() + ".");
        }
        List<Result> registered = registrar.register(reader, entries);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode results = body.putArray("results");
        for (int i = 0; i < registered.size(); i++) {
            results.add(entry(i, registered.get(i)));
        }
        return new ApiCall.Answer(200, body);
    }

    private static ObjectNode entry(int index, Result result) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("index", index);
        if (result instanceof Result.Created created) {
            return json.put("status", 201).put("provider", created.key().provider()).put("jobId", created.key().jobId());
        }
        if (result instanceof Result.AlreadyFollowed known) {
            return json.put("status", 200).put("provider", known.key().provider()).put("jobId", known.key().jobId());
        }
        Problem problem = problem((Result.Refused) result);
        return json.put("status", problem.status()).set("problem", problem.toJson());
    }

    private static Problem problem(Result.Refused refused) {
        return new Problem(400, refused.code(), refused.sentence(), refused.field());
    }

    /** {@code GET /api/jobs}: newest first, a page at a time. */
    public void list(Exchange exchange) {
        ApiCall.run(exchange, request -> {
            Map<String, String> query = request.query("state", "provider", "q", "stalled", "limit", "after");
            int limit = ApiRequest.limit(query);
            String state = filled(query, "state");
            if (state != null && !STATES.contains(state)) {
                throw new ProblemException(400, "unknown-state", "There is no such state" + NearestName.of(state, STATES)
                        .map(near -> "; did you mean " + near + "?").orElse("; there are: " + String.join(", ", STATES) + "."), "state");
            }
            String part = filled(query, "q");
            if (part != null && part.codePointCount(0, part.length()) > Registrar.LONGEST_JOB_ID) {
                throw new ProblemException(400, "invalid-query", "q is longer than any job id.", "q");
            }
            String stalled = filled(query, "stalled");
            if (stalled != null && !stalled.equals("true") && !stalled.equals("false")) {
                throw new ProblemException(400, "invalid-query", "stalled is neither true, for those that do not get on, nor false, for all.", "stalled");
            }
            String provider = filled(query, "provider");
            List<Job> page = jobs.list(new JobFilter(state, provider, part, "true".equals(stalled), before(filled(query, "after")), limit + 1));
            if (page.isEmpty() && provider != null) {
                checkProvider(provider);
            }
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            ArrayNode list = body.putArray("jobs");
            page.stream().limit(limit).forEach(job -> list.add(JobJson.of(job)));
            body.put("next", page.size() > limit ? cursor(page.get(limit - 1)) : null);
            return new ApiCall.Answer(200, body);
        });
    }

    private static String filled(Map<String, String> query, String name) {
        String value = query.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    private static String cursor(Job last) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(("j" + last.id()).getBytes(StandardCharsets.US_ASCII));
    }

    private static Long before(String cursor) {
        if (cursor == null) {
            return null;
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII);
            if (text.matches("j[0-9]{1,18}")) {
                return Long.parseLong(text.substring(1));
            }
        } catch (IllegalArgumentException e) {
            throw badCursor();
        }
        throw badCursor();
    }

    private static ProblemException badCursor() {
        return new ProblemException(400, "invalid-cursor", "after is the value of next in an earlier answer.", "after");
    }

    private void checkProvider(String provider) {
        List<String> names = names();
        boolean known = names.contains(provider) || !jobs.list(new JobFilter(null, provider, null, null, 1)).isEmpty();
        if (!known) {
            throw new ProblemException(400, "unknown-provider", "There is no provider of that name" + hint(provider, names), "provider");
        }
    }

    private List<String> names() {
        return providers.all().stream().map(Provider::name).toList();
    }

    private static String hint(String provider, List<String> names) {
        return NearestName.of(provider, names).map(near -> "; did you mean " + near + "?").orElse("; there are: " + String.join(", ", names) + ".");
    }

    /** {@code GET /api/jobs/{provider}/{jobId}}. */
    public void show(Exchange exchange) {
        ApiCall.run(exchange, request -> {
            request.query();
            return full(found(request.jobKey()));
        });
    }

    /** {@code POST …/check}: the job is due now. */
    public void check(Exchange exchange) {
        ApiCall.run(exchange, request -> {
            request.query();
            JobKey key = request.jobKey();
            Job job = jobs.override(key, before -> {
                if (before.state().isTerminal() || before.state() == JobState.BLOCKED) {
                    throw conflict(before, "and is not asked for any more; retry opens it again.");
                }
                // whoever works on it now goes on with its lease: the next ask is at once after that
                return JobChange.to(null).askAtOnce().askSingly().keepLease().note("check", "asked for at once, by an operator");
            }).orElseThrow(() -> unknown(key));
            return full(job);
        });
    }

    /** {@code POST …/retry}: opens a finished or blocked job again under the next attempt number. */
    public void retry(Exchange exchange) {
        ApiCall.run(exchange, request -> {
            request.query();
            JobKey key = request.jobKey();
            try {
                Job job = jobs.retry(key).orElseThrow(() -> unknown(key));
                LOG.info("Job {} is opened again by an operator, attempt {}", key, job.attempt());
                return full(job);
            } catch (IllegalStateException e) {
                throw new ProblemException(409, "conflict", e.getMessage());
            }
        });
    }

    /** {@code POST …/cancel}: the job is not followed any more; what the provider does with it is the provider's. */
    public void cancel(Exchange exchange) {
        ApiCall.run(exchange, request -> {
            request.query();
            JobKey key = request.jobKey();
            Job job = jobs.override(key, before -> {
                if (before.state().isTerminal()) {
                    throw conflict(before, "already; there is nothing to cancel.");
                }
                return JobChange.to(JobState.CANCELLED).askNoMore().clearError().note("cancelled", "by an operator")
                        .event(events.ended(before, JobState.CANCELLED, null, null));
            }).orElseThrow(() -> unknown(key));
            LOG.info("Job {} is cancelled by an operator", key);
            return full(job);
        });
    }

    private ApiCall.Answer full(Job job) {
        return new ApiCall.Answer(200, JobJson.of(job, jobs.timeline(job), jobs.assets(job)));
    }

    private Job found(JobKey key) {
        return jobs.find(key).orElseThrow(() -> unknown(key));
    }

    private ProblemException unknown(JobKey key) {
        List<String> names = names();
        return names.contains(key.provider())
                ? new ProblemException(404, "unknown-job", "No job of this id is followed for the provider " + key.provider() + ".")
                : new ProblemException(404, "unknown-provider", "There is no provider of that name" + hint(key.provider(), names), "provider");
    }

    private static ProblemException conflict(Job job, String why) {
        return new ProblemException(409, "conflict", "The job is " + job.state().word() + " " + why);
    }
}
