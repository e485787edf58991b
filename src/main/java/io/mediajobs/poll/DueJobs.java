package io.mediajobs.poll;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.job.Job;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.ListRounds;
import io.mediajobs.store.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands out the jobs that are due: what {@code kamelet:due-jobs} calls on each tick of its timer. */
public final class DueJobs {

    private static final Logger LOG = LoggerFactory.getLogger(DueJobs.class);

    private final JobStore jobs;
    private final Leases leases;
    private final Providers providers;
    private final Turns turns;
    private final Ticks ticks;
    private final Duration tick;
    private final int placesHere;
    /** Providers that may have more due than there were places for. */
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();
    /** By provider with a list: when it last ticked in its turn, by {@link System#nanoTime()}. */
    private final Map<String, Long> regular = new ConcurrentHashMap<>();

    /**
     * @param tick       time between two regular ticks
     * @param placesHere status calls of one provider at the same time at the most in this process, at least 1
     */
    public DueJobs(JobStore jobs, Leases leases, Providers providers, Turns turns, Ticks ticks, Duration tick, int placesHere) {
        if (placesHere < 1) {
            throw new ConfigurationException("The setting poll.places-per-node is wrong: " + placesHere + " is less than 1.");
        }
        this.placesHere = placesHere;
        this.jobs = jobs;
        this.leases = leases;
        this.providers = providers;
        this.turns = turns;
        this.ticks = ticks;
        this.tick = tick;
        leases.onFreePlace(provider -> {
            if (waiting.remove(provider)) {
                ticks.now(provider);
            }
        });
    }

    /**
     * @param tick     the exchange that hands the jobs on; what it has not handed on when it ends is given up
     * @param provider name of the provider
     * @param rate     as in {@code 5/s}
     * @param atOnce   status calls at the same time at the most, in all processes that share the store
     * @return leased jobs, the longest waiting first; empty if none is due, they are left to the provider's list, no place is free,
     *         the provider is paused or the store is away
     */
    public List<Job> claim(Exchange tick, String provider, String rate, int atOnce) {
        ticks.begun(provider);
        // before the places are counted, or the one that is freed meanwhile would go unnoticed
        waiting.add(provider);
        int places = Math.min(atOnce, placesHere) - leases.polling(provider);
        List<Job> claimed;
        try {
            long begin = System.nanoTime();
            claimed = jobs.claim(provider, new JobStore.Terms(places, atOnce, turns.pace(provider, Rate.parse(rate)), leases.duration(),
                    list(provider, begin)));
            leases.claimed(tick, claimed);
            if (!claimed.isEmpty()) {
                turns.given(provider, System.nanoTime() - begin);
            }
        } catch (StoreUnavailableException e) {
            // told in the log once, where it was found; the next tick tries again
            LOG.debug("No jobs of {} while the job store is away", provider, e);
            return List.of();
        }
        if (claimed.size() < places) {
            waiting.remove(provider);
            tickForTheNext(provider);
        }
        return claimed;
    }

    /** What becomes due before the next regular tick is asked for then and not by it. */
    private void tickForTheNext(String provider) {
        try {
            jobs.nextDue(provider, tick).ifPresent(time -> ticks.in(provider, time));
        } catch (StoreUnavailableException e) {
            // what has just been claimed goes on, and the next regular tick asks for the others
            LOG.debug("Not known when the next job of {} is due while the job store is away", provider, e);
        }
    }

    /** @param now by {@link System#nanoTime()} */
    private ListRounds.Use list(String name, long now) {
        Optional<ListTerms> list = providers.list(name);
        // of most providers there is none, and then nothing more is looked up: this is asked on every tick
        Optional<Provider> provider = list.flatMap(terms -> providers.find(name));
        if (provider.isEmpty()) {
            return null;
        }
        Long last = regular.get(name);
        boolean outOfTurn = last != null && now - last < tick.toNanos() * 9 / 10;
        if (!outOfTurn) {
            regular.put(name, now);
        }
        return new ListRounds.Use(list.get().atLeast(), list.get().every(provider.get().every()), outOfTurn);
    }

    /** Where the provider's assets may be, as its route says it: for the archive, with each job. */
    public AssetTerms assets(String hosts, String key, String keyHeader, String keyUrl) {
        return AssetTerms.of(hosts, key, keyHeader, keyUrl);
    }
}
