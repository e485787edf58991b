package io.mediajobs.archive;

/** S3 did not answer, or could not do it now. Another try may help. */
public class S3UnavailableException extends ArchiveException {

    /** @param sentence for the operator; URLs in it lose their query */
    public S3UnavailableException(String sentence) {
        this(sentence, null);
    }

    public S3UnavailableException(String sentence, Throwable cause) {
        super("s3-unavailable", sentence, cause);
    }
}
