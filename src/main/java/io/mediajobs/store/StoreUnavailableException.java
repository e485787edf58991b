package io.mediajobs.store;

/**
 * The store does not answer, or takes no writes, at present: the server is away, the disk is full. Whether the write that met this
 * has happened is not known; every write may be repeated. The outage is logged once, where it is found: callers need not.
 */
public class StoreUnavailableException extends StoreException {

    public StoreUnavailableException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
