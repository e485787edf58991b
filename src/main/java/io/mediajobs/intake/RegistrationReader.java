package io.mediajobs.intake;

import static io.mediajobs.intake.Result.Refused.INVALID_DEADLINE;
import static io.mediajobs.intake.Result.Refused.INVALID_JOB_ID;
import static io.mediajobs.intake.Result.Refused.INVALID_PROVIDER;
import static io.mediajobs.intake.Result.Refused.INVALID_TAGS;
import static io.mediajobs.intake.Result.Refused.UNKNOWN_FIELD;
import static io.mediajobs.intake.Result.Refused.UNREADABLE;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mediajobs.config.NearestName;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads registrations written as JSON, {@code {"provider", "jobId", "deadline"?, "tags"?}}, strictly: what is misspelt or of
 * another type is refused and not guessed at. Whether the values make sense is {@link Registrar}'s to say.
 * Safe for concurrent use.
 */
public final class RegistrationReader {

    private static final List<String> FIELDS = List.of("provider", "jobId", "deadline", "tags");

    private final JsonMapper mapper = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(20).maxNumberLength(100).maxNameLength(1_000).build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    // names come from outside: they must not fill a table that lives as long as the program
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * Any JSON, strictly: no name twice in an object, nothing behind the value, at most 20 levels.
     *
     * @param json the whole text, its size already limited by the caller
     * @return one value, perhaps an array of registrations
     * @throws RefusedException with the place, if it is not JSON
     */
    public JsonNode parse(String json) throws RefusedException {
        try {
            JsonNode node = mapper.readTree(json);
            if (node == null || node.isMissingNode()) {
                throw new RefusedException(UNREADABLE, "There is no JSON.", null);
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new RefusedException(UNREADABLE, "This is not JSON: " + reason(e), null);
        }
    }

    /** As {@link #read(JsonNode)}, of a text that is one registration. */
    public Registration read(String json) throws RefusedException {
        return read(parse(json));
    }

    /**
     * @param node one registration
     * @throws RefusedException if it is not an object, has a field that registrations do not have, or one of another type
     */
    public Registration read(JsonNode node) throws RefusedException {
        if (!node.isObject()) {
            throw new RefusedException(UNREADABLE, "A registration is a JSON object such as {\"provider\": \"…\", \"jobId\": \"…\"}.", null);
        }
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!FIELDS.contains(name)) {
                throw unknownField(name, FIELDS);
            }
        }
        return new Registration(text(node, "provider", INVALID_PROVIDER), text(node, "jobId", INVALID_JOB_ID),
                text(node, "deadline", INVALID_DEADLINE), tags(node.path("tags")));
    }

    static RefusedException unknownField(String name, List<String> known) {
        String hint = NearestName.hint(name, known);
        return new RefusedException(UNKNOWN_FIELD, "A registration has no field " + Quoted.text(name)
                + (hint.isEmpty() ? "; it has " + String.join(", ", known) + "." : hint), Quoted.text(name).replaceAll("^'|'$", ""));
    }

    private static String text(JsonNode object, String name, String code) throws RefusedException {
        JsonNode value = object.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw new RefusedException(code, "The field " + name + " must be a string.", name);
        }
        return value.textValue();
    }

    private static Map<String, String> tags(JsonNode tags) throws RefusedException {
        if (tags.isMissingNode() || tags.isNull()) {
            return Map.of();
        }
        if (!tags.isObject()) {
            throw new RefusedException(INVALID_TAGS, "The field tags must be an object of strings.", "tags");
        }
        Map<String, String> map = new LinkedHashMap<>();
        for (Iterator<Map.Entry<String, JsonNode>> entries = tags.fields(); entries.hasNext(); ) {
            Map.Entry<String, JsonNode> tag = entries.next();
            if (!tag.getValue().isTextual()) {
                throw new RefusedException(INVALID_TAGS, "The value of the tag " + Quoted.text(tag.getKey()) + " must be a string.", "tags");
            }
            map.put(tag.getKey(), tag.getValue().textValue());
        }
        return map;
    }

    /** Jackson's words quote the text; the place alone is enough and shows no secret. */
    private static String reason(JsonProcessingException e) {
        String original = String.valueOf(e.getOriginalMessage());
        String what = original.startsWith("Duplicate field") ? "a name stands twice in one object"
                : original.startsWith("Trailing token") ? "something follows behind it"
                : original.contains("end-of-input") ? "it is cut off"
                : original.contains("exceeds the maximum") ? "it is nested too deeply or has too long a name or number"
                : "a syntax error";
        return e.getLocation() == null ? what + "." : what + " in line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr() + ".";
    }
}
