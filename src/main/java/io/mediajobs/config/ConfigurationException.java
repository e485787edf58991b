package io.mediajobs.config;

/** A setting that stops the start. Its message is the sentence that the operator reads: key, what is wrong, what to do. */
public class ConfigurationException extends RuntimeException {

    public ConfigurationException(String sentence) {
        super(sentence);
    }

    public ConfigurationException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
