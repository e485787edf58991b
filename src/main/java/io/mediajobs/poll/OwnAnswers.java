package io.mediajobs.poll;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.apache.hc.client5.http.HttpRequestRetryStrategy;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpConnectionFactory;
import org.apache.hc.core5.http.io.HttpMessageParser;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that no request gets what was left of an earlier answer. A host that sends more than it announced leaves bytes behind in a connection, and
 * whatever is asked over that connection next would take them for its answer, and so on: the asset or the state of one job would pass for another's. RFC
 * 9112, section 6.3: "A client MUST NOT process, cache, or forward such extra data as a separate response." HttpClient 5.5 does; its own check for stale
 * connections takes such a one for alive.
 *
 * <p>What comes only after the next request has gone out cannot be told from its answer: HTTP/1.1 has nothing to tell them apart by.
 */
public final class OwnAnswers extends HttpRequestExecutor {

    private static final Logger LOG = LoggerFactory.getLogger(OwnAnswers.class);
    /** The least that a socket can wait for bytes. */
    private static final Timeout LEAST = Timeout.ofMilliseconds(1);
    /** Connections that are given up for one request. More of them are not to be expected, and a request is not to go on for ever. */
    private static final int MOST = 50;

    /** There is something in the connection that nobody asked for; nothing was sent. */
    private static final class UnaskedBytesException extends IOException {

        private UnaskedBytesException() {
            super("the host sent more than it had announced");
        }
    }

    /** Takes another connection, and asks again for no other reason: that is the job store's business, and would ask within Retry-After. */
    private static final class OverAnother implements HttpRequestRetryStrategy {

        @Override
        public boolean retryRequest(HttpRequest request, IOException failure, int execution, HttpContext context) {
            if (!(failure instanceof UnaskedBytesException) || execution > MOST) {
                return false;
            }
            LOG.warn("A connection to {} was closed: its host sent more than it had announced, which would have passed for the answer to the next request",
                    request.getAuthority());
            return true;
        }

        @Override
        public boolean retryRequest(HttpResponse response, int execution, HttpContext context) {
            return false;
        }

        @Override
        public TimeValue getRetryInterval(HttpResponse response, int execution, HttpContext context) {
            return TimeValue.ZERO_MILLISECONDS;
        }
    }

    /** Makes connections whose buffers can be looked into. */
    private static final class Connections implements HttpConnectionFactory<ManagedHttpClientConnection> {

        private final Map<HttpClientConnection, ShownBuffer> buffers = Collections.synchronizedMap(new WeakHashMap<>());
        private final Http1Config http;
        private final DefaultHttpResponseParserFactory parsers;

        private Connections(Http1Config http) {
            this.http = http;
            this.parsers = new DefaultHttpResponseParserFactory(http);
        }

        @Override
        public ManagedHttpClientConnection createConnection(Socket socket) throws IOException {
            ShownBuffer parser = new ShownBuffer(parsers.create(http));
            ManagedHttpClientConnection connection = ManagedHttpClientConnectionFactory.builder().http1Config(http).responseParserFactory(any -> parser).build()
                    .createConnection(socket);
            buffers.put(connection, parser);
            return connection;
        }
    }

    /** A parser is all that is shown the buffer of a connection. */
    private static final class ShownBuffer implements HttpMessageParser<ClassicHttpResponse> {

        private final HttpMessageParser<ClassicHttpResponse> parser;
        private SessionInputBuffer buffer;

        private ShownBuffer(HttpMessageParser<ClassicHttpResponse> parser) {
            this.parser = parser;
        }

        @Override
        public ClassicHttpResponse parse(SessionInputBuffer from, InputStream in) throws IOException, HttpException {
            buffer = from;
            return parser.parse(from, in);
        }
    }

    private final Connections connections;
    /** Those that have just become tunnels: what a proxy says behind its consent is no answer (RFC 9110, section 9.3.6). */
    private final Set<HttpClientConnection> tunnels = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private OwnAnswers(Connections connections) {
        this.connections = connections;
    }

    /** Makes a client do so, at the price of a millisecond for each request over a connection that is used again. It asks nothing a second time by itself. */
    public static void configure(HttpClientBuilder client) {
        client.setRequestExecutor(new OwnAnswers(null)).setRetryStrategy(new OverAnother());
    }

    /**
     * The same, at no price for connections without TLS.
     *
     * @param http of its connections
     * @return what makes its connections
     */
    public static HttpConnectionFactory<ManagedHttpClientConnection> configure(HttpClientBuilder client, Http1Config http) {
        Connections connections = new Connections(http);
        client.setRequestExecutor(new OwnAnswers(connections)).setRetryStrategy(new OverAnother());
        return connections;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, HttpClientConnection connection, HttpResponseInformationCallback information, HttpContext context)
            throws IOException, HttpException {
        EndpointDetails details = connection.getEndpointDetails();
        boolean usedAgain = details != null && details.getRequestCount() > 0 && !tunnels.remove(connection);
        if (usedAgain && hasBytes(connection)) {
            throw new UnaskedBytesException();
        }
        if (Method.CONNECT.isSame(request.getMethod())) {
            tunnels.add(connection);
        }
        return super.execute(request, connection, information, context);
    }

    private boolean hasBytes(HttpClientConnection connection) throws IOException {
        ShownBuffer shown = connections == null ? null : connections.buffers.get(connection);
        if (shown != null && shown.buffer != null && connection instanceof ManagedHttpClientConnection managed && managed.getSSLSession() == null) {
            Socket socket = managed.getSocket();
            return shown.buffer.length() > 0 || socket != null && socket.getInputStream().available() > 0;
        }
        // reads into the buffer, and so sees what is in it and what is not; of TLS nothing else sees what has not been deciphered
        return connection.isDataAvailable(LEAST);
    }
}
