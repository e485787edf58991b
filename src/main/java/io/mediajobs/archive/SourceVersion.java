package io.mediajobs.archive;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;

/**
 * By what a host tells one version of a file from the next: a strong ETag, or the time of last modification where that can serve as
 * one. It is what a request for the rest of a file carries as {@code If-Range} (RFC 9110, section 13.1.5).
 */
final class SourceVersion {

    private SourceVersion() {
    }

    /** The ETag in its quotes, or the time as the host wrote it; null if there is neither. */
    static String of(HttpResponse response) {
        String etag = value(response, "ETag");
        if (etag != null && etag.matches("\"[\\x21\\x23-\\x7E\\x80-\\xFF]{1,512}\"")) {
            return etag;
        }
        // RFC 9110, section 8.8.2.2: a time is as good as a strong ETag only if the answer is younger, since a file can change twice in a second
        Instant modified = time(value(response, "Last-Modified"));
        Instant answered = time(value(response, "Date"));
        boolean strong = modified != null && answered != null && !answered.isBefore(modified.plusSeconds(1));
        return strong ? value(response, "Last-Modified") : null;
    }

    /** True if a partial answer says that it is of this version; one that does not say so could be of any. */
    static boolean isSame(String version, HttpResponse response) {
        return version.equals(value(response, version.startsWith("\"") ? "ETag" : "Last-Modified"));
    }

    private static String value(HttpResponse response, String name) {
        Header header = response.getFirstHeader(name);
        return header == null || header.getValue() == null || header.getValue().isBlank() ? null : header.getValue().trim();
    }

    private static Instant time(String text) {
        try {
            return text == null ? null : DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
