package io.mediajobs.live;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mediajobs.report.Redaction;
import java.util.Comparator;

/**
 * Something that is wrong with what operators edit.
 *
 * @param file     relative to the routes folder
 * @param line     from 1; null if unknown
 * @param column   from 1; null if unknown
 * @param sentence what is wrong; secrets are taken out of it, as it may quote what somebody wrote
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Finding(String file, Integer line, Integer column, String sentence) {

    public Finding {
        sentence = Redaction.text(sentence);
    }

    /** By file, then from top to bottom. */
    static final Comparator<Finding> ORDER = Comparator.comparing(Finding::file)
            .thenComparing(Finding::line, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Finding::column, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Finding::sentence);

    /** About the whole file. */
    public Finding(String file, String sentence) {
        this(file, null, null, sentence);
    }

    /** {@code file:line:column: sentence}, as far as the place is known. */
    public String told() {
        return file + (line == null ? "" : ":" + line) + (column == null ? "" : ":" + column) + ": " + sentence;
    }
}
