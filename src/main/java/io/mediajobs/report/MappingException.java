package io.mediajobs.report;

/** A jq mapping that is missing, is not jq, or cannot make a report of an answer. The message is a sentence with the file's name. */
public class MappingException extends Exception {

    public MappingException(String message) {
        super(message);
    }

    public MappingException(String message, Throwable cause) {
        super(message, cause);
    }
}
