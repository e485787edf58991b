package io.mediajobs.archive;

import io.mediajobs.job.JobError;
import io.mediajobs.report.Redaction;

/**
 * Why an asset or a manifest is not in S3. The message is a sentence without secrets; the classes below it say what to do about it,
 * so that routes can tell them apart.
 */
public abstract class ArchiveException extends RuntimeException {

    private final String code;

    ArchiveException(String code, String sentence, Throwable cause) {
        super(Redaction.text(sentence), cause);
        this.code = code;
    }

    /** Short and stable: the code of the job's error and of its event. */
    public String code() {
        return code;
    }

    /** The job's error that this makes; retryable, as a person may say {@code retry} after every one of them. */
    public JobError error() {
        return new JobError(code, getMessage(), true);
    }
}
