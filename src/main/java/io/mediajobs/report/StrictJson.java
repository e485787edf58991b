package io.mediajobs.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * Reads a body as one JSON object, or says in a sentence why not. The body is anybody's: UTF-8 only, at most 500 deep and
 * 500,000 tokens, numbers of at most 1,000 characters within the range of a double, no name twice, nothing behind the object.
 */
final class StrictJson {

    static final int DEEPEST = 500;
    static final int LONGEST_NUMBER = 1_000;
    static final int LONGEST_NAME = 10_000;
    /** Names, values and brackets. A small value costs many times its bytes; 10,000 assets with all their members are under 200,000. */
    static final int MOST_TOKENS = 500_000;

    private final JsonMapper mapper;

    /** @param maxBytes largest body, so also the longest string that can be in one */
    StrictJson(int maxBytes) {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEEPEST)
                        .maxNumberLength(LONGEST_NUMBER)
                        .maxNameLength(LONGEST_NAME)
                        .maxTokenCount(MOST_TOKENS)
                        .maxStringLength(maxBytes)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                // names come from outside: they must not fill a table that lives as long as the program
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .build();
        mapper = JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }

    /**
     * @param contentType as in the header, only used to explain a body that is not JSON; null if there was none
     * @param body        the bytes, already within the cap
     * @return the object, with NUL and lone surrogates in its strings replaced by U+FFFD: databases and encoders refuse them
     */
    ObjectNode read(String contentType, byte[] body) throws UnreadableAnswerException {
        String text = decode(body);
        if (text.isBlank()) {
            throw unreadable("the answer is empty");
        }
        if (text.stripLeading().startsWith("<")) {
            throw unreadable("the answer is HTML or XML and not JSON" + announced(contentType));
        }
        JsonNode node = parse(text, contentType);
        if (!(node instanceof ObjectNode object)) {
            throw unreadable("the answer is " + kind(node) + " and not a JSON object");
        }
        return (ObjectNode) cleaned(object);
    }

    /** In words for a message: an array, a string, a number, … */
    static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            case STRING -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "true or false";
            case NULL -> "null";
            default -> "nothing";
        };
    }

    private static String decode(byte[] body) throws UnreadableAnswerException {
        try {
            String text = StandardCharsets.UTF_8.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw unreadable("the answer is not UTF-8");
        }
    }

    private JsonNode parse(String text, String contentType) throws UnreadableAnswerException {
        try {
            return mapper.readTree(text);
        } catch (StreamConstraintsException e) {
            throw unreadable("the answer is beyond the limits of " + DEEPEST + " levels, " + MOST_TOKENS + " tokens, " + LONGEST_NUMBER
                    + " characters in a number and " + LONGEST_NAME + " in a name" + at(e.getLocation()));
        } catch (JsonProcessingException e) {
            String original = String.valueOf(e.getOriginalMessage());
            String reason = original.startsWith("Duplicate field") ? "the answer has a name twice in one object"
                    : original.startsWith("Trailing token") ? "the answer goes on behind its JSON object"
                    : original.contains("end-of-input") ? "the answer is cut off"
                    : "the answer is not JSON" + announced(contentType);
            throw unreadable(reason + at(e.getLocation()));
        }
    }

    private static JsonNode cleaned(JsonNode node) throws UnreadableAnswerException {
        if (node instanceof ObjectNode object) {
            return cleaned(object);
        }
        if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, cleaned(array.get(i)));
            }
            return array;
        }
        if (node.isTextual()) {
            String text = node.textValue();
            String clean = clean(text);
            return clean.equals(text) ? node : TextNode.valueOf(clean);
        }
        if (node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue())) {
            throw unreadable("the answer has a number that is too large");
        }
        return node;
    }

    private static JsonNode cleaned(ObjectNode object) throws UnreadableAnswerException {
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            if (copy.replace(clean(field.getKey()), cleaned(field.getValue())) != null) {
                throw unreadable("the answer has a name twice in one object");
            }
        }
        return copy;
    }

    private static String clean(String text) {
        StringBuilder clean = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair) {
                i++;
            } else if (c == 0 || Character.isSurrogate(c)) {
                if (clean == null) {
                    clean = new StringBuilder(text);
                }
                clean.setCharAt(i, '\uFFFD');
            }
        }
        return clean == null ? text : clean.toString();
    }

    private static String announced(String contentType) {
        return contentType == null || contentType.toLowerCase(Locale.ROOT).contains("json") ? ""
                : " (content type " + Redaction.cut(Redaction.text(contentType).replaceAll("[^A-Za-z0-9/+.;= _-]", "?"), 60) + ")";
    }

    private static String at(JsonLocation location) {
        return location == null || location.getLineNr() < 1 ? ""
                : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }

    private static UnreadableAnswerException unreadable(String reason) {
        return new UnreadableAnswerException(UnreadableAnswerException.UNREADABLE, reason);
    }
}
