package io.mediajobs.job;

import java.util.Locale;

/** Where a job stands with us. The provider's own word for it is its status, never our state. */
public enum JobState {
    /** accepted; the provider has not begun, or was not asked yet */
    PENDING,
    /** the provider works on it */
    PROCESSING,
    /** the provider is done; its assets are on their way into S3 */
    ARCHIVING,
    /** assets and manifest are in S3 */
    ARCHIVED,
    /** the provider says it failed */
    FAILED,
    /** the provider does not know it */
    LOST,
    /** the deadline passed */
    EXPIRED,
    /** an operator stopped following it */
    CANCELLED,
    /** waits for a person; {@code retry} resumes it */
    BLOCKED;

    /** True where no poll changes the job any more; only {@code retry} opens it again. */
    public boolean isTerminal() {
        return switch (this) {
            case ARCHIVED, FAILED, LOST, EXPIRED, CANCELLED -> true;
            case PENDING, PROCESSING, ARCHIVING, BLOCKED -> false;
        };
    }

    /** The word in the API, the events and the store: lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @param word as from {@link #word()}; not null
     * @throws IllegalArgumentException if there is no such state
     */
    public static JobState ofWord(String word) {
        for (JobState state : values()) {
            if (state.word().equals(word)) {
                return state;
            }
        }
        throw new IllegalArgumentException("unknown job state '" + word + "'");
    }
}
