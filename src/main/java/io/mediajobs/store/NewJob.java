package io.mediajobs.store;

import io.mediajobs.job.JobKey;
import java.time.Duration;
import java.util.Map;

/**
 * A job to follow.
 *
 * @param key      provider and job id, already checked
 * @param tags     the caller's labels; never null
 * @param deadline how long it may take from now; never null
 * @param firstPollIn when it is asked for first
 */
public record NewJob(JobKey key, Map<String, String> tags, Duration deadline, Duration firstPollIn) {
}
