package io.mediajobs.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mediajobs.job.JobError;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A provider's answer in our normal form. What is absent is unknown: null for a single value, empty for a collection.
 *
 * <p>A report may be stored and shown, so it takes the secrets out of whatever it is made of: the URLs in error,
 * links, usage and attributes lose query, fragment and user name. Only {@link ReportAsset#url()} keeps them.
 *
 * @param status      never null
 * @param progress    per cent, 0 to 100; null if unknown
 * @param error       why it failed or is not found; null if there is nothing to say
 * @param assets      in the provider's order; never null, immutable
 * @param links       pages to look at, by name ({@code share}, {@code embed}); never null, immutable
 * @param usage       what it cost, as {@code credits} or {@code tokens}: numbers or text; never null, immutable
 * @param createdAt   when the provider took the job; null if unknown
 * @param startedAt   when the provider began; null if unknown
 * @param completedAt when the provider ended, well or not; null if unknown
 * @param attributes  everything else the provider says: text, numbers, booleans, lists and maps; never null, deeply immutable
 */
public record Report(Status status, Integer progress, JobError error, List<ReportAsset> assets, Map<String, String> links,
                     Map<String, Object> usage, Instant createdAt, Instant startedAt, Instant completedAt,
                     Map<String, Object> attributes) {

    public Report {
        Objects.requireNonNull(status, "status");
        error = Redaction.error(error);
        assets = assets == null ? List.of() : List.copyOf(assets);
        links = redactedLinks(links);
        usage = Redaction.map(usage);
        attributes = Redaction.map(attributes);
    }

    /** A report that says nothing but its status. */
    public static Report of(Status status) {
        return new Report(status, null, null, null, null, null, null, null, null, null);
    }

    /**
     * This report as JSON to store and to show: without any URL's query. What is unknown is left out.
     * {@link ReportSchema#read} reads it back, then with asset URLs that cannot be downloaded if they were signed.
     */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("status", status.word());
        if (progress != null) {
            json.put("progress", progress);
        }
        if (error != null) {
            ObjectNode node = json.putObject("error");
            put(node, "code", error.code());
            put(node, "message", error.message());
            if (error.retryable() != null) {
                node.put("retryable", error.retryable());
            }
        }
        if (!assets.isEmpty()) {
            var nodes = json.putArray("assets");
            assets.forEach(asset -> nodes.add(toJson(asset)));
        }
        if (!links.isEmpty()) {
            ObjectNode node = json.putObject("links");
            links.forEach(node::put);
        }
        if (!usage.isEmpty()) {
            json.set("usage", PlainJson.toNode(usage));
        }
        put(json, "createdAt", createdAt);
        put(json, "startedAt", startedAt);
        put(json, "completedAt", completedAt);
        if (!attributes.isEmpty()) {
            json.set("attributes", PlainJson.toNode(attributes));
        }
        return json;
    }

    private static ObjectNode toJson(ReportAsset asset) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("role", asset.role());
        node.put("url", asset.urlWithoutSecrets());
        put(node, "contentType", asset.contentType());
        if (asset.width() != null) {
            node.put("width", asset.width());
        }
        if (asset.height() != null) {
            node.put("height", asset.height());
        }
        if (asset.duration() != null) {
            node.set("duration", PlainJson.number(asset.duration()));
        }
        put(node, "auth", asset.auth());
        return node;
    }

    private static void put(ObjectNode node, String name, Object value) {
        if (value != null) {
            node.put(name, value.toString());
        }
    }

    private static Map<String, String> redactedLinks(Map<String, String> links) {
        if (links == null || links.isEmpty()) {
            return Map.of();
        }
        Map<String, String> copy = new LinkedHashMap<>();
        links.forEach((name, url) -> copy.put(Redaction.text(name), Redaction.url(url)));
        return Collections.unmodifiableMap(copy);
    }
}
