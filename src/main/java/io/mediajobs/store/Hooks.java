package io.mediajobs.store;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import io.mediajobs.job.JobKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Genuine webhooks, many in one transaction: the jobs they name wake up. One that came before, here or on another node, before or after a
 * restart, changes nothing. One whose job nobody has registered is kept for that, for a while: see {@link JobStore#register}.
 */
public final class Hooks {

    /** Standard Webhooks: a message whose time is further off than this is a replay, or one of the clocks is wrong. */
    public static final Duration TOLERANCE = Duration.ofMinutes(5);

    private static final Logger LOG = LoggerFactory.getLogger(Hooks.class);

    private final Database database;
    private final JobStore jobs;
    private final Terms terms;

    /**
     * @param remember for how long a webhook that comes again is known; at least as long as its signature is good
     * @param keep     for how long one is kept whose job is not registered
     * @param most     how many of those are kept for one provider; beyond that the oldest goes
     */
    public record Terms(Duration remember, Duration keep, int most) {

        public Terms {
            if (remember.compareTo(TOLERANCE.multipliedBy(2)) < 0) {
                throw new ConfigurationException("The setting hooks.remember is wrong: it must be at least " + TOLERANCE.multipliedBy(2).toMinutes()
                        + "m, since a signed time may be " + TOLERANCE.toMinutes() + "m off to either side.");
            }
            if (most < 0) {
                throw new ConfigurationException("The setting hooks.most-kept is wrong: " + most + " is less than 0.");
            }
        }

        /** {@code hooks.remember}, {@code hooks.keep}, {@code hooks.most-kept}. */
        public static Terms of(Settings settings) {
            return new Terms(settings.duration("hooks.remember"), settings.duration("hooks.keep"), settings.number("hooks.most-kept"));
        }
    }

    /**
     * A webhook whose signature is good.
     *
     * @param id the same for the same webhook and for no other, of any provider
     */
    public record Hook(JobKey job, String id) {
    }

    /** What became of one. */
    public enum Outcome {
        /** the job is due, or will be when the ask that goes on is over */
        WOKEN,
        /** it needs no waking: it is due already, or has ended */
        NOTHING_TO_DO,
        /** it came before */
        REPLAYED,
        /** nobody has registered the job; if somebody does, it is asked for at once */
        KEPT
    }

    public Hooks(Database database, JobStore jobs, Terms terms) {
        this.database = database;
        this.jobs = jobs;
        this.terms = terms;
    }

    /** @return what became of each, in their order; it is on disk */
    public List<Outcome> receive(List<Hook> hooks) {
        List<Outcome> outcomes = database.write(handle -> receive(handle, hooks));
        Set<String> due = new LinkedHashSet<>();
        for (int i = 0; i < hooks.size(); i++) {
            if (outcomes.get(i) == Outcome.WOKEN) {
                due.add(hooks.get(i).job().provider());
            }
        }
        due.forEach(jobs::tellDue);
        return outcomes;
    }

    private List<Outcome> receive(Handle handle, List<Hook> hooks) {
        long now = database.now(handle);
        Set<Hook> news = remember(handle, now, hooks);
        Set<JobKey> named = new LinkedHashSet<>();
        hooks.stream().filter(news::contains).map(Hook::job).forEach(named::add);
        JobStore.Waking waking = jobs.wake(handle, now, named);
        Set<JobKey> kept = keep(handle, now, named, waking);
        List<Outcome> outcomes = new ArrayList<>(hooks.size());
        for (Hook hook : hooks) {
            // the second of two that are the same, within one batch, is a replay
            outcomes.add(!news.remove(hook) ? Outcome.REPLAYED : kept.contains(hook.job()) ? Outcome.KEPT
                    : waking.woken().contains(hook.job()) ? Outcome.WOKEN : Outcome.NOTHING_TO_DO);
        }
        removeOld(handle, now, hooks.size() * 2);
        return outcomes;
    }

    /** @return those that were not known yet */
    private Set<Hook> remember(Handle handle, long now, List<Hook> hooks) {
        // in one order, so that two nodes cannot wait for each other
        List<Hook> sorted = hooks.stream().distinct().sorted(Comparator.comparing(Hook::id)).toList();
        PreparedBatch batch = handle.prepareBatch("INSERT INTO hook (id, came_at) VALUES (:id, :now)"
                + " ON CONFLICT (id) DO UPDATE SET came_at = :now WHERE hook.came_at < :before");
        for (Hook hook : sorted) {
            batch.bind("id", hook.id()).bind("now", now).bind("before", now - terms.remember.toMillis()).add();
        }
        int[] written = batch.execute();
        Set<Hook> news = new HashSet<>();
        for (int i = 0; i < written.length; i++) {
            if (written[i] > 0) {
                news.add(sorted.get(i));
            }
        }
        return news;
    }

    private Set<JobKey> keep(Handle handle, long now, Set<JobKey> named, JobStore.Waking waking) {
        Set<JobKey> unknown = without(named, waking.known());
        if (unknown.isEmpty() || terms.most == 0) {
            return Set.of();
        }
        if (database.dialect().lockRegistrations(handle, false)) {
            // registered in the moment before
            JobStore.Waking late = jobs.wake(handle, now, unknown);
            waking.woken().addAll(late.woken());
            unknown = without(unknown, late.known());
        }
        PreparedBatch batch = handle.prepareBatch("INSERT INTO early_hook (provider, job_id, came_at) VALUES (:provider, :jobId, :now)"
                + " ON CONFLICT (provider, job_id) DO UPDATE SET came_at = :now");
        unknown.forEach(key -> batch.bind("provider", key.provider()).bind("jobId", key.jobId()).bind("now", now).add());
        if (!unknown.isEmpty()) {
            batch.execute();
        }
        unknown.stream().map(JobKey::provider).distinct().forEach(provider -> trim(handle, provider));
        return unknown;
    }

    private void trim(Handle handle, String provider) {
        int gone = handle.createUpdate("DELETE FROM early_hook WHERE provider = :provider AND job_id IN (SELECT job_id FROM early_hook"
                        + " WHERE provider = :provider ORDER BY came_at DESC LIMIT 1000 OFFSET :most)")
                .bind("provider", provider).bind("most", terms.most).execute();
        if (gone > 0) {
            LOG.debug("{} webhooks of {} for jobs that nobody registered had to go", gone, provider);
        }
    }

    private static Set<JobKey> without(Set<JobKey> all, Set<JobKey> some) {
        Set<JobKey> rest = new LinkedHashSet<>(all);
        rest.removeAll(some);
        return rest;
    }

    /** Those of the jobs that are not in the store. */
    public Set<JobKey> unregistered(Collection<JobKey> keys) {
        Set<JobKey> named = new LinkedHashSet<>(keys);
        return without(named, database.read(handle -> JobStore.known(handle, named)));
    }

    /**
     * Forgets what need not be remembered or kept any more, if the store answers. What comes in makes room for itself as well.
     *
     * @param batch how many of each at the most
     */
    public void removeOld(int batch) {
        try {
            boolean any = database.read(handle -> handle.createQuery("SELECT EXISTS (SELECT 1 FROM hook WHERE came_at < :before)"
                            + " OR EXISTS (SELECT 1 FROM early_hook WHERE came_at < :early)")
                    .bind("before", database.now(handle) - terms.remember.toMillis()).bind("early", database.now(handle) - terms.keep.toMillis())
                    .mapTo(Boolean.class).one());
            if (any) {
                database.write(handle -> {
                    removeOld(handle, database.now(handle), batch);
                    return null;
                });
            }
        } catch (StoreUnavailableException e) {
            LOG.debug("No webhooks are forgotten while the job store is away", e);
        }
    }

    private void removeOld(Handle handle, long now, int batch) {
        String lock = database.dialect().skipLocked();
        handle.createUpdate("DELETE FROM hook WHERE id IN (SELECT id FROM hook WHERE came_at < :before ORDER BY came_at LIMIT :batch" + lock + ")")
                .bind("before", now - terms.remember.toMillis()).bind("batch", batch).execute();
        handle.createUpdate("DELETE FROM early_hook WHERE (provider, job_id) IN (SELECT provider, job_id FROM early_hook WHERE came_at < :before"
                        + " ORDER BY came_at LIMIT :batch" + lock + ")")
                .bind("before", now - terms.keep.toMillis()).bind("batch", batch).execute();
    }
}
