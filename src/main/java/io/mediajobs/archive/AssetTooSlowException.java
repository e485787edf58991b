package io.mediajobs.archive;

/** The host of an asset gives it too slowly. Not tried again at once: others wait for the place. */
public class AssetTooSlowException extends ArchiveException {

    /** Code where fewer bytes came than {@code archive.minimum-rate} asks for. */
    public static final String TOO_SLOW = "asset-too-slow";
    /** Code where a try took longer than {@code archive.transfer-deadline}. */
    public static final String DEADLINE = "transfer-deadline";

    /** @param sentence for the operator; URLs in it lose their query */
    public AssetTooSlowException(String code, String sentence) {
        super(code, sentence, null);
    }
}
