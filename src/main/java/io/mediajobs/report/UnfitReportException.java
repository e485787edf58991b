package io.mediajobs.report;

/** JSON that is not a report. The message is a sentence that names what does not fit, without secrets. */
public class UnfitReportException extends Exception {

    public UnfitReportException(String message) {
        super(message);
    }
}
