package io.mediajobs.live;

import io.mediajobs.store.PausedRoutes;
import io.mediajobs.store.StoreUnavailableException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.Suspendable;
import org.apache.camel.SuspendableService;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.component.kamelet.KameletEndpoint;
import org.apache.camel.support.service.ServiceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds what operators have paused: the source of a route takes in nothing, what is in the route runs to its end. Only a route with a source of its
 * own can be paused; whoever calls another one would wait for it with his work in hand. Used by the thread that exchanges routes.
 */
final class RoutePauses {

    private static final Logger LOG = LoggerFactory.getLogger(RoutePauses.class);

    private final LiveContext context;
    private final PausedRoutes store;
    private volatile Set<String> wanted = Set.of();
    /** Sources that are paused by us. */
    private final Set<Consumer> held = new HashSet<>();

    RoutePauses(LiveContext context, PausedRoutes store) {
        this.context = context;
        this.store = store;
        context.addRoutePolicyFactory((camel, id, definition) -> new PauseGate(this));
    }

    /**
     * Before the start of the routes, so that a paused one does not begin anything.
     *
     * @throws StoreUnavailableException if it is not known which routes are paused
     */
    void readFirst() {
        wanted = Set.copyOf(store.all());
    }

    /** What the store says, here or on another node. */
    void read() {
        try {
            readFirst();
        } catch (StoreUnavailableException e) {
            LOG.debug("Paused routes stay as they are while the job store is away", e);
        }
    }

    /** Makes the sources that run now what is wanted. */
    void apply() {
        Set<Consumer> now = new HashSet<>();
        for (String id : wanted) {
            source(id).ifPresent(now::add);
        }
        for (Consumer source : now) {
            if (held.add(source)) {
                ServiceHelper.suspendService(source);
            }
        }
        for (Consumer source : Set.copyOf(held)) {
            if (!now.contains(source)) {
                held.remove(source);
                // that of a former version stays closed
                if (source instanceof SuspendableService paused && paused.isSuspended() && isLive(source)) {
                    ServiceHelper.resumeService(source);
                }
            }
        }
    }

    private boolean isLive(Consumer source) {
        return context.getRoutes().stream().anyMatch(route -> route.getConsumer() == source);
    }

    Set<String> wanted() {
        return wanted;
    }

    /** What a route takes its work from; empty if it has none of its own that can be paused. */
    Optional<Consumer> source(String id) {
        Route route = context.getRoute(id);
        return route == null ? Optional.empty() : source(route);
    }

    /** The same for a route that may not be in the context yet. */
    Optional<Consumer> source(Route route) {
        String id = route.getRouteId();
        Endpoint from = route.getEndpoint();
        if (from instanceof KameletEndpoint kamelet) {
            return kamelet.getRouteId().equals(id) ? Optional.empty() : source(kamelet.getRouteId());
        }
        return from instanceof DirectEndpoint || !(route.getConsumer() instanceof Suspendable) ? Optional.empty() : Optional.of(route.getConsumer());
    }

    void pause(String id) {
        store.add(id);
        LOG.info("Route {} is paused by an operator", id);
    }

    void resume(String id) {
        store.remove(id);
        LOG.info("Route {} is resumed by an operator", id);
    }
}
