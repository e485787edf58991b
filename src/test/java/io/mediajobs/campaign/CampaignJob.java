package io.mediajobs.campaign;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A job of the campaign and how it has to end.
 *
 * @param deadline of its registration, such as {@code 15s}; null for the provider's
 * @param end      {@code archived}, {@code failed}, {@code lost}, {@code expired} or {@code blocked}
 * @param order    what the simulator is told
 */
record CampaignJob(String provider, String jobId, String deadline, String end, ObjectNode order) {

    /** {@code provider/jobId}. */
    String name() {
        return provider + "/" + jobId;
    }

    /** The id of the one event that tells of its end. */
    String event() {
        return name() + "/1/mediajobs.job." + (end.equals("archived") ? "completed" : end);
    }
}
