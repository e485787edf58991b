package io.mediajobs.live;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.spi.RoutePolicy;

/** Counts the exchanges that are in one route. Camel's own count is by id, which the next version of a route shares with the one that is leaving. */
final class InFlight implements RoutePolicy {

    private final AtomicInteger count = new AtomicInteger();

    /** 0 for a route that was not made in a {@link LiveContext}. */
    static int of(Route route) {
        return route.getRoutePolicyList().stream().filter(InFlight.class::isInstance).mapToInt(policy -> ((InFlight) policy).count.get()).sum();
    }

    @Override
    public void onExchangeBegin(Route route, Exchange exchange) {
        count.incrementAndGet();
    }

    @Override
    public void onExchangeDone(Route route, Exchange exchange) {
        count.decrementAndGet();
    }

    @Override
    public void onInit(Route route) {
        // nothing to prepare
    }

    @Override
    public void onRemove(Route route) {
        // the count goes with the route
    }

    @Override
    public void onStart(Route route) {
        // what is in it stays in it
    }

    @Override
    public void onStop(Route route) {
        // what is in it stays in it
    }

    @Override
    public void onSuspend(Route route) {
        // what is in it stays in it
    }

    @Override
    public void onResume(Route route) {
        // what is in it stays in it
    }
}
