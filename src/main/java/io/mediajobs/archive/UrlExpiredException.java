package io.mediajobs.archive;

/** The host of an asset refuses its URL, as it does when a signature has run out. The provider's next answer brings a fresh URL. */
public class UrlExpiredException extends ArchiveException {

    /** @param sentence for the operator; URLs in it lose their query */
    public UrlExpiredException(String sentence) {
        this(sentence, null);
    }

    public UrlExpiredException(String sentence, Throwable cause) {
        super("url-expired", sentence, cause);
    }
}
