package io.mediajobs.intake;

import io.mediajobs.job.JobKey;

/** What became of one registration. */
public sealed interface Result {

    /** The job was new; it is on disk and followed from now on. */
    record Created(JobKey key) implements Result {
    }

    /** The job was known already and is left as it is, deadline and tags included. */
    record AlreadyFollowed(JobKey key) implements Result {
    }

    /**
     * Nothing was stored.
     *
     * @param code     short and stable, such as {@code unknown-provider}; the constants of this class
     * @param sentence what is wrong and what would be right, for a person; what it quotes is redacted and cut
     * @param field    the field that is wrong, such as {@code jobId} or {@code tags.order}; null if it is the whole
     */
    record Refused(String code, String sentence, String field) implements Result {
        public static final String UNREADABLE = "unreadable";
        public static final String UNKNOWN_FIELD = "unknown-field";
        public static final String UNKNOWN_PROVIDER = "unknown-provider";
        public static final String INVALID_PROVIDER = "invalid-provider";
        public static final String INVALID_JOB_ID = "invalid-job-id";
        public static final String INVALID_DEADLINE = "invalid-deadline";
        public static final String INVALID_TAGS = "invalid-tags";
    }
}
