package io.mediajobs.demo;

import java.util.Map;

/** How the demo shows its jobs while they go on. */
interface JobsView {

    /**
     * @param seconds   since the demo began
     * @param standings by the name of the job, in the order of the jobs
     */
    void show(double seconds, Map<DemoJob, JobStanding> standings);
}
