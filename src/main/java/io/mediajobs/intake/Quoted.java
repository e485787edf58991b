package io.mediajobs.intake;

import io.mediajobs.report.Redaction;

/** Text of the caller's in our sentences: without secrets, short, on one line. */
final class Quoted {

    private static final int LONGEST = 80;

    private Quoted() {
    }

    static String text(String text) {
        // before it is cut: half a secret is not known
        String clean = Redaction.text(text).replaceAll("[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}]", "\uFFFD");
        if (clean.codePointCount(0, clean.length()) <= LONGEST) {
            return "'" + clean + "'";
        }
        return "'" + clean.substring(0, clean.offsetByCodePoints(0, LONGEST - 1)) + "…'";
    }
}
