package io.mediajobs.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.mediajobs.job.JobError;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What a report may look like ({@code report.schema.json}), and the way from such JSON to a {@link Report}. Safe for concurrent use. */
public final class ReportSchema {

    private static final JsonSchema SCHEMA = load();

    private ReportSchema() {
    }

    /**
     * @param json an object of the design's report form; null values in it mean absent; not null, not changed
     * @throws UnfitReportException if it does not fit the schema
     */
    public static Report read(JsonNode json) throws UnfitReportException {
        JsonNode known = withoutNulls(json);
        Set<ValidationMessage> faults = SCHEMA.validate(known);
        if (!faults.isEmpty()) {
            throw new UnfitReportException(faults.stream().limit(3).map(ReportSchema::sentence).collect(Collectors.joining("; ")));
        }
        List<ReportAsset> assets = new ArrayList<>();
        known.path("assets").forEach(asset -> assets.add(asset(asset)));
        Map<String, String> links = new LinkedHashMap<>();
        known.path("links").properties().forEach(link -> links.put(link.getKey(), link.getValue().textValue()));
        return new Report(Status.ofWord(known.get("status").textValue()), integer(known.get("progress")), error(known.get("error")),
                assets, links, PlainJson.toMap(known.get("usage")),
                instant(known, "createdAt"), instant(known, "startedAt"), instant(known, "completedAt"),
                PlainJson.toMap(known.get("attributes")));
    }

    /**
     * Members that are null fall away at any depth, and NaN and infinity too, which jq can make and JSON cannot say.
     * Elements of arrays stay, their places may mean something.
     */
    static JsonNode withoutNulls(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            object.properties().forEach(field -> {
                if (!isNothing(field.getValue())) {
                    copy.set(field.getKey(), withoutNulls(field.getValue()));
                }
            });
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode(array.size());
            array.forEach(element -> copy.add(isNothing(element) ? copy.nullNode() : withoutNulls(element)));
            return copy;
        }
        return node;
    }

    private static boolean isNothing(JsonNode node) {
        return node.isNull() || node.isDouble() && !Double.isFinite(node.doubleValue());
    }

    private static ReportAsset asset(JsonNode asset) {
        return new ReportAsset(asset.get("role").textValue(), asset.get("url").textValue(), text(asset.get("contentType")),
                integer(asset.get("width")), integer(asset.get("height")), decimal(asset.get("duration")), text(asset.get("auth")));
    }

    private static JobError error(JsonNode error) {
        return error == null ? null
                : new JobError(text(error.get("code")), text(error.get("message")),
                        error.has("retryable") ? error.get("retryable").booleanValue() : null);
    }

    private static Instant instant(JsonNode report, String name) throws UnfitReportException {
        JsonNode value = report.get(name);
        try {
            return value == null ? null : OffsetDateTime.parse(value.textValue()).toInstant();
        } catch (DateTimeException e) {
            throw new UnfitReportException(name + " is not a time of RFC 3339, as in 2026-01-31T12:00:00Z");
        }
    }

    private static String text(JsonNode value) {
        return value == null ? null : value.textValue();
    }

    private static Integer integer(JsonNode value) {
        return value == null ? null : value.intValue();
    }

    private static BigDecimal decimal(JsonNode value) {
        if (value == null) {
            return null;
        }
        BigDecimal shortest = value.decimalValue().stripTrailingZeros();
        return shortest.scale() < 0 ? shortest.setScale(0) : shortest;
    }

    private static String sentence(ValidationMessage fault) {
        String where = fault.getInstanceLocation().toString().replaceFirst("^/", "");
        String sentence = switch (fault.getType()) {
            case "required" -> (where.isEmpty() ? "" : where + "/") + fault.getProperty() + " is missing";
            case "additionalProperties" -> (where.isEmpty() ? "" : where + "/") + fault.getProperty() + " is not part of a report";
            case "enum" -> where + " is " + shown(fault.getInstanceNode()) + " and none of " + words(fault.getSchemaNode());
            default -> (where.isEmpty() ? "" : where + ": ") + fault.getError();
        };
        return Redaction.cut(Redaction.text(sentence), 300);
    }

    private static String shown(JsonNode value) {
        return value.isTextual() ? "'" + Redaction.cut(Redaction.text(value.textValue()), 60) + "'" : StrictJson.kind(value);
    }

    private static String words(JsonNode enumeration) {
        List<String> words = new ArrayList<>();
        enumeration.forEach(word -> words.add(word.asText()));
        return String.join(", ", words);
    }

    private static JsonSchema load() {
        try (InputStream schema = ReportSchema.class.getResourceAsStream("report.schema.json")) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(
                    new ObjectMapper().readTree(schema),
                    SchemaValidatorsConfig.builder().locale(Locale.ENGLISH).typeLoose(false).build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
