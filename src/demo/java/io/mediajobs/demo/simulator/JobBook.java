package io.mediajobs.demo.simulator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** All jobs. An id is known once an API: the three kinds of Pictory share their ids. */
final class JobBook {

    private final Map<String, SimulatedJob> byId = new ConcurrentHashMap<>();
    private final List<SimulatedJob> inOrder = new ArrayList<>();

    /**
     * The job, made when it is not there.
     *
     * @throws IllegalArgumentException when the id is another provider's of the same API
     */
    SimulatedJob findOrAdd(String provider, String jobId, Supplier<SimulatedJob> maker) {
        SimulatedJob job = byId.computeIfAbsent(key(ProviderApi.of(provider), jobId), any -> {
            SimulatedJob made = maker.get();
            synchronized (inOrder) {
                inOrder.add(made);
            }
            return made;
        });
        if (!job.provider().equals(provider)) {
            throw new IllegalArgumentException("The job " + jobId + " is already there for " + job.provider());
        }
        return job;
    }

    /** The job, or null. */
    SimulatedJob find(ProviderApi api, String jobId) {
        return byId.get(key(api, jobId));
    }

    List<SimulatedJob> all() {
        synchronized (inOrder) {
            return List.copyOf(inOrder);
        }
    }

    List<SimulatedJob> newestFirst(String provider) {
        var jobs = new ArrayList<SimulatedJob>();
        for (SimulatedJob job : all()) {
            if (job.provider().equals(provider)) {
                jobs.add(job);
            }
        }
        Collections.reverse(jobs);
        return jobs;
    }

    private static String key(ProviderApi api, String jobId) {
        return api.prefix() + "/" + jobId;
    }
}
