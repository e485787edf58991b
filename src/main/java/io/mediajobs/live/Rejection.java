package io.mediajobs.live;

import io.mediajobs.report.Redaction;
import java.time.Instant;

/**
 * An edit that is not in use, and why.
 *
 * @param at      when that was found
 * @param file    relative to the routes folder, or the name of a properties file; null if no single file is to blame
 * @param line    from 1; null if unknown
 * @param column  from 1; null if unknown
 * @param message a sentence; secrets are taken out of it
 */
public record Rejection(Instant at, String file, Integer line, Integer column, String message) {

    public Rejection {
        message = Redaction.text(message);
    }

    /** As the log tells it. */
    String told() {
        return (file == null ? "" : file + (line == null ? "" : ", line " + line) + (column == null ? "" : ", column " + column) + ": ") + message;
    }

    boolean isSame(Rejection other) {
        return told().equals(other.told());
    }
}
