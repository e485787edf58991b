package io.mediajobs.live;

import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Channel;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.Service;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.component.kamelet.KameletEndpoint;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.quartz.QuartzEndpoint;
import org.apache.camel.component.seda.SedaEndpoint;
import org.apache.camel.impl.engine.RouteService;
import org.apache.camel.spi.LifecycleStrategy;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.service.ServiceHelper;
import org.quartz.JobKey;

/**
 * A route on its way out: nothing new enters it, and what is in it runs to its end. Its parts (error handlers, producers, threads) stay as they are
 * until then.
 */
final class RetiringRoute {

    /** How long calls of the API may take to be answered before their route is exchanged, in nanoseconds. */
    private static final long ANSWERED = 1_000_000_000L;
    /** How long a call may take from its path to the first step, in nanoseconds. */
    private static final long ENTERED = 20_000_000L;

    private final LiveContext context;
    private final RouteService service;
    private final Route route;
    private final Consumer source;
    private final Set<Endpoint> endpoints;
    private final Set<Service> parts;

    private RetiringRoute(LiveContext context, RouteService service) {
        this.context = context;
        this.service = service;
        this.route = service.getRoute();
        this.source = service.getInput();
        this.endpoints = endpoints(service);
        this.parts = parts(route);
    }

    /**
     * Takes a route and the routes that its kamelets made for it out of the context; the ones of kamelets that other routes use too stay.
     *
     * @param taken whether a new route will begin with this endpoint
     */
    static List<RetiringRoute> letGo(LiveContext context, String id, Predicate<Endpoint> taken) throws Exception {
        List<RetiringRoute> gone = new ArrayList<>();
        letGo(context, id, taken, gone);
        return gone;
    }

    private static void letGo(LiveContext context, String id, Predicate<Endpoint> taken, List<RetiringRoute> gone) throws Exception {
        RouteService service = context.letGo(id);
        if (service == null) {
            return;
        }
        RetiringRoute route = new RetiringRoute(context, service);
        gone.add(route);
        Set<Endpoint> used = used(context);
        for (Endpoint endpoint : route.endpoints) {
            if (endpoint instanceof KameletEndpoint kamelet && !isInside(kamelet) && !used.contains(endpoint)) {
                // or the next version would find it, and with it the old kamelet
                forget(context, endpoint);
                letGo(context, kamelet.getRouteId(), taken, gone);
            }
        }
        route.closeEntrance(route.isTaken(taken));
    }

    /**
     * From now on nothing enters. What is entered by calls (direct, kamelets) is closed only where a new route takes the place, since other routes on
     * their way out may still call. Sources are suspended and not stopped: with a source Camel stops the steps behind it, and what is in them fails.
     */
    private void closeEntrance(boolean taken) throws Exception {
        Endpoint from = route.getEndpoint();
        if (source == null || (from instanceof DirectEndpoint || from instanceof KameletEndpoint) && !taken) {
            return;
        }
        if (from instanceof PlatformHttpEndpoint path) {
            closePath(path);
            return;
        }
        ServiceHelper.suspendService(source);
        if (from instanceof QuartzEndpoint timer) {
            ServiceHelper.stopService(timer);
            // Camel takes out only its own trigger, and Quartz keeps a job that has another, for a tick out of turn: the next version could not be stored
            QuartzJobs.delete(timer.getComponent().getScheduler(), new JobKey(timer.getTriggerKey().getName(), timer.getTriggerKey().getGroup()));
        }
    }

    /**
     * A suspended path would answer 503 before the next version is asked, so this one is stopped, when the calls in hand have been answered. Camel stops
     * the steps first and the path behind them, so the path is taken away before: a call in between would fail.
     */
    private void closePath(PlatformHttpEndpoint from) throws InterruptedException {
        takeAway(from);
        long began = System.nanoTime();
        long idleSince = began;
        for (long now = began; now - began < ANSWERED && now - idleSince < ENTERED; now = System.nanoTime()) {
            if (InFlight.of(route) > 0) {
                idleSince = now;
            }
            Thread.sleep(1);
        }
        ServiceHelper.stopService(source);
        if (source.getProcessor() instanceof Service steps) {
            // for a call that takes longer
            ServiceHelper.startService(steps);
        }
    }

    private void takeAway(PlatformHttpEndpoint from) {
        String path = from.getPath().replaceAll("\\{([^/}]+)}", ":$1");
        Set<String> methods = from.getHttpMethodRestrict() == null ? Set.of() : new HashSet<>(List.of(from.getHttpMethodRestrict().split(",")));
        for (VertxPlatformHttpRouter router : context.getRegistry().findByType(VertxPlatformHttpRouter.class)) {
            router.getRoutes().stream().filter(given -> path.equals(given.getPath()) && methods.equals(methods(given))).forEach(io.vertx.ext.web.Route::remove);
        }
    }

    private static Set<String> methods(io.vertx.ext.web.Route route) {
        return route.methods() == null ? Set.of() : route.methods().stream().map(HttpMethod::name).collect(Collectors.toSet());
    }

    private boolean isTaken(Predicate<Endpoint> taken) {
        Endpoint from = route.getEndpoint();
        // a kamelet's route has a name of its own each time it is made, unless it is given one
        return taken.test(from) && !(from instanceof KameletEndpoint kamelet && kamelet.getRouteId().startsWith(kamelet.getTemplateId() + "-"));
    }

    /**
     * From now on the next version makes its own trigger. Until then, and where there is no next version, a tick that has just begun must find this
     * one, or it would make another, which nobody would stop.
     */
    void forgetTrigger(Predicate<Endpoint> taken) {
        if (route.getEndpoint() instanceof QuartzEndpoint && taken.test(route.getEndpoint())) {
            forget(context, route.getEndpoint());
        }
    }

    /** Makes room for a new route that begins where this one did, long after it was replaced by nothing. */
    void closeEntranceIf(Predicate<Endpoint> taken) {
        if (source != null && isTaken(taken)) {
            ServiceHelper.suspendService(source);
        }
    }

    boolean isIdle() {
        if (InFlight.of(route) > 0) {
            return false;
        }
        for (Service part : parts) {
            // work that has left the route for a thread of its own, as behind a wire tap; a queue has its own place and stays with its endpoint
            if (part instanceof ShutdownAware aware && !(part instanceof Consumer) && aware.getPendingExchangesSize() > 0) {
                return false;
            }
        }
        return true;
    }

    String id() {
        return route.getRouteId();
    }

    /** Stops all its parts. Call it when it is idle, and nobody who may call it is left. */
    void close() {
        boolean purges = route.getEndpoint() instanceof SedaEndpoint queue && queue.isPurgeWhenStopping();
        if (purges) {
            // the queue is the next version's now
            ((SedaEndpoint) route.getEndpoint()).setPurgeWhenStopping(false);
        }
        try {
            service.stop();
            for (Service part : parts) {
                for (LifecycleStrategy strategy : context.getLifecycleStrategies()) {
                    strategy.onServiceRemove(context, part, route);
                }
            }
            ServiceHelper.stopAndShutdownServices(parts);
            ServiceHelper.stopAndShutdownService(route);
        } finally {
            if (purges) {
                ((SedaEndpoint) route.getEndpoint()).setPurgeWhenStopping(true);
            }
        }
        boolean last = context.service(id()) == null;
        for (RoutePolicy policy : route.getRoutePolicyList()) {
            if (last) {
                // its metrics, which the next version would go on with
                policy.onRemove(route);
            }
            remove(policy);
        }
        if (last) {
            context.getInflightRepository().removeRoute(id());
        }
    }

    private void remove(Object part) {
        try {
            context.removeService(part);
        } catch (Exception e) {
            throw new IllegalStateException("a part of route " + id() + " cannot be removed: " + e.getMessage(), e);
        }
    }

    Set<Endpoint> endpoints() {
        return endpoints;
    }

    /** Endpoints that routes of this context use now. */
    static Set<Endpoint> used(LiveContext context) {
        Set<Endpoint> used = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Route route : context.getRoutes()) {
            RouteService service = context.service(route.getRouteId());
            if (service != null) {
                used.addAll(endpoints(service));
            }
        }
        return used;
    }

    private static Set<Endpoint> endpoints(RouteService service) {
        // by identity: two versions of an endpoint are equal for Camel
        Set<Endpoint> endpoints = Collections.newSetFromMap(new IdentityHashMap<>());
        endpoints.addAll(service.gatherEndpoints());
        endpoints.add(service.getRoute().getEndpoint());
        return endpoints;
    }

    private static Set<Service> parts(Route route) {
        Set<Service> parts = new LinkedHashSet<>();
        List<Service> top = new ArrayList<>(route.getServices());
        List<Processor> handlers = new ArrayList<>(route.getOnExceptions());
        handlers.addAll(route.getOnCompletions());
        handlers.stream().filter(Service.class::isInstance).forEach(handler -> top.add((Service) handler));
        for (Service service : top) {
            parts.addAll(ServiceHelper.getChildServices(service));
        }
        for (Service part : List.copyOf(parts)) {
            if (part instanceof Channel channel && channel.getErrorHandler() instanceof Service handler) {
                parts.add(handler);
            }
        }
        return parts;
    }

    private static boolean isInside(KameletEndpoint kamelet) {
        return kamelet.getEndpointUri().matches("kamelet:(//)?(source|sink)(\\?.*)?");
    }

    private static void forget(CamelContext context, Endpoint endpoint) {
        context.getEndpointRegistry().entrySet().stream().filter(entry -> entry.getValue() == endpoint).map(java.util.Map.Entry::getKey).toList()
                .forEach(context.getEndpointRegistry()::remove);
    }
}
