package io.mediajobs.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mediajobs.job.JobError;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * Reads what a provider's status endpoint answers. The body is read as strict JSON up to a cap, mapped and checked against
 * the report schema; what does not fit is never guessed at. Safe for concurrent use.
 */
public final class AnswerReader {

    /** Bytes; 10,000 signed URLs of 600 characters fit. */
    public static final int DEFAULT_MAX_BYTES = 8 * 1024 * 1024;
    /** Bytes; the largest cap that can be set. */
    public static final int MOST_BYTES = 256 * 1024 * 1024;
    /** Characters. */
    public static final int LONGEST_EXCERPT = 2_048;

    private final int maxBytes;
    private final StrictJson json;

    public AnswerReader() {
        this(DEFAULT_MAX_BYTES);
    }

    /** @param maxBytes largest body that is read, after any decompression; 1 to {@link #MOST_BYTES}. The bytes, their text and the tree are in memory at once */
    public AnswerReader(int maxBytes) {
        if (maxBytes < 1 || maxBytes > MOST_BYTES) {
            throw new IllegalArgumentException("the cap of an answer must be 1 to " + MOST_BYTES + " bytes and is " + maxBytes);
        }
        this.maxBytes = maxBytes;
        this.json = new StrictJson(maxBytes);
    }

    /**
     * @param httpStatus  as the provider sent it
     * @param contentType header as sent; null if there was none. A wrong one does not make JSON unreadable
     * @param body        may be empty; null counts as empty
     * @param mapping     the provider's; not null
     */
    public Answer read(int httpStatus, String contentType, byte[] body, Mapping mapping) {
        try {
            return read(httpStatus, contentType, body == null ? null : new ByteArrayInputStream(body), mapping);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * As above; reads at most one byte more than the cap and does not close the stream.
     *
     * @throws IOException if a 2xx body breaks off. An error answer keeps its meaning without its body
     */
    public Answer read(int httpStatus, String contentType, InputStream body, Mapping mapping) throws IOException {
        boolean success = httpStatus >= 200 && httpStatus < 300;
        byte[] bytes;
        try {
            bytes = body == null ? new byte[0] : body.readNBytes(maxBytes + 1);
        } catch (IOException e) {
            if (success) {
                throw e;
            }
            bytes = new byte[0];
        }
        return success ? report(httpStatus, contentType, bytes, mapping) : failure(httpStatus, contentType, bytes, mapping);
    }

    /**
     * What 304 means after a question that named the answer of before (RFC 9110, 15.4.5): that one again.
     *
     * @param report as it was kept, {@link Report#toJson}
     */
    public Answer unchanged(int httpStatus, String report) {
        try {
            return new Answer(httpStatus, ReportSchema.read(parse("application/json", report.getBytes(StandardCharsets.UTF_8))), null, null, null);
        } catch (UnreadableAnswerException | UnfitReportException e) {
            throw new IllegalStateException("a report was kept that is none: " + e.getMessage(), e);
        }
    }

    /**
     * Reads another answer than a status report by the same rules, as a page of a list of jobs.
     *
     * @return what the mapping makes of it
     * @throws UnreadableAnswerException if the body is too large or not a JSON object
     * @throws MappingException          if the mapping refuses it
     * @throws IOException               if the body breaks off
     */
    public ObjectNode map(String contentType, InputStream body, Mapping mapping)
            throws UnreadableAnswerException, MappingException, IOException {
        return mapping.apply(parse(contentType, body.readNBytes(maxBytes + 1)));
    }

    private Answer report(int httpStatus, String contentType, byte[] body, Mapping mapping) {
        try {
            return new Answer(httpStatus, ReportSchema.read(mapping.apply(parse(contentType, body))), null, null, null);
        } catch (UnreadableAnswerException e) {
            return unusable(httpStatus, e.code(), e.getMessage(), body);
        } catch (MappingException e) {
            return unusable(httpStatus, Answer.UNFIT, e.getMessage(), body);
        } catch (UnfitReportException e) {
            return unusable(httpStatus, Answer.UNFIT, "what " + mapping.name() + " makes of the answer is not a report: " + e.getMessage(), body);
        }
    }

    private static Answer unusable(int httpStatus, String code, String reason, byte[] body) {
        return new Answer(httpStatus, null, new JobError(code, reason, null), null, excerpt(body));
    }

    /** The HTTP status decides what happens; the body only explains it, so whatever is wrong with the body is forgiven. */
    private Answer failure(int httpStatus, String contentType, byte[] body, Mapping mapping) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ObjectNode mapped = answer;
        try {
            answer = parse(contentType, body);
            mapped = mapping.apply(answer);
        } catch (UnreadableAnswerException | MappingException e) {
            // no words of the provider's, then
        }
        JsonNode error = mapped.path("error");
        String code = first(text(error, "code"), "http-" + httpStatus);
        String message = first(text(error, "message"), text(answer, "message"), ReasonPhrase.of(httpStatus));
        Boolean retryable = error.path("retryable").isBoolean() ? error.get("retryable").booleanValue() : null;
        Map<String, Object> attributes = PlainJson.toMap(ReportSchema.withoutNulls(mapped.path("attributes")));
        return new Answer(httpStatus, null, new JobError(code, message, retryable), attributes, excerpt(body));
    }

    private ObjectNode parse(String contentType, byte[] body) throws UnreadableAnswerException {
        if (body.length > maxBytes) {
            throw new UnreadableAnswerException(UnreadableAnswerException.TOO_LARGE, "the answer is larger than " + maxBytes + " bytes");
        }
        return json.read(contentType, body);
    }

    /** Redacted before it is cut: a cut could leave half a URL that no longer looks like one. */
    private static String excerpt(byte[] body) {
        if (body.length == 0) {
            return null;
        }
        byte[] beginning = Arrays.copyOf(body, Math.min(body.length, 16 * LONGEST_EXCERPT));
        String text = new String(beginning, StandardCharsets.UTF_8).replaceAll("[\\p{Cntrl}&&[^\n\r\t]]", "\uFFFD");
        return Redaction.cut(Redaction.text(text), LONGEST_EXCERPT);
    }

    private static String text(JsonNode object, String name) {
        JsonNode value = object.path(name);
        return value.isTextual() && !value.textValue().isBlank() ? value.textValue() : null;
    }

    private static String first(String... texts) {
        return Arrays.stream(texts).filter(text -> text != null).findFirst().orElse(null);
    }
}
