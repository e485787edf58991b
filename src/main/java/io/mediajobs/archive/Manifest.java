package io.mediajobs.archive;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mediajobs.job.Job;
import io.mediajobs.report.Report;
import io.mediajobs.store.ArchivedAsset;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Writes {@code manifest.json}. It is made of what the store and the report say and of nothing else, so that writing it again gives
 * the same bytes: {@code archivedAt} is the moment when the last asset was complete, and objects of the provider's are sorted by name.
 */
public final class Manifest {

    private static final int VERSION = 1;
    private static final JsonNodeFactory NODES = JsonNodeFactory.withExactBigDecimals(true);

    private final ArchiveKey keys;
    private final ArchivePlan plan;

    public Manifest(ArchiveKey keys, ArchivePlan plan) {
        this.keys = keys;
        this.plan = plan;
    }

    /** Where the manifest of the job is in S3. */
    public String key(Job job) {
        return keys.manifest(job);
    }

    /** How a manifest is written: indented for people, with the same line ends everywhere, so that a repeat writes the same bytes. */
    public static ObjectMapper json() {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentObjectsWith(indenter);
        printer.indentArraysWith(indenter);
        return JsonMapper.builder().defaultPrettyPrinter(printer).enable(SerializationFeature.INDENT_OUTPUT).build();
    }

    /** @throws IllegalStateException if an asset of the report is not in S3 */
    public ObjectNode of(Job job, Report report) {
        List<ArchivedAsset> assets = plan.complete(job, report);
        JsonNode said = report.toJson();
        ObjectNode manifest = NODES.objectNode();
        manifest.put("version", VERSION);
        manifest.put("provider", job.provider());
        manifest.put("jobId", job.jobId());
        manifest.put("attempt", job.attempt());
        ObjectNode tags = manifest.putObject("tags");
        new TreeMap<>(job.tags()).forEach(tags::put);
        ArrayNode list = manifest.putArray("assets");
        assets.forEach(asset -> list.add(node(asset)));
        for (String part : List.of("links", "usage", "attributes")) {
            manifest.set(part, said.path(part).isObject() ? sorted(said.get(part)) : NODES.objectNode());
        }
        ObjectNode timings = manifest.putObject("timings");
        timings.put("registeredAt", job.registeredAt().toString());
        for (String time : List.of("createdAt", "startedAt", "completedAt")) {
            if (said.hasNonNull(time)) {
                timings.set(time, said.get(time));
            }
        }
        archivedAt(assets).ifPresent(time -> timings.put("archivedAt", time.toString()));
        return manifest;
    }

    /** When the last of the assets was complete in S3; empty if none says. */
    static Optional<Instant> archivedAt(List<ArchivedAsset> assets) {
        return assets.stream().map(asset -> asset.details().get(AssetCheck.ARCHIVED_AT)).filter(Objects::nonNull)
                .map(time -> Instant.parse(time.toString())).max(Comparator.naturalOrder());
    }

    private static ObjectNode node(ArchivedAsset asset) {
        ObjectNode node = NODES.objectNode();
        node.put("role", asset.role()).put("key", asset.key()).put("bytes", asset.bytes()).put("sha256", asset.sha256());
        Object crc32c = asset.details().get(AssetCheck.CRC32C);
        if (crc32c != null) {
            node.put(AssetCheck.CRC32C, crc32c.toString());
        }
        if (asset.contentType() != null) {
            node.put("contentType", asset.contentType());
        }
        if (asset.sourceUrl() != null) {
            node.put("sourceUrl", asset.sourceUrl());
        }
        for (String name : List.of("width", "height", "duration")) {
            Object value = asset.details().get(name);
            if (value != null) {
                node.set(name, number(value));
            }
        }
        return node;
    }

    // the store gives back 8.0 as a double and 8 as an integer
    private static JsonNode number(Object value) {
        BigDecimal number = new BigDecimal(value.toString()).stripTrailingZeros();
        return NODES.numberNode(number.scale() < 0 ? number.setScale(0) : number);
    }

    private static JsonNode sorted(JsonNode node) {
        if (node.isObject()) {
            Map<String, JsonNode> members = new TreeMap<>();
            node.fields().forEachRemaining(member -> members.put(member.getKey(), sorted(member.getValue())));
            ObjectNode copy = NODES.objectNode();
            members.forEach(copy::set);
            return copy;
        }
        if (node.isArray()) {
            ArrayNode copy = NODES.arrayNode();
            node.forEach(element -> copy.add(sorted(element)));
            return copy;
        }
        return node;
    }
}
