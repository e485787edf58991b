package io.mediajobs.archive;

/** An asset that is not fetched at all, because of what its report or its host says. Only a person can help. */
public class AssetRefusedException extends ArchiveException {

    /** Code of a URL that is not one of ours to follow. */
    public static final String URL_INVALID = "url-invalid";
    /** Code of a URL that leads to where nothing is fetched from. */
    public static final String URL_BLOCKED = "url-blocked";
    /** Code of an asset that needs the provider's key while the provider's route names none for assets. */
    public static final String KEY_MISSING = "asset-key-missing";
    /** Code of an asset of a type that is none of {@code archive.content-types}. */
    public static final String TYPE_REFUSED = "asset-type-refused";
    /** Code of an asset that is larger than {@code archive.max-asset-bytes}. */
    public static final String TOO_LARGE = "asset-too-large";
    /** Code of an asset with which its job would be larger than {@code archive.max-job-bytes}. */
    public static final String JOB_TOO_LARGE = "job-too-large";

    /** @param sentence for the operator; never with the URL's query */
    public AssetRefusedException(String code, String sentence) {
        super(code, sentence, null);
    }

    /** The same, that also says which URL it is. @param which as it stands in a sentence; never with the URL's query */
    AssetRefusedException about(String which) {
        return new AssetRefusedException(error().code(), getMessage() + " It is " + which + ".");
    }
}
