package io.mediajobs.web;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The path and query of a request, taken apart from the bytes on the wire and decoded exactly once: a job id may hold slashes,
 * percent signs and blanks. What two readers could understand differently ({@code //}, {@code /./}, {@code %2e%2e}, a
 * backslash, broken escapes, a parameter twice) is refused and not cleaned.
 */
final class RequestPath {

    private final List<String> segments;
    private final Map<String, String> query;

    private RequestPath(List<String> segments, Map<String, String> query) {
        this.segments = segments;
        this.query = query;
    }

    /**
     * @param target the request target in origin form, {@code /path?query}
     * @throws ProblemException 400 if it is malformed, 404 if no path here is written like that
     */
    static RequestPath of(String target) {
        if (!target.startsWith("/")) {
            throw new ProblemException(400, "malformed-path", "The request target must begin with a slash.");
        }
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        List<String> segments = new ArrayList<>();
        if (path.length() > 1) {
            for (String raw : path.substring(1).split("/", -1)) {
                String segment = decoded(raw, false);
                if (segment.isEmpty() || segment.equals(".") || segment.equals("..") || raw.indexOf('\\') >= 0) {
                    throw notHere();
                }
                segments.add(segment);
            }
        }
        return new RequestPath(List.copyOf(segments), query(question < 0 ? "" : target.substring(question + 1)));
    }

    private static ProblemException notHere() {
        return new ProblemException(404, "unknown-path", "There is nothing at this path: it has an empty or a dot segment.");
    }

    private static Map<String, String> query(String text) {
        Map<String, String> query = new LinkedHashMap<>();
        for (String pair : text.split("&")) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals), true);
            if (query.put(name, equals < 0 ? "" : decoded(pair.substring(equals + 1), true)) != null) {
                throw new ProblemException(400, "malformed-query", "A query parameter is given twice.", name);
            }
        }
        return query;
    }

    private static String decoded(String raw, boolean plusIsBlank) {
        ByteBuffer bytes = ByteBuffer.allocate(raw.length() * 3);
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                int high = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 1), 16) : -1;
                int low = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw new ProblemException(400, "malformed-path", "A percent sign in the address is not followed by two hexadecimal digits.");
                }
                bytes.put((byte) (high << 4 | low));
                i += 2;
            } else if (c <= ' ' || c == 127 || c > 255) {
                throw new ProblemException(400, "malformed-path", "The address has a blank or control character that is not percent-encoded.");
            } else if (c == '+' && plusIsBlank) {
                bytes.put((byte) ' ');
            } else {
                bytes.put((byte) c);
            }
        }
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
            if (text.indexOf('\0') >= 0) {
                throw new ProblemException(400, "malformed-path", "The address has a NUL character.");
            }
            return text;
        } catch (CharacterCodingException e) {
            throw new ProblemException(400, "malformed-path", "The address is not percent-encoded UTF-8.");
        }
    }

    /** The decoded segments: {@code /api/jobs/p/a%2Fb} has four, the last of them {@code a/b}. */
    List<String> segments() {
        return segments;
    }

    /** The decoded query parameters, each name once. */
    Map<String, String> query() {
        return query;
    }

    boolean startsWith(String first) {
        return !segments.isEmpty() && segments.get(0).equals(first);
    }
}
