package io.mediajobs.archive;

/** An asset that is not fetched at all, because of what its report says. Only a person can help. */
public class AssetRefusedException extends ArchiveException {

    /** Code of a URL that is not one of ours to follow. */
    public static final String URL_INVALID = "url-invalid";
    /** Code of an asset that needs a key which cannot be sent. */
    public static final String AUTH_UNSUPPORTED = "asset-auth-unsupported";

    /** @param sentence for the operator; never with the URL's query */
    public AssetRefusedException(String code, String sentence) {
        super(code, sentence, null);
    }
}
