package io.mediajobs.events;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobError;
import io.mediajobs.job.JobState;
import io.mediajobs.report.Redaction;
import io.mediajobs.report.Report;
import io.mediajobs.store.ArchivedAsset;
import io.mediajobs.store.NewEvent;
import io.mediajobs.store.ProviderEventFactory;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;

/**
 * Builds the events as CloudEvents 1.0 in structured JSON. The id is made of what the event is about, so the same fact always has
 * the same id, whichever process tells it and however often.
 *
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md">CloudEvents 1.0</a>
 */
public final class JobEvents implements ProviderEventFactory {

    private final String source;
    private final Clock clock;

    /** @param source the CloudEvents {@code source} of this installation, a URI reference such as {@code /media-job-routes} */
    public JobEvents(String source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    /** The event of a job that came to {@code end} for the reason {@code error}; {@code report} may be null. */
    public NewEvent ended(Job job, JobState end, JobError error, Report report) {
        return event(job, end, error, report, null, null, List.of(), null);
    }

    /**
     * The event of a job whose assets are all in {@code bucket}.
     *
     * @param archivedAt the same as in the manifest; null if unknown
     */
    public NewEvent completed(Job job, Report report, String bucket, String manifest, List<ArchivedAsset> assets, Instant archivedAt) {
        return event(job, JobState.ARCHIVED, null, report, bucket, manifest, assets, archivedAt);
    }

    /**
     * The event of a job that does not get on; it goes on nevertheless.
     *
     * @param state as it is
     * @param why   what does not move; its code is {@code no-progress} or {@code beyond-usual}
     * @param since from when on
     */
    public NewEvent stalled(Job job, JobState state, JobError why, Instant since, Report report) {
        return event(job, "stalled", state, why, report, null, null, List.of(), timings -> timings.put("stalledSince", since.toString()));
    }

    private NewEvent event(Job job, JobState end, JobError error, Report report, String bucket, String manifest, List<ArchivedAsset> assets,
                           Instant archivedAt) {
        return event(job, end == JobState.ARCHIVED ? "completed" : end.word(), end, error, report, bucket, manifest, assets, timings -> {
            if (archivedAt != null) {
                timings.put("archivedAt", archivedAt.toString());
            }
        });
    }

    private NewEvent event(Job job, String what, JobState state, JobError error, Report report, String bucket, String manifest, List<ArchivedAsset> assets,
                           Consumer<ObjectNode> furtherTimings) {
        String type = "mediajobs.job." + what;
        String id = job.key() + "/" + job.attempt() + "/" + type;
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("provider", job.provider());
        data.put("jobId", job.jobId());
        data.put("attempt", job.attempt());
        ObjectNode tags = data.putObject("tags");
        job.tags().forEach(tags::put);
        data.put("state", state.word());
        if (error != null) {
            put(data, error);
        }
        if (manifest != null) {
            data.put("bucket", bucket);
            data.put("manifest", manifest);
            var list = data.putArray("assets");
            for (ArchivedAsset asset : assets) {
                ObjectNode node = list.addObject().put("role", asset.role()).put("key", asset.key())
                        .put("bytes", asset.bytes()).put("sha256", asset.sha256());
                if (asset.contentType() != null) {
                    node.put("contentType", asset.contentType());
                }
            }
        }
        ObjectNode said = report == null ? JsonNodeFactory.instance.objectNode() : report.toJson();
        data.set("usage", said.path("usage").isObject() ? said.get("usage") : JsonNodeFactory.instance.objectNode());
        data.set("links", said.path("links").isObject() ? said.get("links") : JsonNodeFactory.instance.objectNode());
        ObjectNode timings = data.putObject("timings");
        timings.put("registeredAt", job.registeredAt().toString());
        for (String time : List.of("createdAt", "startedAt", "completedAt")) {
            if (said.hasNonNull(time)) {
                timings.set(time, said.get(time));
            }
        }
        furtherTimings.accept(timings);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return new NewEvent(id, type, job.key().toString(), envelope(id, type, job.key().toString(), now, data).toString());
    }

    @Override
    public NewEvent of(String provider, String what, int incident, JobError error) {
        String type = "mediajobs.provider." + what;
        String id = provider + "/" + incident + "/" + type;
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("provider", provider);
        data.put("incident", incident);
        if (error != null) {
            put(data, error);
        }
        return new NewEvent(id, type, provider, envelope(id, type, provider, clock.instant().truncatedTo(ChronoUnit.MILLIS), data).toString());
    }

    private static void put(ObjectNode data, JobError error) {
        JobError redacted = Redaction.error(error);
        ObjectNode node = data.putObject("error");
        if (redacted.code() != null) {
            node.put("code", redacted.code());
        }
        if (redacted.message() != null) {
            node.put("message", redacted.message());
        }
        if (redacted.retryable() != null) {
            node.put("retryable", redacted.retryable());
        }
    }

    private ObjectNode envelope(String id, String type, String subject, Instant time, ObjectNode data) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("specversion", "1.0");
        event.put("id", id);
        event.put("type", type);
        event.put("source", source);
        event.put("subject", subject);
        event.put("time", time.toString());
        event.put("datacontenttype", "application/json");
        event.set("data", data);
        return event;
    }
}
