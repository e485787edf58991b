package io.mediajobs.archive;

import io.mediajobs.job.JobKey;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells trouble of S3 itself from trouble of one job with it. A failure in S3 counts against a job only if S3 has taken something of
 * this process since the job's failure before: while S3 is away, or refuses us altogether, jobs wait and none is blocked for it.
 */
public final class S3Outage {

    private static final int REMEMBERED = 10_000;

    /** @param taken what {@link S3Outage#taken} was */
    private record Failure(int inARow, long taken) {
    }

    private final Map<JobKey, Failure> failures = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<JobKey, Failure> eldest) {
            return size() > REMEMBERED;
        }
    };
    private long taken;

    /** An asset or a manifest of the job is in S3, checked. */
    synchronized void took(JobKey job) {
        taken++;
        failures.remove(job);
    }

    /** What a failure means. @param inARow failures in S3 of this job in a row, in this process, this one included */
    record Verdict(boolean againstTheJob, int inARow) {
    }

    /** S3 has not taken what the job had for it. */
    synchronized Verdict failed(JobKey job) {
        Failure before = failures.remove(job);
        int inARow = before == null ? 1 : before.inARow + 1;
        // put behind all others
        failures.put(job, new Failure(inARow, taken));
        return new Verdict(before != null && taken > before.taken, inARow);
    }
}
