package io.mediajobs.demo.simulator;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a content.
 *
 * @param from first byte
 * @param to   the byte after the last one
 */
record ByteRange(long from, long to) {

    private static final Pattern SINGLE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    long length() {
        return to - from;
    }

    static boolean isSingle(String header) {
        return header != null && !header.equals("bytes=-") && SINGLE.matcher(header).matches();
    }

    /**
     * @param header a Range header for which {@link #isSingle} is true
     * @return the part, or null when nothing of it is in the content (416)
     */
    static ByteRange parse(String header, long size) {
        Matcher matcher = SINGLE.matcher(header);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(header);
        }
        if (matcher.group(1).isEmpty()) {
            long suffix = Math.min(Long.parseLong(matcher.group(2)), size);
            return suffix == 0 ? null : new ByteRange(size - suffix, size);
        }
        long from = Long.parseLong(matcher.group(1));
        long to = matcher.group(2).isEmpty() ? size : Math.min(Long.parseLong(matcher.group(2)) + 1, size);
        return from >= to ? null : new ByteRange(from, to);
    }
}
