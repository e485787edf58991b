package io.mediajobs.store;

import io.mediajobs.job.JobKey;

/**
 * The write came too late: the lease ran out and another claim holds the job now, or an operator changed it. Nothing was written,
 * and nothing needs to be done: whoever holds the job carries on.
 */
public class LeaseLostException extends RuntimeException {

    public LeaseLostException(JobKey key) {
        super("The lease of job " + key + " was lost; this outcome is dropped and the job goes on with its present holder.");
    }
}
