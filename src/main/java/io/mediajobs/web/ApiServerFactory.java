package io.mediajobs.web;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.function.BooleanSupplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Service;
import org.apache.camel.component.platform.http.main.DefaultMainHttpServerFactory;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.main.HttpManagementServerConfigurationProperties;
import org.apache.camel.main.HttpServerConfigurationProperties;

/**
 * Makes Camel Main use our server: Main looks for a factory of this type in its registry before it takes its own. Bind it before
 * the start; without it the server would have no gate, so the routes of the API must not be loaded then.
 */
public final class ApiServerFactory extends DefaultMainHttpServerFactory {

    private final Gate gate;
    private final Settings settings;
    private BooleanSupplier changing = () -> false;

    public ApiServerFactory(Settings settings, ApiToken token) {
        this.settings = settings;
        this.gate = new Gate(settings, token);
    }

    /**
     * Lets POST requests below {@code /prefix/} in without the token, for routes that check a signature themselves.
     *
     * @param prefix first path segment, such as {@code hooks}
     */
    public ApiServerFactory openToSigned(String prefix) {
        gate.openToSigned(prefix);
        return this;
    }

    /**
     * @param changing whether routes are being exchanged, or were a moment ago: then what no route answers is told to come again
     */
    public ApiServerFactory changingWhile(BooleanSupplier changing) {
        this.changing = changing;
        return this;
    }

    @Override
    public Service newHttpServer(CamelContext context, HttpServerConfigurationProperties properties) {
        VertxPlatformHttpServerConfiguration configuration = new VertxPlatformHttpServerConfiguration();
        configuration.setBindHost(properties.getHost());
        configuration.setBindPort(properties.getPort());
        configuration.setPath("/");
        configuration.setMaxBodySize(settings.bytes("http.max-body"));
        configuration.setServerType(VertxPlatformHttpRouter.SERVER_TYPE_SERVER);
        ApiServer server = new ApiServer(configuration, gate, changing,
                new ApiServer.Limits(settings.number("http.connections"), settings.duration("http.request-timeout")));
        server.setCamelContext(context);
        return server;
    }

    /** Camel's server of health and metrics; its own start would only log a warning where the port is taken. */
    @Override
    public Service newHttpManagementServer(CamelContext context, HttpManagementServerConfigurationProperties properties) {
        try (ServerSocket probe = new ServerSocket(properties.getPort(), 1, InetAddress.getByName(properties.getHost()))) {
            probe.setReuseAddress(true);
        } catch (IOException e) {
            throw new ConfigurationException("Health and metrics cannot listen on " + properties.getHost() + ":" + properties.getPort() + " ("
                    + e.getMessage() + "). Set observe.port to a free port, or stop the program that has it.", e);
        }
        return super.newHttpManagementServer(context, properties);
    }
}
