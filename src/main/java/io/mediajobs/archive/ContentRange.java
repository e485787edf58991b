package io.mediajobs.archive;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which bytes a partial answer has.
 *
 * @param from  first byte
 * @param to    last byte
 * @param total of the whole file; negative if the host does not say
 */
record ContentRange(long from, long to, long total) {

    private static final Pattern HEADER = Pattern.compile("(?i)bytes\\s+(\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

    /** Null if the header is missing or says nothing sensible. */
    static ContentRange parse(String header) {
        Matcher parts = HEADER.matcher(header == null ? "" : header.trim());
        if (!parts.matches()) {
            return null;
        }
        long total = parts.group(3).equals("*") ? -1 : Long.parseLong(parts.group(3));
        ContentRange range = new ContentRange(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)), total);
        return range.from <= range.to && (total < 0 || range.to < total) ? range : null;
    }

    /**
     * True if this is all that is missing, and of a file of the right length.
     *
     * @param expectedTotal null if unknown
     */
    boolean isRestFrom(long offset, Long expectedTotal) {
        // without a total, nobody knows whether the range goes to the end
        return from == offset && total >= 0 && to == total - 1 && (expectedTotal == null || expectedTotal == total);
    }
}
