package io.mediajobs.poll;

import io.mediajobs.job.Job;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Variable;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The leases this process holds. Each is bound to an exchange, first the tick that claimed its job and then the one that works on it: it is
 * renewed while that exchange lives, also across the hand-over to the archive, and forgotten when the exchange ends, however it ends. A job can therefore not be held for
 * ever by an exchange that died: its lease runs out and the job is claimed again.
 */
public final class Leases implements Processor, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

    /** The same job may be claimed anew while an exchange that lost it has not ended yet; jobs that were claimed together have one lease. */
    private record Claim(long job, String lease) {

        private static Claim of(Job job) {
            return new Claim(job.id(), job.lease());
        }
    }

    private final JobStore jobs;
    private final Duration lease;
    private final Map<Long, Job> held = new ConcurrentHashMap<>();
    /** The providers of the jobs that are asked for. */
    private final Map<Claim, String> polling = new ConcurrentHashMap<>();
    /** Claimed jobs that no exchange of their own works on yet. */
    private final Set<Claim> unbound = ConcurrentHashMap.newKeySet();
    /** Jobs that the archive has, or that wait for it. Camel's queue does not take a completion along to whoever takes the exchange out of it. */
    private final Map<Long, Job> queued = new ConcurrentHashMap<>();
    private volatile Consumer<String> freePlaceListener = provider -> { };
    private final ScheduledExecutorService renewal = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "lease-renewal");
        thread.setDaemon(true);
        return thread;
    });

    /** @param lease how long a lease lasts; it is renewed three times in that time */
    public Leases(JobStore jobs, Duration lease) {
        this.jobs = jobs;
        this.lease = lease;
        long period = Math.max(lease.toMillis() / 3, 1);
        renewal.scheduleWithFixedDelay(this::renew, period, period, TimeUnit.MILLISECONDS);
    }

    /** How long a claim lasts unless it is renewed. */
    public Duration duration() {
        return lease;
    }

    /** Status calls of {@code provider} that are under way in this process. */
    public int polling(String provider) {
        return (int) polling.values().stream().filter(provider::equals).count();
    }

    /** @param listener is told the provider when a status call of it is over */
    void onFreePlace(Consumer<String> listener) {
        this.freePlaceListener = listener;
    }

    private void free(Job job) {
        if (polling.remove(Claim.of(job)) != null) {
            freePlaceListener.accept(job.provider());
        }
    }

    /** @param tick hands the jobs on to exchanges of their own; a job that it has not handed on when it ends is nobody's, and its lease runs out */
    void claimed(Exchange tick, List<Job> claimed) {
        for (Job job : claimed) {
            held.put(job.id(), job);
            polling.put(Claim.of(job), job.provider());
            unbound.add(Claim.of(job));
        }
        tick.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                for (Job job : claimed) {
                    if (unbound.remove(Claim.of(job))) {
                        LOG.warn("Job {} was claimed and not asked for; it is claimed again when its lease has run out", job.key());
                        free(job);
                        forget(job, done);
                    }
                }
            }
        });
    }

    /** Binds the lease to the exchange that will work on the job; the wire tap of {@code due-jobs} calls it for its copy, and {@code take-page}. */
    @Override
    public void process(Exchange exchange) {
        Job job = exchange.getVariable("job", Job.class);
        unbound.remove(Claim.of(job));
        held.put(job.id(), job);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                free(job);
                if (done.isFailed()) {
                    queued.remove(job.id(), job);
                }
                if (!queued.containsKey(job.id())) {
                    forget(job, done);
                }
            }
        });
    }

    private void forget(Job job, Exchange done) {
        // at a stop an exchange may be cut off in the midst of its work: close gives its job back, if it is still leased
        if (!done.getContext().isStopping()) {
            held.remove(job.id(), job);
        }
    }

    /** The job is about to be put into the archive's queue: its lease goes on when the exchange of its poll is over. */
    public void queue(@Variable("job") Job job) {
        queued.put(job.id(), job);
    }

    /** Binds the lease to the exchange that archives the job. */
    public void archiving(Exchange exchange) {
        Job job = exchange.getVariable("job", Job.class);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                queued.remove(job.id(), job);
                forget(job, done);
            }
        });
    }

    /** The poll is over and the archive has the job now: its place is free for the next poll, its lease goes on. */
    public void handOver(@Variable("job") Job job) {
        free(job);
    }

    private void renew() {
        long begin = System.nanoTime();
        try {
            for (Job gone : jobs.renew(new ArrayList<>(held.values()), lease)) {
                held.remove(gone.id(), gone);
                queued.remove(gone.id(), gone);
            }
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            if (took.compareTo(lease.dividedBy(3)) > 0) {
                LOG.warn("It took {} s to renew the leases of {} jobs; with poll.lease={} s they may run out in their holder's hands. Raise poll.lease, or see"
                        + " what slows the job store down.", took.toMillis() / 1000.0, held.size(), lease.toMillis() / 1000.0);
            }
        } catch (RuntimeException e) {
            // the next round tries again; if the store stays away the leases run out, which is what they are for
            LOG.atLevel(e instanceof StoreUnavailableException ? Level.DEBUG : Level.WARN)
                    .log("Leases of {} jobs could not be renewed: {}", held.size(), e.toString());
        } catch (Error e) {
            // one that went on from here would end the renewal without a word, and with it every transfer that lasts longer than a lease
            LOG.error("Leases of {} jobs could not be renewed; it is tried again. If Java has no memory left, raise -Xmx", held.size(), e);
        }
    }

    /** Gives back what is still held, so that another process need not wait for the leases to run out. */
    @Override
    public void close() {
        renewal.shutdownNow();
        try {
            for (Job job : held.values()) {
                jobs.release(job);
            }
        } catch (StoreUnavailableException e) {
            LOG.info("{} jobs could not be given back; their leases run out", held.size());
        }
    }
}
