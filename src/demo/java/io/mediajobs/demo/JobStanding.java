package io.mediajobs.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.mediajobs.job.JobState;

/**
 * Where a job stands with the product, as its HTTP API says.
 *
 * @param state    never null
 * @param progress 0 to 100; null if unknown
 * @param error    why it ended; {@code ""} if there is no error
 */
record JobStanding(JobState state, Integer progress, String error) {

    static final JobStanding NEW = new JobStanding(JobState.PENDING, null, "");

    static JobStanding of(JsonNode job) {
        return new JobStanding(JobState.ofWord(job.path("state").asText()), job.has("progress") ? job.path("progress").asInt() : null,
                job.path("error").path("message").asText(""));
    }

    boolean isSettled() {
        return state.isTerminal() || state == JobState.BLOCKED;
    }
}
