package io.mediajobs.events;

import java.util.Set;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.kafka.common.errors.RecordTooLargeException;

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

    static Refusal of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause() == cause ? null : cause.getCause()) {
            if (cause instanceof RecordTooLargeException) {
                return FOR_GOOD;
            }
            if (cause instanceof HttpOperationFailedException answer) {
                int status = answer.getStatusCode();
                return status >= 400 && status < 500 && !NOT_THE_EVENT.contains(status) ? OF_THE_EVENT : UNKNOWN;
            }
        }
        return UNKNOWN;
    }
}
