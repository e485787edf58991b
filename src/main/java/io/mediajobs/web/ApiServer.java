package io.mediajobs.web;

import io.mediajobs.config.ConfigurationException;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.RoutingContext;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Camel's own Vert.x server for {@code platform-http}, but with the {@link Gate} around its router, limits on what a
 * connection may take, and a start that fails where the port is taken (Camel's logs a warning and runs on without a server).
 */
final class ApiServer extends VertxPlatformHttpServer {

    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);

    /** A job id of 512 characters can take 6 KB percent-encoded. */
    private static final int LONGEST_LINE = 16 * 1024;
    private static final int LONGEST_HEADERS = 16 * 1024;
    /** Name under which a request knows whether it came while routes were exchanged. */
    private static final String CHANGING = "mediajobs.routes-change";

    /**
     * @param connections at the same time at the most; more are closed at once
     * @param patience    for a whole request to arrive, for the next one on the same connection, and for silence
     */
    record Limits(int connections, Duration patience) {
    }

    private final VertxPlatformHttpServerConfiguration configuration;
    private final Gate gate;
    private final BooleanSupplier changing;
    private final Limits limits;
    private final StrangersBodies strangers;
    private final Map<HttpConnection, Long> timers = new ConcurrentHashMap<>();
    private HttpServer server;

    /** @param changing whether routes are being exchanged, or were a moment ago */
    ApiServer(VertxPlatformHttpServerConfiguration configuration, Gate gate, BooleanSupplier changing, Limits limits) {
        super(configuration);
        this.configuration = configuration;
        this.gate = gate;
        this.changing = changing;
        this.limits = limits;
        this.strangers = new StrangersBodies(gate.maxSignedBody());
    }

    @Override
    protected void startServer() {
        VertxPlatformHttpRouter router = VertxPlatformHttpRouter.lookup(getCamelContext(),
                VertxPlatformHttpRouter.getRouterNameFromPort(configuration.getBindPort()));
        router.errorHandler(404, this::notFound);
        router.errorHandler(405, context -> methodNotAllowed(context, router));
        router.errorHandler(413, context -> answer(context, gate.tooLarge(false).problem()));
        router.errorHandler(500, ApiServer::failed);
        // the routes that a request finds are those of its arrival, also where its body comes much later
        router.route().order(-2).handler(context -> {
            context.put(CHANGING, changing.getAsBoolean());
            context.next();
        });
        if (gate.signedPrefix() != null) {
            // before every route of Camel's
            router.route("/" + gate.signedPrefix() + "/*").order(-1).handler(strangers);
        }
        gate.opensTo(router, () -> getCamelContext().isStarted());

        HttpServerOptions options = new HttpServerOptions()
                .setMaxInitialLineLength(LONGEST_LINE)
                .setMaxHeaderSize(LONGEST_HEADERS)
                .setHttp2ClearTextEnabled(false);
        server = getVertx().createHttpServer(options)
                .connectionHandler(this::connected)
                .invalidRequestHandler(ApiServer::invalid)
                .requestHandler(this::request);
        try {
            server.listen(configuration.getBindPort(), configuration.getBindHost()).toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException e) {
            server = null;
            throw cannotListen(e.getCause());
        }
        LOG.info("HTTP API and page on http://{}:{}/", configuration.getBindHost(), server.actualPort());
    }

    private ConfigurationException cannotListen(Throwable cause) {
        if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
            return new ConfigurationException("The HTTP API cannot listen on " + configuration.getBindHost()
                    + ": this machine knows no address of that name. Set http.host to one of its own.", cause);
        }
        return new ConfigurationException("The HTTP API cannot listen on " + configuration.getBindHost() + ":" + configuration.getBindPort() + " ("
                + cause.getMessage() + "). Set http.port to a free port, or stop the program that has it.", cause);
    }

    @Override
    protected void stopServer() {
        if (server != null) {
            server.close().toCompletionStage().toCompletableFuture().join();
            server = null;
        }
    }

    /** The one above closes on a thread that only its own start makes. */
    @Override
    protected void stopVertx() {
        if (getVertx() != null && lookupVertx() == null) {
            getVertx().close().toCompletionStage().toCompletableFuture().join();
        }
    }

    @Override
    public HttpServer getServer() {
        return server;
    }

    @Override
    public int getPort() {
        return server == null ? super.getPort() : server.actualPort();
    }

    private void connected(HttpConnection connection) {
        if (timers.size() >= limits.connections) {
            connection.close();
            return;
        }
        expect(connection);
        connection.closeHandler(closed -> {
            strangers.ended(connection);
            Long timer = timers.remove(connection);
            if (timer != null) {
                getVertx().cancelTimer(timer);
            }
        });
    }

    /** Whoever sends a request slowly, one byte at a time for ever, never looks idle: a request has a time by which it is whole. */
    private void expect(HttpConnection connection) {
        Long before = timers.put(connection, getVertx().setTimer(limits.patience.toMillis(), fired -> connection.close()));
        if (before != null) {
            getVertx().cancelTimer(before);
        }
    }

    private void request(HttpServerRequest request) {
        HttpConnection connection = request.connection();
        if (!timers.containsKey(connection)) {
            // one too many; its close is on its way
            return;
        }
        expect(connection);
        request.end().onSuccess(whole -> {
            Long timer = timers.get(connection);
            // a refused request was answered before it was whole; then the time for the next one runs already
            if (timer != null && !request.response().ended()) {
                getVertx().cancelTimer(timer);
            }
        });
        request.response().endHandler(answered -> {
            strangers.ended(connection);
            if (timers.containsKey(connection)) {
                expect(connection);
            }
        });
        gate.handle(request);
    }

    private static void invalid(HttpServerRequest request) {
        String reason = String.valueOf(request.decoderResult().cause());
        Problem problem = reason.contains("TooLongHttpLine") ? new Problem(414, "address-too-long", "The address is longer than " + LONGEST_LINE + " bytes.")
                : reason.contains("TooLongHttpHeader") ? new Problem(431, "headers-too-large", "The headers are larger than " + LONGEST_HEADERS + " bytes.")
                : new Problem(400, "malformed-request", "This is not a valid HTTP request.");
        Gate.refuse(request, problem);
        request.connection().close();
    }

    private boolean isChanging(RoutingContext context) {
        return Boolean.TRUE.equals(context.get(CHANGING)) || changing.getAsBoolean();
    }

    private void notFound(RoutingContext context) {
        if (isChanging(context)) {
            comeAgain(context);
        } else {
            answer(context, new Problem(404, "unknown-path", "There is nothing at this path."));
        }
    }

    private static void comeAgain(RoutingContext context) {
        context.response().putHeader("Retry-After", "1");
        answer(context, Problem.ROUTES_CHANGE);
    }

    private static void answer(RoutingContext context, Problem problem) {
        Gate.refuse(context.request(), problem);
    }

    private static void failed(RoutingContext context) {
        LOG.error("A request could not be answered", context.failure());
        answer(context, new Problem(500, "internal", "Something went wrong here; the log says what."));
    }

    private void methodNotAllowed(RoutingContext context, VertxPlatformHttpRouter router) {
        if (isChanging(context)) {
            comeAgain(context);
            return;
        }
        int length = RequestPath.of(context.request().uri()).segments().size();
        Set<String> allowed = new TreeSet<>();
        for (Route route : router.getRoutes()) {
            if (route.getPath() != null && route.methods() != null && matches(route.getPath(), context.normalizedPath(), length)) {
                route.methods().stream().map(HttpMethod::name).forEach(allowed::add);
            }
        }
        context.response().putHeader("Allow", String.join(", ", allowed));
        answer(context, new Problem(405, "method-not-allowed", "This path answers " + String.join(" and ", allowed) + " only."));
    }

    private static boolean matches(String pattern, String path, int length) {
        String[] expected = pattern.substring(1).split("/");
        String[] given = path.substring(1).split("/");
        if (expected.length != given.length || given.length != length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if (!expected[i].startsWith(":") && !expected[i].equals(given[i])) {
                return false;
            }
        }
        return true;
    }
}
