package io.mediajobs.web;

import io.mediajobs.intake.Registrar;
import io.mediajobs.intake.Registration;
import io.mediajobs.intake.Result;
import io.mediajobs.job.JobKey;
import io.mediajobs.store.Hooks;
import io.mediajobs.store.Hooks.Hook;
import io.mediajobs.store.Hooks.Outcome;
import io.mediajobs.store.StoreUnavailableException;
import io.mediajobs.store.WriteQueue;
import io.mediajobs.store.WriteQueue.Waiting;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Genuine webhooks on their way into the store. Those that come at the same time share one commit, so a thousand a second cost the store a few
 * dozen transactions; each is answered when its own is on disk. One that comes again soon is known in memory, and costs the store nothing.
 */
public final class HookQueue implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HookQueue.class);

    private static final int MOST_WAITING = 1_000;
    private static final int MOST_AT_ONCE = 200;
    private static final int MOST_RECENT = 20_000;
    /** A commit that takes longer is one of a store that is away or at its end: the threads of the API are not held up for it. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Before the store is tried again. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** A job that is adopted is asked for because of its webhook, a moment later; or after this time, should the program die in that moment. */
    private static final Duration UNTIL_WOKEN = Duration.ofSeconds(5);

    /** What became of a webhook, in the words of the metric. */
    enum Received {
        WOKEN("woken"), NOTHING_TO_DO("nothing-to-do"), REPLAYED("replayed"), KEPT("kept"), ADOPTED("adopted");

        final String word;

        Received(String word) {
            this.word = word;
        }
    }

    private final Hooks hooks;
    private final Registrar registrar;
    private final boolean adopt;
    private final WriteQueue<Hook, Received> queue = new WriteQueue<>("webhooks", MOST_WAITING, MOST_AT_ONCE, Duration.ZERO, this::write);
    /** Ids of webhooks that are in the store, with the time by {@link System#nanoTime()}. */
    private final Map<String, Long> recent = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST_RECENT;
        }
    };
    private final long rememberNanos;
    private volatile long busySince;
    private volatile boolean busy;
    private volatile long awayUntil = System.nanoTime();

    /**
     * @param terms what the store remembers
     * @param adopt whether a job that nobody registered is followed from then on
     */
    public HookQueue(Hooks hooks, Hooks.Terms terms, Registrar registrar, boolean adopt) {
        this.hooks = hooks;
        this.registrar = registrar;
        this.adopt = adopt;
        this.rememberNanos = terms.remember().toNanos();
    }

    /**
     * @return what became of it; it is on disk
     * @throws StoreUnavailableException if that could not be, or not soon
     */
    Received receive(Hook hook) {
        if (isRecent(hook.id())) {
            return Received.REPLAYED;
        }
        long now = System.nanoTime();
        if (awayUntil - now > 0 || busy && now - busySince > PATIENCE_NANOS) {
            throw new StoreUnavailableException("The job store takes no webhooks at the moment", null);
        }
        try {
            return queue.add(hook).get(2 * PATIENCE_NANOS, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new StoreUnavailableException("The job store has not taken the webhook in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException("Interrupted while the job store took the webhook", e);
        }
    }

    private boolean isRecent(String id) {
        synchronized (recent) {
            Long since = recent.get(id);
            return since != null && System.nanoTime() - since < rememberNanos;
        }
    }

    private void write(List<Waiting<Hook, Received>> batch) {
        busySince = System.nanoTime();
        busy = true;
        try {
            Set<JobKey> adopted = adopt ? adopt(batch) : Set.of();
            List<Outcome> outcomes = hooks.receive(batch.stream().map(Waiting::what).toList());
            synchronized (recent) {
                batch.forEach(waiting -> recent.put(waiting.what().id(), busySince));
            }
            for (int i = 0; i < batch.size(); i++) {
                Received received = Received.valueOf(outcomes.get(i).name());
                boolean first = received != Received.REPLAYED && adopted.contains(batch.get(i).what().job());
                batch.get(i).done().complete(first ? Received.ADOPTED : received);
            }
        } catch (RuntimeException e) {
            if (e instanceof StoreUnavailableException) {
                awayUntil = System.nanoTime() + PAUSE_NANOS;
            } else {
                LOG.error("Webhooks could not be taken", e);
            }
            batch.forEach(waiting -> waiting.done().completeExceptionally(e));
        } finally {
            busy = false;
        }
    }

    /** Before the webhooks are remembered: should the program die in between, the job is followed none the less. */
    private Set<JobKey> adopt(List<Waiting<Hook, Received>> batch) {
        Set<JobKey> adopted = new HashSet<>();
        List<Registration> strangers = hooks.unregistered(batch.stream().map(waiting -> waiting.what().job()).toList()).stream()
                .map(key -> new Registration(key.provider(), key.jobId(), null, Map.of())).toList();
        for (Result result : registrar.register(strangers, UNTIL_WOKEN)) {
            if (result instanceof Result.Created created) {
                LOG.info("Job {} is followed from now on: a webhook named it", created.key());
                adopted.add(created.key());
            }
        }
        return adopted;
    }

    @Override
    public void close() {
        queue.close();
    }
}
