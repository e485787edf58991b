package io.mediajobs.events;

import io.mediajobs.report.Redaction;
import io.mediajobs.store.Outbox;
import io.mediajobs.store.OutboxEvent;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the events of the outbox to the route that publishes them, and takes down what came of it. An event that failed is tried
 * again after a delay that doubles. A destination that failed is left alone for such a delay too, so that one that is down
 * costs one attempt and not one for every event that waits; events for other destinations pass. Where a kind of event goes is
 * the route's business: it is learned from what was tried last.
 */
public final class Deliveries {

    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    private static final int LONGEST_REASON = 500;

    private record Pause(int failures, long untilNanos) {
    }

    private final Outbox outbox;
    private final Duration first;
    private final Duration longest;
    private final LongSupplier nanoTime;
    private final Map<String, String> destinationOfType = new ConcurrentHashMap<>();
    private final Map<String, Pause> pauses = new ConcurrentHashMap<>();
    /** Numbers of events that were handed out and that nothing was heard of yet: a route without that step would send for ever. */
    private final Set<Long> unanswered = ConcurrentHashMap.newKeySet();

    /**
     * @param first   delay after the first failure
     * @param longest no delay is longer
     */
    public Deliveries(Outbox outbox, Duration first, Duration longest) {
        this(outbox, first, longest, System::nanoTime);
    }

    Deliveries(Outbox outbox, Duration first, Duration longest, LongSupplier nanoTime) {
        this.outbox = outbox;
        this.first = first;
        this.longest = longest;
        this.nanoTime = nanoTime;
    }

    /**
     * The events to deliver now, in order; empty if there are none. Of each subject there is only the oldest, so ask again when
     * these are through.
     *
     * @param most how many at the most
     */
    public List<OutboxEvent> due(int most) {
        List<OutboxEvent> page = outbox.due(most, pausedTypes());
        if (page.stream().anyMatch(event -> unanswered.contains(event.number()))) {
            LOG.warn("Event {} was handed out for publishing and nobody took down what came of it. It is handed out again at the next tick.",
                    page.get(0).id());
            page = List.of();
        }
        unanswered.clear();
        page.forEach(event -> unanswered.add(event.number()));
        return page;
    }

    /** False if the destination of events of this type has failed since this event was handed out; it stays due then. */
    public boolean mayTry(OutboxEvent event) {
        boolean may = !pausedTypes().contains(event.type());
        if (!may) {
            unanswered.remove(event.number());
        }
        return may;
    }

    /**
     * The destination has taken the event.
     *
     * @param destination the endpoint that was tried, never null; not shown anywhere, it may hold a password
     */
    public void published(OutboxEvent event, String destination) {
        outbox.published(event);
        unanswered.remove(event.number());
        destinationOfType.put(event.type(), destination);
        Pause before = pauses.remove(destination);
        if (before != null) {
            LOG.info("Events are taken again: {} was published.", event.id());
        }
    }

    /**
     * The destination has not taken the event, or it is not known whether it has.
     *
     * @param reason      never null
     * @param destination the endpoint that was tried, never null; not shown anywhere, it may hold a password
     */
    public void failed(OutboxEvent event, Throwable reason, String destination) {
        destinationOfType.put(event.type(), destination);
        Pause pause = pauses.compute(destination, (key, before) -> {
            int failures = before == null ? 1 : before.failures + 1;
            return new Pause(failures, nanoTime.getAsLong() + delay(failures).toNanos());
        });
        Duration delay = delay(event.attempts() + 1);
        String why = describe(reason);
        LOG.warn("Event {} was not published at attempt {}: {}. It is tried again in {} s, others of its destination in {} s.",
                event.id(), event.attempts() + 1, why, delay.toMillis() / 1000.0, delay(pause.failures).toMillis() / 1000.0);
        outbox.failed(event, why, delay);
        unanswered.remove(event.number());
    }

    private Duration delay(int failures) {
        return Collections.min(List.of(first.multipliedBy(1L << Math.min(failures - 1, 20)), longest));
    }

    /** Reason and root cause: the outer one often says only that sending failed, the root only that a connection was refused. */
    private static String describe(Throwable reason) {
        Throwable root = reason;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String text = words(reason) + (root == reason || words(reason).contains(words(root)) ? "" : " (" + words(root) + ")");
        String redacted = Redaction.text(text).replaceAll("\\s+", " ").strip();
        return redacted.length() <= LONGEST_REASON ? redacted : redacted.substring(0, LONGEST_REASON - 1) + "…";
    }

    private static String words(Throwable error) {
        return error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
    }

    private List<String> pausedTypes() {
        long now = nanoTime.getAsLong();
        return destinationOfType.entrySet().stream()
                .filter(entry -> {
                    Pause pause = pauses.get(entry.getValue());
                    return pause != null && pause.untilNanos - now > 0;
                })
                .map(Map.Entry::getKey).toList();
    }
}
