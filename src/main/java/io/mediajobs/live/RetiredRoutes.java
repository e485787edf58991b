package io.mediajobs.live;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.camel.Endpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Routes that were replaced or removed and still have work in hand. Those of one edit leave together, and the edits in their order: a route that has
 * work in hand may still call any other of its time. Used by one thread at a time.
 */
final class RetiredRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(RetiredRoutes.class);

    /** Whoever looked a route up just before it was let go has entered it after this time, in nanoseconds. */
    private static final long SETTLED = 2_000_000_000L;

    private final LiveContext context;
    private final LongSupplier nanos;
    private final Deque<Generation> generations = new ArrayDeque<>();

    private static final class Generation {
        private final List<RetiringRoute> routes;
        private long idleSince;
        private boolean idle;

        private Generation(List<RetiringRoute> routes) {
            this.routes = routes;
        }

        private void look(long now) {
            boolean before = idle;
            idle = routes.stream().allMatch(RetiringRoute::isIdle);
            if (idle && !before) {
                idleSince = now;
            }
        }

        private boolean isSettled(long now) {
            return idle && now - idleSince >= SETTLED;
        }
    }

    RetiredRoutes(LiveContext context, LongSupplier nanos) {
        this.context = context;
        this.nanos = nanos;
    }

    void add(List<RetiringRoute> routes) {
        if (!routes.isEmpty()) {
            generations.add(new Generation(routes));
        }
    }

    /** Makes room for new routes. */
    void closeEntrances(Predicate<Endpoint> taken) {
        generations.forEach(generation -> generation.routes.forEach(route -> route.closeEntranceIf(taken)));
    }

    /** How many routes are still on their way out. */
    int size() {
        return generations.stream().mapToInt(generation -> generation.routes.size()).sum();
    }

    /** Stops what has nothing in hand any more. */
    void closeIdle() {
        long now = nanos.getAsLong();
        generations.forEach(generation -> generation.look(now));
        while (!generations.isEmpty() && generations.peek().isSettled(now)) {
            close(generations.poll());
        }
    }

    /** Stops everything, also what has work in hand. */
    void closeAll() {
        while (!generations.isEmpty()) {
            close(generations.poll());
        }
    }

    private void close(Generation generation) {
        for (RetiringRoute route : generation.routes) {
            try {
                route.close();
            } catch (RuntimeException e) {
                LOG.warn("The former version of route {} did not stop cleanly", route.id(), e);
            }
        }
        Set<Endpoint> used = RetiringRoute.used(context);
        generations.forEach(later -> later.routes.forEach(route -> used.addAll(route.endpoints())));
        Set<Endpoint> unused = Collections.newSetFromMap(new IdentityHashMap<>());
        generation.routes.forEach(route -> unused.addAll(route.endpoints()));
        unused.removeAll(used);
        new ArrayList<>(unused).forEach(context::removeEndpoint);
    }
}
