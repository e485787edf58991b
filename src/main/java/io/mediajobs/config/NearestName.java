package io.mediajobs.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody who misspelt a name most likely meant. */
public final class NearestName {

    private NearestName() {
    }

    /**
     * @param name  as written; longer ones than 256 characters are nobody's typo and have no neighbour
     * @param known the names there are
     * @return the known name with the fewest letters to add, drop or change; empty if none is near
     */
    public static Optional<String> of(String name, Collection<String> known) {
        if (name.length() > 256) {
            return Optional.empty();
        }
        int furthest = Math.max(2, name.length() / 3);
        return known.stream()
                .min(Comparator.comparingInt((String other) -> distance(other, name)).thenComparing(Comparator.naturalOrder()))
                .filter(other -> distance(other, name) <= furthest);
    }

    /** The half-sentence {@code "; did you mean X?"}, or nothing if no known name is near. */
    public static String hint(String name, Collection<String> known) {
        return of(name, known).map(near -> "; did you mean " + near + "?").orElse("");
    }

    /** The end of a sentence: {@code "; did you mean X?"}, or a full stop if no known name is near. */
    public static String ending(String name, Collection<String> known) {
        return of(name, known).map(near -> "; did you mean " + near + "?").orElse(".");
    }

    /** Levenshtein distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
