package io.mediajobs.report;

import java.math.BigDecimal;
import java.util.Objects;

/**
 * One downloadable result of a job.
 *
 * <p>The url is the only place in a report that keeps a query: a signed URL is a secret that the download needs.
 * {@link #toString()} and {@link Report#toJson()} show it without.
 *
 * @param role        what it is, as {@code video}, {@code subtitles-srt}; never null
 * @param url         where it is, exactly as the provider wrote it: attacker input, neither parsed nor checked here; never null
 * @param contentType media type as announced by the provider; null if unknown
 * @param width       in pixels; null if unknown
 * @param height      in pixels; null if unknown
 * @param duration    in seconds; null if unknown
 * @param auth        {@code provider} if the bytes need the provider's key; otherwise null
 */
public record ReportAsset(String role, String url, String contentType, Integer width, Integer height,
                          BigDecimal duration, String auth) {

    public ReportAsset {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(url, "url");
        contentType = Redaction.text(contentType);
    }

    /** The url without query, fragment and user name: for manifests, logs and pages. */
    public String urlWithoutSecrets() {
        return Redaction.url(url);
    }

    @Override
    public String toString() {
        return role + " " + urlWithoutSecrets();
    }
}
