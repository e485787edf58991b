package io.mediajobs.poll;

import io.mediajobs.config.Durations;
import io.mediajobs.report.ListPage;
import io.mediajobs.store.ListRounds;
import io.mediajobs.store.Pace;
import io.mediajobs.store.ProviderSignal;
import io.mediajobs.store.StoreUnavailableException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands out the pages of providers' lists that are to be asked for: what {@code kamelet:due-list} calls on each tick, and again after each
 * page. A round through a list is this process's own until it is over; what it needs to go on is kept here, since a round that is lost with its
 * process begins anew elsewhere.
 */
public final class DueLists implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DueLists.class);
    /** Due jobs wait for a page no longer than this if its answer is lost. */
    private static final Duration LONGEST_PAGE = Duration.ofMinutes(1);

    private final ListRounds rounds;
    private final Providers providers;
    private final Leases leases;
    private final Turns turns;
    private final Ticks ticks;
    private final Duration tick;
    private final Map<String, ListCall> open = new ConcurrentHashMap<>();
    private final Map<String, Look> looks = new ConcurrentHashMap<>();

    /**
     * When this process next asks the store whether a round is worthwhile, by {@link System#nanoTime()}.
     *
     * @param next     not before
     * @param mayBegin when the shortest time between two rounds is over
     */
    private record Look(long next, long mayBegin) {

        static Look after(long now, long mayBegin, Duration tick) {
            boolean soon = mayBegin - now > 0 && mayBegin - now < tick.toNanos();
            return new Look(soon ? mayBegin : now + tick.toNanos(), mayBegin);
        }
    }

    /** @param tick how often the store is asked whether a round is worthwhile; besides when one may begin again, and when a job has become due at once */
    public DueLists(ListRounds rounds, Providers providers, Leases leases, Turns turns, Ticks ticks, Duration tick) {
        this.tick = tick;
        this.rounds = rounds;
        this.providers = providers;
        this.leases = leases;
        this.turns = turns;
        this.ticks = ticks;
    }

    /**
     * Sets the variable {@code list} to the {@link ListCall} that is due, {@code askedProvider}, by which its request waits for its turn, and what
     * whoever plans and archives the jobs on that page needs: {@code every}, {@code asks}, {@code stalledAfter} and {@code assetTerms} of the provider. Without a variable
     * {@code list} no page is due.
     */
    public void claim(String provider, Exchange exchange) {
        exchange.removeVariable("list");
        Look look = looks.get(provider);
        if (look != null && look.next - System.nanoTime() > 0 && !open.containsKey(provider)) {
            return;
        }
        Optional<ListTerms> terms = providers.list(provider);
        Optional<Provider> route = providers.find(provider);
        if (terms.isEmpty() || route.isEmpty() || !route.get().running()) {
            return;
        }
        try {
            long begin = System.nanoTime();
            claim(route.get(), terms.get()).ifPresent(call -> {
                exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
                    @Override
                    public void onDone(Exchange done) {
                        giveUp(call);
                    }
                });
                turns.given(provider, System.nanoTime() - begin);
                exchange.setVariable("list", call);
                exchange.setVariable("askedProvider", provider);
                exchange.setVariable("every", route.get().every().toMillis() + "ms");
                exchange.setVariable("asks", route.get().predicted() ? "predicted" : "fixed");
                exchange.setVariable("stalledAfter", route.get().stalledAfter());
                exchange.setVariable("assetTerms", providers.assets(provider));
            });
        } catch (StoreUnavailableException e) {
            LOG.debug("No list of {} while the job store is away", provider, e);
        }
    }

    private Optional<ListCall> claim(Provider provider, ListTerms declared) {
        String name = provider.name();
        ListCall last = open.get(name);
        Optional<Pace> pace = turns.pace(name);
        if (pace.isEmpty()) {
            // the provider's own route has not ticked yet
            return Optional.empty();
        }
        if (last == null) {
            ListRounds.Terms terms = new ListRounds.Terms(new ListRounds.Use(declared.atLeast(), declared.every(provider.every()), false), declared.pages(),
                    declared.discoverEvery(), provider.atOnce(), pace.get(), Durations.shorter(leases.duration(), LONGEST_PAGE));
            Look look = looks.get(name);
            Optional<ListRounds.Round> round = rounds.begin(name, terms);
            long now = System.nanoTime();
            long mayBegin = round.isPresent() ? now + terms.use().every().toNanos() : look == null ? now : look.mayBegin;
            looks.put(name, Look.after(now, mayBegin, tick));
            return round.map(begun -> opened(new ListCall(name, 1, 0, null, 0, begun, terms)));
        }
        if (last.round().turn() != null) {
            // its page is under way, in a former version of this route
            return Optional.empty();
        }
        Optional<ListRounds.Round> round = rounds.next(last.round(), last.terms());
        if (round.isEmpty()) {
            open.remove(name, last);
            return Optional.empty();
        }
        ListCall call = opened(new ListCall(name, last.page(), last.offset(), last.cursor(), last.told(), round.get(), last.terms()));
        return round.get().turn() != null ? Optional.of(call) : Optional.empty();
    }

    /** A job of {@code provider} has become due at once: the store is asked on the next occasion. */
    public void lookNow(String provider) {
        looks.computeIfPresent(provider, (name, look) -> new Look(System.nanoTime(), look.mayBegin));
    }

    private ListCall opened(ListCall call) {
        open.put(call.provider(), call);
        return call;
    }

    /**
     * A page was read, and what it says is written.
     *
     * @param rest        how long a list rests that told of too few jobs to be worth its requests; twice as long each time
     * @param longestRest the longest
     */
    public void told(@Variable("list") ListCall call, @Variable("page") ListPage page, @Variable("news") ListNews news, String rest, String longestRest) {
        int told = call.told() + news.told();
        boolean goesOn = rounds.told(call.round(), call.terms(), call.page(), told, page.hasMore(), Durations.parse(rest), Durations.parse(longestRest));
        if (goesOn) {
            open.replace(call.provider(), call, new ListCall(call.provider(), call.page() + 1, call.offset() + page.count(), page.next(), told,
                    call.round().waiting(), call.terms()));
        } else {
            open.remove(call.provider(), call);
            // what it did not tell of is asked for singly
            ticks.now(call.provider());
        }
    }

    /**
     * A page did not come, or cannot be used.
     *
     * @param signal what that says of the provider; null if nothing
     * @param why    a sentence, redacted
     * @param rest   how long the list rests, twice as long each time; null if it does not
     */
    void failed(ListCall call, ProviderSignal signal, String why, Duration rest, Duration longestRest) {
        open.remove(call.provider(), call);
        Duration time = rounds.failed(call.round(), signal, why, rest, longestRest);
        if (!time.isZero()) {
            LOG.warn("The list of {} cannot be used: {} Its jobs are asked for one by one for {} s.", call.provider(), why.endsWith(".") ? why : why + ".", time.toSeconds());
        }
    }

    /** The round is given up, if it is still under way: its page was not asked for, or its exchange ended without an outcome, as while the store was away. */
    void giveUp(ListCall call) {
        if (open.remove(call.provider(), call)) {
            release(call);
        }
    }

    private void release(ListCall call) {
        try {
            rounds.release(call.round());
        } catch (StoreUnavailableException e) {
            LOG.debug("The round through the list of {} could not be given up; its lease runs out", call.provider(), e);
        }
    }

    /** Gives up the rounds that are under way, so that another process need not wait. */
    @Override
    public void close() {
        open.values().forEach(this::release);
    }
}
