package io.mediajobs.job;

import java.util.Objects;

/**
 * A provider's job: the name of the provider and the provider's own id of the job.
 *
 * @param provider name of the provider, the stem of its route file; never null
 * @param jobId    opaque text of the provider's; never null, never parsed
 */
public record JobKey(String provider, String jobId) {

    public JobKey {
        Objects.requireNonNull(provider, "provider");
        Objects.requireNonNull(jobId, "jobId");
    }

    /** {@code provider/jobId}: the subject of this job's events and its name in logs. */
    @Override
    public String toString() {
        return provider + "/" + jobId;
    }
}
