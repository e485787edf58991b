package io.mediajobs.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobError;
import io.mediajobs.job.JobState;
import io.mediajobs.store.ArchivedAsset;
import io.mediajobs.store.StoreException;
import io.mediajobs.store.TimelineEntry;
import java.util.List;

/** Jobs as the API shows them. What is not known is left out. */
final class JobJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    private JobJson() {
    }

    static ObjectNode of(Job job) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("provider", job.provider()).put("jobId", job.jobId()).put("state", job.state().word()).put("attempt", job.attempt());
        if (job.progress() != null) {
            json.put("progress", job.progress());
        }
        put(json, "stalledSince", job.stalledSince());
        ObjectNode tags = json.putObject("tags");
        job.tags().forEach(tags::put);
        if (job.error() != null) {
            json.set("error", error(job.error()));
        }
        put(json, "registeredAt", job.registeredAt());
        if (job.state() != JobState.ARCHIVING || job.lease() == null) {
            // the archive keeps a job due, for whoever comes after a kill; while it works, that time is past and says nothing
            put(json, "nextPollAt", job.nextPollAt());
        }
        json.put("polls", job.polls());
        put(json, "deadlineAt", job.deadlineAt());
        put(json, "updatedAt", job.updatedAt());
        return json;
    }

    /** With everything that only a single job shows. */
    static ObjectNode of(Job job, List<TimelineEntry> timeline, List<ArchivedAsset> assets) {
        ObjectNode json = of(job);
        ArrayNode entries = json.putArray("timeline");
        for (TimelineEntry entry : timeline) {
            ObjectNode node = entries.addObject();
            put(node, "at", entry.at());
            put(node, "what", entry.what());
            put(node, "detail", entry.detail());
        }
        ArrayNode list = json.putArray("assets");
        assets.forEach(asset -> list.add(asset(asset)));
        put(json, "manifest", job.manifest());
        if (job.report() != null) {
            try {
                json.set("report", JSON.readTree(job.report()));
            } catch (JsonProcessingException e) {
                throw new StoreException("The report of job " + job.key() + " in the store is not JSON.", e);
            }
        }
        return json;
    }

    private static ObjectNode error(JobError error) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        put(json, "code", error.code());
        put(json, "message", error.message());
        if (error.retryable() != null) {
            json.put("retryable", error.retryable());
        }
        return json;
    }

    private static ObjectNode asset(ArchivedAsset asset) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("role", asset.role()).put("key", asset.key()).put("bytes", asset.bytes()).put("sha256", asset.sha256());
        put(json, "contentType", asset.contentType());
        put(json, "sourceUrl", asset.sourceUrl());
        asset.details().forEach((name, value) -> {
            if (value != null && !json.has(name)) {
                json.set(name, JSON.valueToTree(value));
            }
        });
        return json;
    }

    /** @param value null leaves the field out; times become RFC 3339 */
    static void put(ObjectNode json, String name, Object value) {
        if (value != null) {
            json.put(name, value.toString());
        }
    }
}
