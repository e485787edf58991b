package io.mediajobs.poll;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.component.quartz.QuartzComponent;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the Quartz job of {@code kamelet:due-jobs} tick out of turn, so that a job that has just become due is not found by the next regular
 * tick only. It is the same job, so there is still one tick at a time, and a source that is paused stays paused. What is lost, as at a
 * reload, the next regular tick makes up for. Safe for concurrent use.
 */
public final class Ticks implements CamelContextAware, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Ticks.class);
    /** First part of the Quartz name in {@code due-jobs.kamelet.yaml}; the second is the provider. */
    private static final String GROUP = "due-jobs";
    /** What is due within this time is found by the tick that begins now. */
    private static final long EARLY_NANOS = 1_000_000;
    /** A tick that is so late came while its source was paused or exchanged. */
    private static final long LOST_NANOS = 1_000_000_000;

    /** By provider: when the earliest tick out of turn comes that has not begun yet, by {@link System#nanoTime()}. */
    private final Map<String, Long> coming = new ConcurrentHashMap<>();
    /**
     * Waits for the ticks that are to come. Quartz itself would begin some of them up to two milliseconds early, and Camel lets go by what begins
     * before its time.
     */
    private final ScheduledThreadPoolExecutor later = new ScheduledThreadPoolExecutor(1, work -> {
        Thread thread = new Thread(work, "ticks");
        thread.setDaemon(true);
        return thread;
    }, new ThreadPoolExecutor.DiscardPolicy());
    private volatile CamelContext context;

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    @Override
    public void setCamelContext(CamelContext context) {
        this.context = context;
    }

    /** The provider ticks at once, or right after the tick that goes on; a hundred calls before it begins are one tick. */
    public void now(String provider) {
        in(provider, Duration.ZERO);
    }

    /** The provider ticks after {@code delay} at the latest. */
    public void in(String provider, Duration delay) {
        long now = System.nanoTime();
        long at = now + delay.toNanos();
        Long next = coming.merge(provider, at, (planned, wanted) -> planned - wanted <= 0 && now - planned < LOST_NANOS ? planned : wanted);
        if (next != at) {
            return;
        }
        if (delay.isZero()) {
            tick(provider);
        } else {
            later.schedule(() -> tick(provider), delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** The tick of {@code provider} has begun: what becomes due from now on needs another. */
    void begun(String provider) {
        long now = System.nanoTime();
        coming.computeIfPresent(provider, (name, planned) -> planned - now <= EARLY_NANOS ? null : planned);
    }

    private void tick(String provider) {
        CamelContext running = context;
        if (running == null || !(running.hasComponent("quartz") instanceof QuartzComponent quartz)) {
            return;
        }
        try {
            Scheduler scheduler = quartz.getScheduler();
            JobKey job = new JobKey(provider, GROUP);
            if (scheduler != null && scheduler.isStarted() && scheduler.checkExists(job)) {
                scheduler.scheduleJob(TriggerBuilder.newTrigger().forJob(job).startNow().build());
            }
        } catch (SchedulerException e) {
            // the route has just gone, or everything stops
            LOG.debug("{} ticks at its next regular time only", provider, e);
        }
    }

    @Override
    public void close() {
        later.shutdownNow();
    }
}
