package io.mediajobs.store;

/** The store cannot be opened or does not answer. The message is a sentence for the operator. */
public class StoreException extends RuntimeException {

    public StoreException(String sentence, Throwable cause) {
        super(sentence, cause);
    }

    public StoreException(String sentence) {
        super(sentence);
    }
}
