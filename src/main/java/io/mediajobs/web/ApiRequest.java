package io.mediajobs.web;

import io.mediajobs.config.NearestName;
import io.mediajobs.job.JobKey;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;

/**
 * What a call is given: path, query and body. Camel's own path and query parameters are not used: it puts them among the
 * message's headers, where a query parameter of the same name joins the path's.
 */
final class ApiRequest {

    private final RequestPath path;
    private final byte[] body;

    private ApiRequest(RequestPath path, byte[] body) {
        this.path = path;
        this.body = body;
    }

    static ApiRequest of(Exchange exchange) {
        // set by platform-http itself, after the caller's headers
        RequestPath path = RequestPath.of(exchange.getMessage().getHeader(Exchange.HTTP_URI, String.class));
        byte[] body = exchange.getMessage().getBody(byte[].class);
        return new ApiRequest(path, body == null ? new byte[0] : body);
    }

    /** The segment at {@code index}, decoded: in {@code /api/jobs/{provider}/{jobId}} the job id is 3. */
    String segment(int index) {
        return path.segments().get(index);
    }

    /** How many there are. */
    int segments() {
        return path.segments().size();
    }

    /** The body as it came. */
    byte[] body() {
        return body;
    }

    JobKey jobKey() {
        return new JobKey(segment(2), segment(3));
    }

    /** @throws ProblemException 400 if there is a parameter of another name */
    Map<String, String> query(String... known) {
        for (String name : path.query().keySet()) {
            if (!List.of(known).contains(name)) {
                throw new ProblemException(400, "unknown-parameter", known.length == 0 ? "This call takes no query parameters."
                        : "There is no query parameter of that name" + NearestName.of(name, List.of(known)).map(near -> "; did you mean " + near + "?")
                        .orElse("; there are: " + String.join(", ", known) + "."), shortened(name));
            }
        }
        return path.query();
    }

    /** @throws ProblemException 400 if it is empty or not UTF-8 */
    String text() {
        if (body.length == 0) {
            throw new ProblemException(400, "no-body", "The body is empty.");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException e) {
            throw new ProblemException(400, "unreadable", "The body is not UTF-8.");
        }
    }

    /** A number of entries from 1 to 1,000; 100 unless told. */
    static int limit(Map<String, String> query) {
        String text = query.get("limit");
        if (text == null) {
            return 100;
        }
        if (!text.matches("[0-9]{1,4}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > 1000) {
            throw new ProblemException(400, "invalid-limit", "limit is a whole number from 1 to 1000.", "limit");
        }
        return Integer.parseInt(text);
    }

    static String shortened(String text) {
        String clean = text.replaceAll("[^\\p{Print}]", "\uFFFD");
        return clean.length() <= 80 ? clean : clean.substring(0, 79) + "…";
    }
}
