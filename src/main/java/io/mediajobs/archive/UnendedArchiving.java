package io.mediajobs.archive;

import io.mediajobs.job.Job;
import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what became of a job whose archiving ended without an outcome. Camel does that only when it is made to stop while the route runs: it takes no step any
 * more, not even those after a failure. By itself it would log a stack trace, and an exchange's id in place of the job's.
 */
public final class UnendedArchiving implements ExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(UnendedArchiving.class);

    @Override
    public void handleException(Throwable exception) {
        handleException(null, null, exception);
    }

    @Override
    public void handleException(String message, Throwable exception) {
        handleException(message, null, exception);
    }

    @Override
    public void handleException(String message, Exchange exchange, Throwable exception) {
        Job job = exchange == null ? null : exchange.getVariable("job", Job.class);
        String which = job == null ? "A job" : "Job " + job.key();
        if (exchange != null && exchange.getContext().isStopping()) {
            LOG.warn("{} was being archived when the time to stop was over. It goes on with the next start, or when its lease has run out: {}", which, S3Failure.root(exception));
        } else {
            LOG.error("{} was being archived, and no outcome was written down. It goes on when its lease has run out", which, exception);
        }
    }
}
