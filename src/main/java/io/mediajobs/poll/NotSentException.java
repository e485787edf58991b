package io.mediajobs.poll;

/** A request was held back at the last moment: its provider is not to be asked now. Nothing went out; the job is due as before. */
public final class NotSentException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotSentException(String message) {
        super(message);
    }
}
