package io.mediajobs.poll;

import io.mediajobs.config.Durations;
import io.mediajobs.job.Job;
import io.mediajobs.job.Turn;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.Pace;
import io.mediajobs.store.ProviderSignal;
import io.mediajobs.store.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.component.http.HttpActivityListener;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds each request to a provider back until its turn, at the last moment before its bytes go out: the connection is there already, so that
 * nothing but the way to the provider lies between the turn and the request's arrival. Camel's HTTP client calls it for every request; those
 * of an exchange that has the variable {@code askedProvider} are requests to that provider, as far as they go to the host of the first.
 *
 * <ul>
 * <li>Turns are the store's, for all nodes together. The first request for a claimed job, or a page of a list, has the turn that came with the claim; each further
 * one, and each that asks for no job, takes one of its own.</li>
 * <li>A request that comes later than {@link #LATEST} after its turn does not go out by it, but takes another: requests that a pause of this
 * process has held up would otherwise arrive together, or among those of other nodes.</li>
 * <li>Right before a request goes out, the store is asked whether the provider has been paused since. The head of an answer that asks for
 * patience (Retry-After with 401, 402, 403, 429 or 5xx) is written to the store before anything else is done with it. What is still sent within Retry-After is
 * therefore under way when that answer comes, in this process, or when it is written down, in another.</li>
 * </ul>
 */
public final class Turns implements HttpActivityListener, AutoCloseable {

    /** Together with what the network adds it stays below {@link Rate#MARGIN}. */
    private static final Duration LATEST = Duration.ofMillis(60);
    private static final int TRIES = 4;
    private static final String HOST = "mediajobs.askedHost";
    private static final Duration LEAST_AHEAD = Duration.ofMillis(100);
    private static final Duration MOST_AHEAD = Duration.ofSeconds(5);
    private static final Duration LONGEST_LEAD = Duration.ofSeconds(1);
    private static final Duration CLOCK_GOOD_FOR = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

    private final JobStore jobs;
    private final Supplier<Duration> longestRest;
    private final Duration ahead;
    private final Map<String, Pacing> providers = new ConcurrentHashMap<>();
    private volatile ClockReading clock;
    private volatile boolean closed;

    /**
     * @param longestRest the longest Retry-After that is believed
     * @param tick        how often claims are made: how far ahead they take turns, since what is claimed further ahead would hold its place for
     *                    nothing
     */
    public Turns(JobStore jobs, Supplier<Duration> longestRest, Duration tick) {
        this.ahead = Durations.shorter(Durations.longer(tick, LEAST_AHEAD), MOST_AHEAD);
        this.jobs = jobs;
        this.longestRest = longestRest;
    }

    /** The store's clock against this process's own, which nobody sets. @param error by how much the store may be ahead of what is said */
    private record ClockReading(long nanos, Instant store, long error) {

        long nanosAt(Instant time) {
            return nanos + Duration.between(store, time).toNanos();
        }
    }

    /** How far ahead turns must lie, so that who gets them hears of them before they are over: as long as that took lately. */
    private static final class Lead {
        private long nanos;

        private synchronized void took(long time) {
            nanos = Math.min(LONGEST_LEAD.toNanos(), Math.max(time, nanos - nanos / 8));
        }

        /** In milliseconds, rounded up. */
        private synchronized Duration time() {
            return Duration.ofMillis(nanos / 1_000_000 + 1);
        }
    }

    /** How one provider is paced by this process. */
    private static final class Pacing {
        private volatile Duration spacing = Duration.ZERO;
        private volatile boolean known;
        /** How long a claim takes, and how long a single turn: much less, and above all in a process that has just started. */
        private final Lead ofClaims = new Lead();
        private final Lead ofSingleTurns = new Lead();
        private long lastSent = System.nanoTime() - Duration.ofDays(1).toNanos();
        private volatile long restUntil = System.nanoTime();

        /** The moment of a request that is due at {@code nanos}: what was held up together goes out one by one, twice as fast at the most. */
        private synchronized long place(long nanos) {
            lastSent = Math.max(nanos, lastSent + spacing.toNanos() / 2);
            return lastSent;
        }

        private Pace pace(Lead lead, Duration ahead) {
            return new Pace(spacing, lead.time(), ahead);
        }

        private boolean rests() {
            return restUntil - System.nanoTime() > 0;
        }
    }

    /** How turns are to be given out to a provider of this rate. */
    Pace pace(String provider, Rate rate) {
        Pacing pacing = pacing(provider);
        pacing.spacing = rate.spacing();
        pacing.known = true;
        return pacing.pace(pacing.ofClaims, ahead);
    }

    /** As {@link #pace(String, Rate)}, of the rate that the provider's route has said last; empty if it has not said any yet. */
    Optional<Pace> pace(String provider) {
        Pacing pacing = pacing(provider);
        return pacing.known ? Optional.of(pacing.pace(pacing.ofClaims, ahead)) : Optional.empty();
    }

    /** Turns of the provider have been given out by a claim. @param took how long that took, nanoseconds */
    void given(String provider, long took) {
        given(pacing(provider).ofClaims, took);
    }

    private void given(Lead lead, long took) {
        lead.took(took);
        try {
            readClock();
        } catch (StoreUnavailableException e) {
            // the last reading is good for a while, and then it is tried again
            LOG.debug("The clock of the job store cannot be read", e);
        }
    }

    private Pacing pacing(String provider) {
        return providers.computeIfAbsent(provider, name -> new Pacing());
    }

    private ClockReading readClock() {
        long before = System.nanoTime();
        Instant store = jobs.now();
        long after = System.nanoTime();
        // a request must not be early by it, so what is uncertain makes it late; the store counts milliseconds
        ClockReading read = new ClockReading(after, store, after - before + 1_000_000);
        clock = read;
        return read;
    }

    /** @throws NotSentException if the request must not go out */
    @Override
    public void onRequestSubmitted(Object source, Exchange exchange, HttpHost host, HttpRequest request, HttpEntity entity) {
        String provider = exchange.getVariable("askedProvider", String.class);
        if (provider == null) {
            return;
        }
        String first = exchange.getProperty(HOST, String.class);
        String asked = host.toHostString();
        if (first != null && !first.equals(asked)) {
            return;
        }
        exchange.setProperty(HOST, asked);
        Job job = exchange.getVariable("job", Job.class);
        ListCall list = exchange.getVariable("list", ListCall.class);
        Turn claimed = job != null ? job.turn() : list != null ? list.round().turn() : null;
        await(provider, pacing(provider), claimed, first == null);
    }

    /** @param isFirst whether it may go out by the turn that came with the claim */
    private void await(String provider, Pacing pacing, Turn claimed, boolean isFirst) {
        Turn turn = isFirst ? claimed : null;
        for (int tries = 0; tries < TRIES; tries++) {
            boolean own = turn == null;
            if (own) {
                turn = take(provider, pacing, claimed);
            }
            ClockReading read = clock();
            long due = turn.at() == null ? System.nanoTime() : read.nanosAt(turn.at());
            if (own || due - System.nanoTime() <= farthest().toNanos()) {
                sleepUntil(turn.at() == null ? due : pacing.place(due));
                if (closed || pacing.rests() || !jobs.stands(provider, turn)) {
                    throw new NotSentException("Provider " + provider + (closed ? " is not asked by a process that stops" : " has been paused since"));
                }
                if (turn.at() == null || System.nanoTime() - due + read.error <= LATEST.toNanos()) {
                    return;
                }
            }
            turn = null;
        }
        throw new NotSentException("Requests to provider " + provider + " miss their turns by more than " + LATEST.toMillis() + " ms: this process is held up");
    }

    /** A claimed turn that lies further ahead was given out before the store's clock was set back. */
    private Duration farthest() {
        return ahead.plus(LONGEST_LEAD).multipliedBy(2);
    }

    private Turn take(String provider, Pacing pacing, Turn claimed) {
        long begin = System.nanoTime();
        Optional<Turn> taken = jobs.turn(provider, pacing.pace(pacing.ofSingleTurns, ahead), claimed);
        given(pacing.ofSingleTurns, System.nanoTime() - begin);
        return taken.orElseThrow(() -> new NotSentException("Provider " + provider + " is paused"));
    }

    private ClockReading clock() {
        ClockReading now = clock;
        boolean old = now == null || System.nanoTime() - now.nanos > CLOCK_GOOD_FOR.toNanos();
        return old ? readClock() : now;
    }

    private void sleepUntil(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0 && !closed; left = nanos - System.nanoTime()) {
            if (Thread.interrupted()) {
                Thread.currentThread().interrupt();
                throw new NotSentException("The wait for a turn was interrupted");
            }
            // not longer than a stop may have to wait
            LockSupport.parkNanos(Math.min(left, 100_000_000));
        }
    }

    @Override
    public void onResponseReceived(Object source, Exchange exchange, HttpHost host, HttpResponse response, HttpEntity entity, long took) {
        String provider = exchange.getVariable("askedProvider", String.class);
        int status = response.getCode();
        boolean refused = status == 429 || status >= 401 && status <= 403 || status >= 500;
        if (provider == null || !refused || !host.toHostString().equals(exchange.getProperty(HOST))) {
            return;
        }
        RetryAfter.parse(text(response, "Retry-After"), text(response, "Date"), Instant.now(), longestRest.get()).ifPresent(rest -> rest(provider, rest));
    }

    private static String text(HttpResponse response, String name) {
        Header header = response.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    private void rest(String provider, Duration rest) {
        Pacing pacing = pacing(provider);
        pacing.restUntil = System.nanoTime() + rest.toNanos();
        try {
            jobs.signal(provider, new ProviderSignal.Throttled(rest));
            // from now on the store says so, and says too when an operator ends it
            pacing.restUntil = System.nanoTime();
        } catch (StoreUnavailableException e) {
            LOG.debug("Provider {} is left alone by this process only while the job store is away", provider, e);
        }
    }

    /** Requests that wait for their turn are not sent any more. */
    @Override
    public void close() {
        closed = true;
    }
}
