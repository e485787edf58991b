package io.mediajobs.live;

import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.component.kamelet.KameletEndpoint;
import org.apache.camel.support.RoutePolicySupport;
import org.apache.camel.support.service.ServiceHelper;

/**
 * Keeps a route that operators have paused from beginning anything between its start and {@link RoutePauses#apply}. Camel starts a source before
 * anybody can suspend it, and a timer fires at once: at each start of the program, and after each edit, a paused route would run once.
 */
final class PauseGate extends RoutePolicySupport {

    /** Sources whose exchanges hold nothing that would be lost. */
    private static final Set<String> TICKING = Set.of("quartz", "timer", "scheduler", "cron");

    private final RoutePauses pauses;

    PauseGate(RoutePauses pauses) {
        this.pauses = pauses;
    }

    @Override
    public void onStart(Route route) {
        if (pauses.wanted().contains(route.getRouteId())) {
            // files and queues look for the first time a moment later
            pauses.source(route).ifPresent(ServiceHelper::suspendService);
        }
    }

    @Override
    public void onExchangeBegin(Route route, Exchange exchange) {
        if (!pauses.wanted().isEmpty() && isTicking(route) && isPaused(route)) {
            exchange.setRouteStop(true);
        }
    }

    private static boolean isTicking(Route route) {
        String uri = route.getEndpoint().getEndpointUri();
        return TICKING.contains(uri.substring(0, uri.indexOf(':')));
    }

    /** A kamelet begins to tick before the route that it ticks for is there; until then that one may be a paused one. */
    private boolean isPaused(Route route) {
        if (pauses.wanted().contains(route.getRouteId())) {
            return true;
        }
        if (!route.isCreatedByKamelet()) {
            return false;
        }
        boolean isKnown = route.getCamelContext().getRoutes().stream().anyMatch(other -> isMadeOf(other, route));
        return !isKnown || pauses.wanted().stream().anyMatch(id -> pauses.source(id).filter(source -> source == route.getConsumer()).isPresent());
    }

    private static boolean isMadeOf(Route route, Route inside) {
        return route.getEndpoint() instanceof KameletEndpoint kamelet && kamelet.getRouteId().equals(inside.getRouteId());
    }
}
