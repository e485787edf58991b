package io.mediajobs.report;

import io.mediajobs.job.JobError;

import java.util.Map;

/**
 * What came of one status call that got an HTTP answer. Nothing in it is a secret but the asset URLs of the report.
 *
 * @param httpStatus as the provider sent it
 * @param report     the report; null if the status is neither 2xx nor an asked-for 304, or the answer cannot be read or does not fit
 * @param error      null if there is a report. Otherwise for 2xx why the answer cannot be used, with one of the codes
 *                   {@link UnreadableAnswerException#TOO_LARGE}, {@link UnreadableAnswerException#UNREADABLE} and {@link #UNFIT};
 *                   for the rest the provider's error, with the code {@code http-<status>} where it gives none
 * @param attributes what else the provider says in an error answer, as {@code requestId}; empty if there is a report
 * @param excerpt    the beginning of the body for an operator, redacted, at most {@link AnswerReader#LONGEST_EXCERPT}
 *                   characters; null if there is a report or the body was empty
 */
public record Answer(int httpStatus, Report report, JobError error, Map<String, Object> attributes, String excerpt) {

    /** Error code of a readable answer that its mapping refuses or whose outcome is not a report. */
    public static final String UNFIT = "answer-unfit";

    public Answer {
        error = Redaction.error(error);
        attributes = Redaction.map(attributes);
        excerpt = Redaction.text(excerpt);
    }

    /** True if there is a report. */
    public boolean fits() {
        return report != null;
    }

    /** True for 2xx, whether or not the body could be used. */
    public boolean isSuccess() {
        return httpStatus >= 200 && httpStatus < 300;
    }
}
