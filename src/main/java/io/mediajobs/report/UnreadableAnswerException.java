package io.mediajobs.report;

/** A body that is not the JSON object it should be. The message is a plain sentence without anything of the body in it. */
public class UnreadableAnswerException extends Exception {

    /** The body is larger than the cap. */
    public static final String TOO_LARGE = "answer-too-large";
    /** The body is not strict JSON, or not an object. */
    public static final String UNREADABLE = "answer-unreadable";

    private final String code;

    public UnreadableAnswerException(String code, String message) {
        super(message);
        this.code = code;
    }

    /** {@link #TOO_LARGE} or {@link #UNREADABLE}. */
    public String code() {
        return code;
    }
}
