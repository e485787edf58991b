package io.mediajobs.archive;

/** An asset that is not fetched at all, because of what its report or its host says. Only a person can help. */
public class AssetRefusedException extends ArchiveException {

    /** Code of a URL that is not one of ours to follow. */
    public static final String URL_INVALID = "url-invalid";
    /** Code of an asset that needs a key which cannot be sent. */
    public static final String AUTH_UNSUPPORTED = "asset-auth-unsupported";
    /** Code of an asset that is larger than {@code archive.max-asset-bytes}. */
    public static final String TOO_LARGE = "asset-too-large";
    /** Code of an asset with which its job would be larger than {@code archive.max-job-bytes}. */
    public static final String JOB_TOO_LARGE = "job-too-large";

    /** @param sentence for the operator; never with the URL's query */
    public AssetRefusedException(String code, String sentence) {
        super(code, sentence, null);
    }
}
