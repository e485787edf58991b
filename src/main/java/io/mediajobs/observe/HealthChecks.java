package io.mediajobs.observe;

import io.mediajobs.store.JobStore;
import io.mediajobs.store.ProviderState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.ServiceStatus;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.apache.camel.spi.Registry;

/**
 * The health checks behind {@code /observe/health}. Live is the process alone, which Camel's own check of its context says:
 * restarting us brings back no database and no bucket. Ready is what a call of the API needs.
 */
public final class HealthChecks {

    private HealthChecks() {
    }

    /**
     * Puts the checks where Camel finds them. Call it before the start.
     *
     * @param outboxAge age of a waiting event from which on the outbox is called degraded
     * @param bucket    a light request to the bucket, such as HEAD
     * @param health    what operators want of the routes and do not get
     */
    public static void bind(Registry registry, JobStore jobs, StoreFigures figures, Duration outboxAge, Reachable.Question bucket,
            Supplier<RouteHealth> health) {
        bind(registry, jobs, figures, outboxAge, new Reachable("s3", bucket, Duration.ofSeconds(15), Duration.ofSeconds(5)), health);
    }

    /** As above, with a check of the bucket of the caller's own. */
    public static void bind(Registry registry, JobStore jobs, StoreFigures figures, Duration outboxAge, Reachable bucket, Supplier<RouteHealth> health) {
        add(registry, new Reachable("job-store", jobs::ping, Duration.ofSeconds(1), Duration.ofSeconds(3)));
        add(registry, bucket);
        add(registry, new OutboxCheck(figures, outboxAge));
        add(registry, new ProvidersCheck(figures));
        add(registry, new RoutesCheck(health));
    }

    private static void add(Registry registry, AbstractHealthCheck check) {
        registry.bind("health-" + check.getId(), check);
    }

    /**
     * Readiness that mostly tells: taking us out of service because a broker or a provider is away would help nobody. What it tells
     * is in the message, since Camel shows details only where {@code ?data=true} asks for them.
     */
    private abstract static class Telling extends AbstractHealthCheck {

        private Telling(String id) {
            super("media-job-routes", id);
        }

        @Override
        public boolean isLiveness() {
            return false;
        }
    }

    private static final class OutboxCheck extends Telling {
        private final StoreFigures figures;
        private final Duration limit;

        private OutboxCheck(StoreFigures figures, Duration limit) {
            super("outbox");
            this.figures = figures;
            this.limit = limit;
        }

        @Override
        protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
            var backlog = figures.now().backlog();
            Duration age = backlog.oldest() == null ? Duration.ZERO : Duration.between(backlog.oldest(), Instant.now());
            boolean degraded = age.compareTo(limit) > 0;
            builder.message((backlog.waiting() == 0 ? "No event waits."
                    : (degraded ? "Degraded: " : "") + backlog.waiting() + " events wait, the oldest for " + age.toSeconds() + " s.")
                    + (backlog.parked() == 0 ? "" : " Parked, refused by their destination: " + backlog.parked() + "; see GET /api/events?parked=true."));
            builder.detail("waiting", backlog.waiting()).detail("parked", backlog.parked()).detail("oldest.seconds", age.toSeconds()).detail("degraded", degraded).up();
        }
    }

    private static final class ProvidersCheck extends Telling {
        private final StoreFigures figures;

        private ProvidersCheck(StoreFigures figures) {
            super("providers");
            this.figures = figures;
        }

        @Override
        protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
            List<ProviderState> paused = figures.now().providers().stream().filter(provider -> provider.pauseReason() != null).toList();
            paused.forEach(provider -> builder.detail("paused." + provider.name(), provider.pauseReason()));
            builder.message(paused.isEmpty() ? "No provider is paused." : "Paused: " + paused.stream()
                    .map(provider -> provider.name() + " (" + provider.pauseReason() + ")").collect(Collectors.joining(", ")) + ".").up();
        }
    }

    /** DOWN only where nothing runs: a single route that an operator stopped is named, and so are edits that do not run. */
    private static final class RoutesCheck extends Telling {

        private final Supplier<RouteHealth> health;

        private RoutesCheck(Supplier<RouteHealth> health) {
            super("routes");
            this.health = health;
        }

        @Override
        protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
            RouteHealth now = health.get();
            // a route that was lost is not in the context any more, and would be missed by nobody
            Set<String> routes = new TreeSet<>(now.wanted());
            getCamelContext().getRoutes().forEach(route -> routes.add(route.getRouteId()));
            List<String> still = routes.stream().filter(id -> {
                ServiceStatus status = getCamelContext().getRouteController().getRouteStatus(id);
                return status == null || !status.isStarted();
            }).toList();
            now.stopped().forEach((file, why) -> builder.detail("stopped." + file, why));
            Map<String, String> rejected = now.rejected();
            rejected.forEach((file, why) -> builder.detail("rejected." + file, why));
            builder.detail("degraded", !rejected.isEmpty() || !now.stopped().isEmpty());
            builder.message((still.isEmpty() ? "All " + routes.size() + " routes run." : "Not running: " + String.join(", ", still) + ".")
                    + (now.stopped().isEmpty() ? "" : " Degraded: what ran before an edit did not start again, which is tried every few seconds: "
                            + String.join(" ", now.stopped().values()))
                    + (now.paused().isEmpty() ? "" : " Paused by an operator: " + String.join(", ", new TreeSet<>(now.paused())) + ".")
                    + (rejected.isEmpty() ? "" : " Degraded: an older version runs than is on disk, because of " + String.join(", ", rejected.keySet()) + "."));
            builder.state(still.size() == routes.size() && !routes.isEmpty() ? HealthCheck.State.DOWN
                    : HealthCheck.State.UP);
        }
    }
}
