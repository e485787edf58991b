package io.mediajobs.archive;

/** S3 has another object where an asset would go, and is not to write over it ({@code s3.overwrite}). Somebody has to move it away. */
public class ObjectExistsException extends S3DeniedException {

    /** @param sentence for the operator */
    public ObjectExistsException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
