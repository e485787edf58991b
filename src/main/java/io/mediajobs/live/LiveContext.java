package io.mediajobs.live;

import org.apache.camel.Route;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.RouteService;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.LifecycleStrategy;
import org.apache.camel.spi.Registry;

/**
 * The Camel context of the program. It can do one thing more than Camel's own: let go of a route without stopping it, so that another one can take
 * its id at once while the old one finishes what it has begun. Camel's way, stop and then remove, waits for the work in hand, and gives up on
 * it when that takes too long.
 */
public final class LiveContext extends DefaultCamelContext {

    /** Not yet built, as Camel Main wants it. */
    public LiveContext(Registry registry) {
        super(false);
        getCamelContextExtension().setRegistry(registry);
        addRoutePolicyFactory((context, id, definition) -> new InFlight());
    }

    /**
     * Takes a route out of the books of this context. It runs on; who stops it, and when, is the caller's business.
     *
     * @return what holds its parts; null if there is no such route
     */
    RouteService letGo(String id) throws Exception {
        getLock().lock();
        try {
            RouteService service = getRouteServices().remove(id);
            if (service == null) {
                return null;
            }
            Route route = service.getRoute();
            getCamelContextExtension().removeRoute(route);
            getCamelContextExtension().getRouteStartupOrder().removeIf(order -> order.getRoute() == route);
            for (LifecycleStrategy strategy : getLifecycleStrategies()) {
                strategy.onRoutesRemove(java.util.List.of(route));
            }
            RouteDefinition definition = getRouteDefinition(id);
            if (definition != null) {
                removeRouteDefinition(definition);
            }
            return service;
        } finally {
            getLock().unlock();
        }
    }

    /** What holds the parts of a running route; null if there is none of that id. */
    RouteService service(String id) {
        return getRouteServices().get(id);
    }
}
