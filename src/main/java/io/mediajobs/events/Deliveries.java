package io.mediajobs.events;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.report.Redaction;
import io.mediajobs.store.Outbox;
import io.mediajobs.store.OutboxEvent;
import io.mediajobs.store.StoreUnavailableException;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.SuspendableService;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the events of the outbox to the route that publishes them, and takes down what came of it. An event that failed is tried
 * again after a delay that doubles. A destination that failed is left alone for such a delay too, so that one that is down
 * costs one attempt and not one for every event that waits; events for other destinations pass. Where a kind of event goes is
 * the route's business: it is learned from what was tried last.
 *
 * <p>An event is parked if its destination will not have it. What counts against an event is a try that failed although the destination
 * has taken another one since the event's try before, or an answer that says it lies at the event. A destination that is down takes
 * nothing and says nothing, so that counts against no event, however long it lasts.
 */
public final class Deliveries {

    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    private static final int LONGEST_REASON = 500;
    private static final int REMEMBERED_FAILURES = 10_000;

    private record Pause(int failures, long untilNanos) {
    }

    /** An exchange that asks for page after page, until nothing is due. */
    private static final class Loop {
        private final String exchange;
        private volatile boolean over;

        private Loop(Exchange exchange) {
            this.exchange = exchange.getExchangeId();
            exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
                @Override
                public void onDone(Exchange done) {
                    over = true;
                }
            });
        }
    }

    /** Events that were handed out together. They are known by what they are and not by what is in them: the same event may be handed out again. */
    private static final class Page {
        private final Loop loop;
        private final long handedOut;
        private final Set<OutboxEvent> all = identities();
        /** Those that nothing was heard of yet. */
        private final Set<OutboxEvent> unanswered = Collections.synchronizedSet(identities());
        /** Those that were not tried. */
        private final Queue<OutboxEvent> untried = new ConcurrentLinkedQueue<>();

        private Page(Loop loop, long handedOut, List<OutboxEvent> events) {
            this.loop = loop;
            this.handedOut = handedOut;
            all.addAll(events);
            unanswered.addAll(events);
        }

        private static Set<OutboxEvent> identities() {
            return Collections.newSetFromMap(new IdentityHashMap<>());
        }
    }

    private final Outbox outbox;
    private final Duration first;
    private final Duration longest;
    private final Duration hold;
    private final int parkAfter;
    private final LongSupplier nanoTime;
    private final Map<String, String> destinationOfType = new ConcurrentHashMap<>();
    private final Map<String, Pause> pauses = new ConcurrentHashMap<>();
    /** How many events each destination has taken from this process. */
    private final Map<String, Long> taken = new ConcurrentHashMap<>();
    /** What {@link #taken} was when an event failed last, by the event's number; forgotten events count one failure less. */
    private final Map<Long, Long> takenAtFailure = Collections.synchronizedMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
            return size() > REMEMBERED_FAILURES;
        }
    });
    /** What was handed out last; null before the first and after an empty one. */
    private volatile Page inHand;

    /**
     * @param first   delay after the first failure
     * @param longest no delay is longer
     * @param hold    for how long an event that was handed out is nobody else's, unless it is heard of
     * @param parkAfter tries that count against an event until it is parked, at least 1
     */
    public Deliveries(Outbox outbox, Duration first, Duration longest, Duration hold, int parkAfter) {
        this(outbox, first, longest, hold, parkAfter, System::nanoTime);
    }

    Deliveries(Outbox outbox, Duration first, Duration longest, Duration hold, int parkAfter, LongSupplier nanoTime) {
        if (parkAfter < 1) {
            throw new ConfigurationException("The setting events.park-after is wrong: " + parkAfter + " is less than 1.");
        }
        this.parkAfter = parkAfter;
        this.outbox = outbox;
        this.first = first;
        this.longest = longest;
        this.hold = hold;
        this.nanoTime = nanoTime;
    }

    /**
     * The events to deliver now, in order; empty if there are none, or if the store is away. Of each subject there is only the oldest,
     * so ask again when these are through. They are ours alone for a while: other nodes pass them over.
     *
     * <p>A loop whose route is paused, or replaced by its next version, gets no further page: what waits is kept for when it is resumed, and for the next
     * version. That one gets nothing while the former one is still busy with its last page, unless the hold of that is over.
     *
     * @param loop the exchange that delivers them
     * @param most how many at the most
     */
    public synchronized List<OutboxEvent> due(Exchange loop, int most) {
        Page before = inHand;
        boolean goesOn = before != null && before.loop.exchange.equals(loop.getExchangeId());
        if (before != null && !goesOn && !before.loop.over && !isOver(before, hold)) {
            return List.of();
        }
        try {
            if (before != null) {
                giveBack(before);
            }
            if (isClosed(loop)) {
                return List.of();
            }
            long begin = nanoTime.getAsLong();
            List<OutboxEvent> page = outbox.take(most, pausedTypes(), hold);
            if (!page.isEmpty()) {
                inHand = new Page(goesOn ? before.loop : new Loop(loop), begin, page);
            }
            return page;
        } catch (StoreUnavailableException e) {
            LOG.debug("No events while the job store is away", e);
            return List.of();
        }
    }

    private void giveBack(Page page) {
        // what is handed out for too long is due by itself, and somebody else may have it
        if (!isOver(page, hold)) {
            outbox.release(List.copyOf(page.untried));
        }
        if (!page.unanswered.isEmpty()) {
            LOG.warn("{} events were handed out for publishing and it was not taken down what came of them. They are handed out again in {} s at the latest.",
                    page.unanswered.size(), hold.toSeconds());
        }
        inHand = null;
    }

    private boolean isOver(Page page, Duration time) {
        return nanoTime.getAsLong() - page.handedOut >= time.toNanos();
    }

    /** Nothing new may enter the route that this exchange is in, or the one that it came from: it is paused, another version has its place, or all stops. */
    private static boolean isClosed(Exchange loop) {
        return isSuspended(ExchangeHelper.getRoute(loop)) || isSuspended(loop.getContext().getRoute(loop.getFromRouteId()));
    }

    private static boolean isSuspended(Route route) {
        return route != null && route.getConsumer() instanceof SuspendableService source && source.isSuspended();
    }

    /**
     * False if the event is not to be tried now; it stays due then. Either its destination has failed since it was handed out, or that
     * was so long ago that another node may have it by now.
     */
    public boolean mayTry(OutboxEvent event) {
        Page page = inHand;
        if (page == null || !page.all.contains(event)) {
            // handed out before what is in hand now: its hold is over
            return false;
        }
        boolean may = !isOver(page, hold.dividedBy(2)) && !pausedTypes().contains(event.type());
        if (!may) {
            page.unanswered.remove(event);
            page.untried.add(event);
        }
        return may;
    }

    private void answered(OutboxEvent event) {
        Page page = inHand;
        if (page != null) {
            page.unanswered.remove(event);
        }
    }

    /**
     * The destination has taken the event.
     *
     * @param destination the endpoint that was tried, never null; not shown anywhere, it may hold a password
     */
    public void published(OutboxEvent event, String destination) {
        outbox.published(event);
        answered(event);
        destinationOfType.put(event.type(), destination);
        taken.merge(destination, 1L, Long::sum);
        takenAtFailure.remove(event.number());
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
     * @throws StoreUnavailableException if that is the reason: the destination took the event, and that could not be taken down
     */
    public void failed(OutboxEvent event, Throwable reason, String destination) {
        if (reason instanceof StoreUnavailableException away) {
            throw away;
        }
        destinationOfType.put(event.type(), destination);
        Pause pause = pauses.compute(destination, (key, before) -> {
            int failures = before == null ? 1 : before.failures + 1;
            return new Pause(failures, nanoTime.getAsLong() + delay(failures).toNanos());
        });
        String why = describe(reason);
        Refusal refusal = Refusal.of(reason);
        boolean counts = refusal != Refusal.UNKNOWN || othersWereTaken(event, destination);
        if (refusal == Refusal.FOR_GOOD || counts && event.refusals() + 1 >= parkAfter) {
            LOG.warn("Event {} is parked, its destination will not have it at attempt {}: {}. POST /api/events/{}/republish tries it again.",
                    event.id(), event.attempts() + 1, why, event.id().replace("/", "%2F"));
            outbox.park(event, why);
            takenAtFailure.remove(event.number());
            answered(event);
            return;
        }
        Duration delay = delay(event.attempts() + 1);
        LOG.warn("Event {} was not published at attempt {}: {}. It is tried again in {} s, others of its destination in {} s.",
                event.id(), event.attempts() + 1, why, delay.toMillis() / 1000.0, delay(pause.failures).toMillis() / 1000.0);
        outbox.failed(event, why, delay, counts);
        answered(event);
    }

    private boolean othersWereTaken(OutboxEvent event, String destination) {
        long now = taken.getOrDefault(destination, 0L);
        Long before = takenAtFailure.put(event.number(), now);
        return before != null && now > before;
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
