package io.mediajobs.demo.simulator;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A short answer, all in memory.
 *
 * @param status      HTTP status
 * @param contentType of the body, null when there is none
 * @param body        may be empty
 * @param headers     further headers
 */
record Reply(int status, String contentType, byte[] body, Map<String, String> headers) {

    private static final byte[] PAGE =
            "<!doctype html><title>Welcome</title><p>Please sign in.".getBytes(StandardCharsets.UTF_8);

    static Reply json(int status, ObjectNode body) {
        return new Reply(status, "application/json; charset=utf-8", body.toString().getBytes(StandardCharsets.UTF_8), Map.of());
    }

    static Reply html() {
        return new Reply(200, "text/html; charset=utf-8", PAGE, Map.of());
    }

    static Reply bare(int status, Map<String, String> headers) {
        return new Reply(status, null, new byte[0], headers);
    }

    /**
     * What these misbehaviours answer in place of the true answer: statuses, pages, redirects.
     *
     * @return null for the other ones, which spoil the true answer
     */
    static Reply insteadOfTruth(Misbehaviour fault, Answers answers, Instant now) {
        return switch (fault.kind()) {
            case STATUS -> json(fault.status(), answers.error(fault.status()));
            case THROTTLED -> json(fault.status(), answers.error(fault.status())).with("Retry-After",
                    Long.toString(fault.retryAfter().plusMillis(999).toSeconds()));
            case THROTTLED_UNTIL -> json(fault.status(), answers.error(fault.status())).with("Retry-After",
                    DateTimeFormatter.RFC_1123_DATE_TIME.format(now.plus(fault.retryAfter()).atOffset(ZoneOffset.UTC)));
            case HTML -> html();
            case EMPTY -> bare(204, Map.of());
            case REDIRECT -> bare(fault.status(), Map.of("Location", fault.text()));
            default -> null;
        };
    }

    /** @param known ETags that the client has, as one text; null for none */
    Reply ifChanged(String known) {
        String etag = "\"%08x\"".formatted(Arrays.hashCode(body));
        return known != null && known.contains(etag) ? bare(304, Map.of("ETag", etag)) : with("ETag", etag);
    }

    private Reply with(String header, String value) {
        return new Reply(status, contentType, body, Map.of(header, value));
    }
}
