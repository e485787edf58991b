package io.mediajobs.archive;

/** The host of an asset did not give it, or not the whole of it. Another try may help. */
public class AssetUnavailableException extends ArchiveException {

    /** @param sentence for the operator; URLs in it lose their query */
    public AssetUnavailableException(String sentence) {
        this(sentence, null);
    }

    public AssetUnavailableException(String sentence, Throwable cause) {
        super("asset-unavailable", sentence, cause);
    }
}
