package io.mediajobs.demo;

import io.mediajobs.demo.simulator.SimulatedJob;
import io.mediajobs.job.JobState;

/**
 * A job of the demo.
 *
 * @param simulated its life at the provider
 * @param deadline  as it is registered with; null for the provider's own
 * @param expected  the state it must come to
 * @param story     what is special about it, in a few words
 */
record DemoJob(SimulatedJob simulated, String deadline, JobState expected, String story) {

    /** {@code provider/jobId}. */
    String name() {
        return simulated.provider() + "/" + simulated.jobId();
    }
}
