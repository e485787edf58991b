package io.mediajobs.live;

import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes jobs out of Quartz that may just be ticking out of turn. */
final class QuartzJobs {

    private static final Logger LOG = LoggerFactory.getLogger(QuartzJobs.class);
    private static final int TRIES = 20;

    private QuartzJobs() {
    }

    /**
     * Takes a job out with all its triggers, if it is there.
     *
     * @throws SchedulerException if Quartz does not do it
     */
    static void delete(Scheduler scheduler, JobKey job) throws SchedulerException {
        for (int tries = 1;; tries++) {
            try {
                scheduler.deleteJob(job);
                return;
            } catch (SchedulerException e) {
                // Quartz looks which triggers there are and then takes out each, and fails if one has ended by itself in between, as a tick out of turn does
                if (tries == TRIES) {
                    throw e;
                }
                LOG.debug("Quartz job {} has ticked while it was taken out; again", job, e);
            }
        }
    }
}
