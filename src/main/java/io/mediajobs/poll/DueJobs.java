package io.mediajobs.poll;

import io.mediajobs.job.Job;
import io.mediajobs.store.JobStore;
import java.util.List;

/** Hands out the jobs that are due: what {@code kamelet:due-jobs} calls on each tick of its timer. */
public final class DueJobs {

    private final JobStore jobs;
    private final Leases leases;

    public DueJobs(JobStore jobs, Leases leases) {
        this.jobs = jobs;
        this.leases = leases;
    }

    /**
     * @param provider name of the provider
     * @param rate     as in {@code 5/s}
     * @param atOnce   status calls at the same time at the most, in this process
     * @return leased jobs, the longest waiting first; empty if none is due, no place is free or the provider is paused
     */
    public List<Job> claim(String provider, String rate, int atOnce) {
        int places = atOnce - leases.polling(provider);
        List<Job> claimed = jobs.claim(provider, new JobStore.Terms(places, Rate.perSecond(rate), leases.duration()));
        leases.claimed(claimed);
        return claimed;
    }
}
