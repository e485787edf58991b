package io.mediajobs.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.spi.Registry;

/**
 * What Prometheus sees of us, under {@code mediajobs_}. Tags have few values each (providers, states, outcomes): never a job id.
 * Safe for concurrent use.
 *
 * @see <a href="https://prometheus.io/docs/practices/naming/">Prometheus: metric and label naming</a>
 */
public final class Metrics {

    private final MeterRegistry registry;
    private final StoreFigures figures;
    private final MultiGauge jobsByState;
    private final MultiGauge pausedProviders;
    private final MultiGauge stalledJobs;

    public Metrics(StoreFigures figures) {
        this(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), figures);
    }

    Metrics(MeterRegistry registry, StoreFigures figures) {
        this.registry = registry;
        this.figures = figures;
        jobsByState = MultiGauge.builder("mediajobs.jobs").description("Jobs by provider and state, counted some seconds ago.").register(registry);
        pausedProviders = MultiGauge.builder("mediajobs.provider.paused").description("1 for each provider that is paused, with the reason.").register(registry);
        stalledJobs = MultiGauge.builder("mediajobs.stalled.jobs").description("Jobs that do not get on, by provider, counted some seconds ago.").register(registry);
        Gauge.builder("mediajobs.due.jobs", figures, all -> all.now().due()).description("Jobs whose time to be asked for has come and that wait for a place.")
                .register(registry);
        Gauge.builder("mediajobs.outbox.waiting", figures, all -> all.now().backlog().waiting()).description("Events that the destination has not taken yet.")
                .register(registry);
        Gauge.builder("mediajobs.outbox.parked", figures, all -> all.now().backlog().parked()).description("Events that the destination will not have and that wait for a person.")
                .register(registry);
        Gauge.builder("mediajobs.outbox.oldest", figures, Metrics::oldest).baseUnit("seconds")
                .description("Age of the oldest event that waits; 0 if none does.").register(registry);
        Gauge.builder("mediajobs.store.up", figures, all -> all.now().up() ? 1 : 0).description("Whether the job store answered when it was counted last.")
                .register(registry);
        figures.onChange(this::refresh);
    }

    /** Makes Camel use this registry too, for the metrics of its routes and for {@code /observe/metrics}. */
    public void bind(Registry camel) {
        camel.bind(MicrometerConstants.METRICS_REGISTRY_NAME, registry);
    }

    private static double oldest(StoreFigures figures) {
        Instant oldest = figures.now().backlog().oldest();
        return oldest == null ? 0 : Math.max(0, Duration.between(oldest, Instant.now()).toMillis() / 1000.0);
    }

    private void refresh(StoreFigures.Figures latest) {
        Map<Tags, Number> rows = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        latest.counts().forEach(count -> rows.put(Tags.of("provider", count.provider(), "state", count.state()), count.jobs()));
        jobsByState.register(rows.entrySet().stream().map(row -> MultiGauge.Row.of(row.getKey(), row.getValue())).toList(), true);
        Map<String, Long> stalled = new TreeMap<>(latest.stalled());
        Stream<MultiGauge.Row<?>> paused = latest.providers().stream().filter(provider -> provider.pauseReason() != null)
                .map(provider -> MultiGauge.Row.of(Tags.of("provider", provider.name(), "reason", provider.pauseReason()), 1));
        latest.counts().forEach(count -> stalled.putIfAbsent(count.provider(), 0L));
        stalledJobs.register(stalled.entrySet().stream().map(row -> MultiGauge.Row.of(Tags.of("provider", row.getKey()), row.getValue())).toList(), true);
        pausedProviders.register(List.copyOf(paused.toList()), true);
    }

    /** @param outcome few and fixed words, such as {@code woken}, {@code wrong-signature} */
    public void hooked(String provider, String outcome) {
        Counter.builder("mediajobs.hooks").description("Webhooks, by what became of them.").tags("provider", provider, "outcome", outcome)
                .register(registry).increment();
    }

    /**
     * A provider was asked for a job.
     *
     * @param outcome few and fixed words, such as {@code processing}, {@code completed}, {@code throttled}, {@code unavailable}
     * @param took    from the request to the read answer
     */
    public void polled(String provider, String outcome, Duration took) {
        Counter.builder("mediajobs.polls").description("Status calls, by what became of them.").tags("provider", provider, "outcome", outcome)
                .register(registry).increment();
        Timer.builder("mediajobs.poll").description("Time of a status call.").tags("provider", provider)
                .serviceLevelObjectives(Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(30))
                .register(registry).record(took);
    }

    /**
     * A provider was asked for a page of its list of jobs.
     *
     * @param outcome few and fixed words: {@code page}, {@code unusable}, {@code no-answer}, {@code http-429}
     * @param took    from the request to the read answer
     */
    public void listed(String provider, String outcome, Duration took) {
        Counter.builder("mediajobs.lists").description("Pages of lists of jobs that were asked for, by what became of them.")
                .tags("provider", provider, "outcome", outcome).register(registry).increment();
        Timer.builder("mediajobs.list").description("Time of a call for a page of a list of jobs.").tags("provider", provider)
                .serviceLevelObjectives(Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(30))
                .register(registry).record(took);
    }

    /**
     * One asset came into S3.
     *
     * @param bytes its length
     * @param took  from the first request to the end of the upload
     */
    public void archived(String provider, long bytes, Duration took) {
        Counter.builder("mediajobs.archived.assets").description("Assets that are complete in S3.").tags("provider", provider).register(registry).increment();
        Counter.builder("mediajobs.archived").baseUnit("bytes").description("Bytes of the assets that are complete in S3.").tags("provider", provider)
                .register(registry).increment(bytes);
        Timer.builder("mediajobs.archive").description("Time to bring one asset into S3.").tags("provider", provider)
                .serviceLevelObjectives(Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofMinutes(10), Duration.ofHours(1))
                .register(registry).record(took);
    }

    /**
     * An edit of routes or settings was taken in, or refused.
     *
     * @param accepted whether it runs now
     */
    public void reloaded(boolean accepted) {
        Counter.builder("mediajobs.reloads").description("Edits of routes and settings, by whether they run.").tags("outcome", accepted ? "accepted" : "rejected")
                .register(registry).increment();
    }

    /** @param behind whether something else is on disk than what runs */
    public void routes(BooleanSupplier behind) {
        Gauge.builder("mediajobs.routes.behind", behind, now -> now.getAsBoolean() ? 1 : 0).strongReference(true)
                .description("1 while an older version of the routes runs than is on disk.").register(registry);
    }
}
