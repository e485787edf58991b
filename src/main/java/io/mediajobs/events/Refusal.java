package io.mediajobs.events;

import java.util.Set;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import software.amazon.awssdk.services.sqs.model.SqsException;

/** What a failed delivery says by itself of whose fault it was: the event's, or anything else's. */
enum Refusal {

    /** The event can never be taken as the settings are. */
    FOR_GOOD,
    /** It looks as if it lay at the event; a destination may also say that while it is being changed. */
    OF_THE_EVENT,
    /** It may be the destination, or the way to it. */
    UNKNOWN;

    /** 4xx that are about who asks, where, or when: 401, 403, 404, 405, 407, 408, 410, 421, 425, 429, 451. */
    private static final Set<Integer> NOT_THE_EVENT = Set.of(401, 403, 404, 405, 407, 408, 410, 421, 425, 429, 451);

    /** What SQS calls a body that has characters it does not take. */
    private static final String SQS_CONTENTS = "InvalidMessageContents";
    /** What SQS calls a message that is too large, and much else; only the words behind it tell which. */
    private static final String SQS_VALUE = "InvalidParameterValue";
    private static final String SQS_TOO_LARGE = "must be shorter than";
    /** The same from ElasticMQ, the SQS-compatible server that the tests run against. */
    private static final String ELASTICMQ_TOO_LARGE = "MessageTooLong";

    static Refusal of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause() == cause ? null : cause.getCause()) {
            if (cause instanceof RecordTooLargeException) {
                return FOR_GOOD;
            }
            if (cause instanceof HttpOperationFailedException answer) {
                int status = answer.getStatusCode();
                return status >= 400 && status < 500 && !NOT_THE_EVENT.contains(status) ? OF_THE_EVENT : UNKNOWN;
            }
            if (cause instanceof SqsException answer) {
                return ofSqs(answer);
            }
        }
        return UNKNOWN;
    }

    /** Its status says little: a queue that is not there and too many requests are 400 as well. */
    private static Refusal ofSqs(SqsException answer) {
        if (answer.awsErrorDetails() == null || answer.awsErrorDetails().errorCode() == null) {
            return UNKNOWN;
        }
        String code = answer.awsErrorDetails().errorCode();
        String words = String.valueOf(answer.awsErrorDetails().errorMessage());
        boolean tooLarge = code.startsWith(SQS_VALUE) && words.contains(SQS_TOO_LARGE) || words.contains(ELASTICMQ_TOO_LARGE);
        if (tooLarge || code.startsWith(SQS_CONTENTS)) {
            return FOR_GOOD;
        }
        return code.startsWith(SQS_VALUE) ? OF_THE_EVENT : UNKNOWN;
    }
}
