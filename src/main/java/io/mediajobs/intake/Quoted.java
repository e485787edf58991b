package io.mediajobs.intake;

import io.mediajobs.report.Redaction;

/** Text of the caller's in our sentences: without secrets, short, on one line. */
final class Quoted {

    private static final int LONGEST = 80;

    private Quoted() {
    }

    static String text(String text) {
        String beginning = text.length() > 20 * LONGEST ? text.substring(0, 20 * LONGEST) : text;
        String clean = Redaction.text(beginning).replaceAll("[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}]", "\uFFFD");
        if (clean.codePointCount(0, clean.length()) <= LONGEST) {
            return "'" + clean + "'";
        }
        return "'" + clean.substring(0, clean.offsetByCodePoints(0, LONGEST - 1)) + "…'";
    }
}
