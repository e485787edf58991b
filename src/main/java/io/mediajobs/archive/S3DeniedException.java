package io.mediajobs.archive;

/** S3 refuses, and would refuse again at once: credentials, permissions, bucket or request. Somebody has to change a setting. */
public class S3DeniedException extends ArchiveException {

    /** @param sentence for the operator; URLs in it lose their query */
    public S3DeniedException(String sentence) {
        this(sentence, null);
    }

    public S3DeniedException(String sentence, Throwable cause) {
        super("s3-denied", sentence, cause);
    }
}
