package io.mediajobs.store;

/** The store did not do it in time, and does other things meanwhile: somebody holds a row that is needed, or there is too much to search. */
class StatementTimeoutException extends StoreUnavailableException {

    StatementTimeoutException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
