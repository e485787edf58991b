package io.mediajobs.cli;

/** Text of others on a terminal: nothing in it may move the cursor, change colours or begin a line of its own. */
final class Printable {

    private Printable() {
    }

    /** @return {@code text} without control characters and bidirectional overrides; {@code ""} for null */
    static String line(String text) {
        if (text == null) {
            return "";
        }
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            int type = Character.getType(c);
            boolean hidden = type == Character.CONTROL || type == Character.FORMAT || type == Character.SURROGATE
                    || type == Character.LINE_SEPARATOR || type == Character.PARAGRAPH_SEPARATOR;
            clean.appendCodePoint(hidden ? ' ' : c);
        });
        return clean.toString();
    }

    /** {@code text} on at most {@code width} characters, ending in ~ where something is missing. */
    static String cut(String text, int width) {
        String clean = line(text);
        return clean.length() <= width ? clean : clean.substring(0, Math.max(0, width - 1)) + "~";
    }
}
