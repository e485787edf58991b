package io.mediajobs.demo.simulator;

import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;

/**
 * All providers as one HTTP server on the loopback address.
 * <pre>{@code
 * try (ProviderSimulator simulator = ProviderSimulator.start()) {
 *     simulator.job("productai", "job_1").queuedFor(ofSeconds(1)).processingFor(ofSeconds(5)).completes(images(2));
 *     … simulator.url("productai") …
 *     simulator.ledger().polls("productai", "job_1")
 * }
 * }</pre>
 */
public final class ProviderSimulator implements AutoCloseable {

    private static final int WORKERS = 4;
    private static final long START_STOP_SECONDS = 20;

    private final Clock clock;
    private final double speed;
    private final Duration latency;
    private final Vertx vertx;
    private final JobBook jobs = new JobBook();
    private final Ledger ledger = new Ledger();
    private final Map<ProviderApi, SimulatedProvider> providers = new EnumMap<>(ProviderApi.class);
    private final Map<ProviderApi, StatusEndpoint> endpoints = new EnumMap<>(ProviderApi.class);
    private final WebhookSender webhooks;
    private final ProductAiAnswers productAi = new ProductAiAnswers();
    private Wire wire;
    private Cdn cdn;
    private ControlEndpoint control;
    private int port;

    private ProviderSimulator(Builder settings) {
        this.clock = settings.clock;
        this.speed = settings.speed;
        this.latency = settings.latency;
        for (ProviderApi api : ProviderApi.values()) {
            providers.put(api, new SimulatedProvider(api));
        }
        this.vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(WORKERS)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        this.webhooks = new WebhookSender(vertx, this::webhook);
    }

    /** On a free port, in real time. */
    public static ProviderSimulator start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** What is fixed at the start. */
    public static final class Builder {

        private int port;
        private double speed = 1;
        private Clock clock = Clock.systemUTC();
        private Duration latency = Duration.ZERO;

        private Builder() {
        }

        /** 0 for a free one. */
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        /** How many seconds of a job's script pass in one second of the clock. */
        public Builder speed(double speed) {
            if (!(speed > 0)) {
                throw new IllegalArgumentException("speed is " + speed);
            }
            this.speed = speed;
            return this;
        }

        /** How long each status call takes at the least. */
        public Builder latency(Duration latency) {
            this.latency = latency;
            return this;
        }

        /** What jobs, signed URLs and Retry-After dates go by; a test can have one that stands still. */
        public Builder clock(Clock clock) {
            this.clock = clock;
            return this;
        }

        public ProviderSimulator start() {
            var simulator = new ProviderSimulator(this);
            try {
                simulator.listen(port);
                return simulator;
            } catch (RuntimeException e) {
                simulator.close();
                throw e;
            }
        }
    }

    /** One event loop serves all: what takes time, painting and digests, is done by the workers. */
    private void listen(int wanted) {
        port = await(server().listen(wanted, "127.0.0.1")).actualPort();
        wire = new Wire(vertx);
        cdn = new Cdn(vertx, url(), clock, jobs, ledger, wire, providers.get(ProviderApi.STORIES));
        control = new ControlEndpoint(vertx, this, jobs, cdn, wire);
        providers.forEach((api, provider) -> endpoints.put(api, new StatusEndpoint(provider,
                api == ProviderApi.PRODUCTAI ? productAi : Answers.of(api, url()), jobs, cdn, ledger, wire, clock, latency)));
    }

    private HttpServer server() {
        // h2c would let the JDK's client upgrade, and no reset or cut would be what it says
        return vertx.createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false).setAcceptBacklog(8192)
                .setMaxInitialLineLength(1 << 14).setCompressionSupported(false)).requestHandler(this::handle);
    }

    private void handle(HttpServerRequest request) {
        String path = request.path() == null ? "" : request.path();
        if (path.startsWith("/cdn/")) {
            cdn.handle(request);
        } else if (path.startsWith("/simulator/")) {
            control.handle(request);
        } else if (path.startsWith("/pictory/share/") || path.startsWith("/pictory/embed/")) {
            wire.send(request, Reply.html(), null);
        } else {
            int slash = path.indexOf('/', 1);
            String prefix = slash < 0 ? "" : path.substring(1, slash);
            for (StatusEndpoint endpoint : endpoints.values()) {
                if (endpoint.prefix().equals(prefix)) {
                    endpoint.handle(request, path.substring(slash));
                    return;
                }
            }
            wire.send(request, Reply.json(404, Answers.object().put("message", "No such path")), null);
        }
    }

    /** {@code http://127.0.0.1:<port>}. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Base URL of a provider, without a slash at the end: the provider's own paths follow. */
    public String url(String provider) {
        return url() + "/" + ProviderApi.of(provider).prefix();
    }

    /** URL at which a job's status is asked for. */
    public String statusUrl(String provider, String jobId) {
        return url(provider) + ProviderApi.of(provider).jobsPath() + "/" + jobId;
    }

    public int port() {
        return port;
    }

    /** Settings of a provider's API: key, outage, signing. The three of Pictory have one. */
    public SimulatedProvider provider(String provider) {
        return providers.get(ProviderApi.of(provider));
    }

    /**
     * The job with this id, registered now when it is new: processing for ever until something else is said of it.
     *
     * @param provider {@code pictory-image}, {@code pictory-video}, {@code pictory-render}, {@code productai} or
     *                 {@code stories}
     */
    public SimulatedJob job(String provider, String jobId) {
        return jobs.findOrAdd(provider, jobId, () -> new SimulatedJob(provider, jobId, clock, speed, webhooks));
    }

    /** All jobs in the order of their registration. */
    public List<SimulatedJob> jobs() {
        return jobs.all();
    }

    public Ledger ledger() {
        return ledger;
    }

    /** URL of an asset, signed anew where the provider signs. */
    public String assetUrl(SimulatedJob job, String fileName) {
        return cdn.url(job, fileName);
    }

    /** SHA-256 in hex of a whole asset of {@link SimulatedJob#assets()}; computes it, in constant memory. */
    public String sha256(SimulatedJob job, String fileName) {
        return cdn.sha256(job, fileName);
    }

    /** Bytes of a whole asset. */
    public long size(SimulatedJob job, String fileName) {
        return cdn.size(job, fileName);
    }

    /**
     * The webhook for a job that has ended.
     *
     * @throws IllegalStateException when it has not, or is not ProductAI's
     */
    public Webhook webhook(SimulatedJob job) {
        JobMoment moment = job.moment();
        if (!job.provider().equals("productai") || moment.endedAt() == null) {
            throw new IllegalStateException("No webhook for " + job.provider() + "/" + job.jobId() + ", " + moment.phase());
        }
        String body = productAi.webhook(cdn.view(job, moment, null)).toString();
        return new Webhook(body, "sha256=" + new Hmac(provider("productai").webhookSecret()).sign(body));
    }

    /** Closes every connection, also those that hang on purpose. */
    @Override
    public void close() {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(START_STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e.getCause() == null ? e : e.getCause());
        }
    }

    /** Runs until it is killed: {@code --port 9090 --speed 10}. */
    public static void main(String[] args) {
        Builder settings = builder();
        for (int i = 0; i < args.length; i += 2) {
            String value = i + 1 < args.length ? args[i + 1] : "";
            switch (args[i]) {
                case "--port" -> settings.port(Integer.parseInt(value));
                case "--speed" -> settings.speed(Double.parseDouble(value));
                default -> throw new IllegalArgumentException("Unknown option " + args[i] + "; there are --port and --speed");
            }
        }
        System.out.println("The providers are simulated at " + settings.start().url());
    }
}
