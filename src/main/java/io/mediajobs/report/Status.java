package io.mediajobs.report;

import java.util.Locale;

/** What the provider says about a job, in our words. Where the job stands with us is {@link io.mediajobs.job.JobState}. */
public enum Status {
    PENDING, PROCESSING, COMPLETED, FAILED, NOT_FOUND;

    /** The word in a report's JSON: lower case with hyphens, as {@code not-found}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * @param word as from {@link #word()}; not null
     * @throws IllegalArgumentException if there is no such status
     */
    public static Status ofWord(String word) {
        for (Status status : values()) {
            if (status.word().equals(word)) {
                return status;
            }
        }
        throw new IllegalArgumentException("unknown status '" + word + "'");
    }
}
