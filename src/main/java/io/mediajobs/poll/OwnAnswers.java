package io.mediajobs.poll;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.client5.http.HttpRequestRetryStrategy;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpMessageParser;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that each request gets its own answer. A host that sends more than it announced leaves bytes behind in a connection, and whatever is asked
 * over that connection next would take them for its answer, and so on: the asset or the state of one job would pass for another's. RFC 9112, section 6.3:
 * "A client MUST NOT process, cache, or forward such extra data as a separate response." HttpClient 5.5 does; its own check for stale connections
 * takes such a one for alive.
 */
public final class OwnAnswers extends HttpRequestExecutor {

    private static final Logger LOG = LoggerFactory.getLogger(OwnAnswers.class);
    /** The least that a socket can wait for bytes. */
    private static final Timeout LEAST = Timeout.ofMilliseconds(1);

    /** There is something in the connection that nobody asked for. */
    private static final class UnaskedBytesException extends IOException {

        private UnaskedBytesException() {
            super("the host sent more than it had announced");
        }
    }

    /** Takes another connection, and asks again for no other reason: that is the job store's business, and would ask within Retry-After. */
    private static final class OverAnother implements HttpRequestRetryStrategy {

        @Override
        public boolean retryRequest(HttpRequest request, IOException failure, int execution, HttpContext context) {
            if (!(failure instanceof UnaskedBytesException)) {
                return false;
            }
            // comes to an end: each of them is closed, and a new one has nothing in it
            LOG.warn("A connection to {} was closed: its host sent more than it had announced, which would have passed for the answer to the next request", request.getAuthority());
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

    /** Looks into the buffer of the connection, which is empty before an answer unless there was one too many. For requests without a body, which are answered once they are sent. */
    private static final class WatchingParser implements HttpMessageParser<ClassicHttpResponse> {

        private final HttpMessageParser<ClassicHttpResponse> parser;
        /** Whether the answer before said that one more follows, as 103 does: both may come together. */
        private boolean followed;

        private WatchingParser(HttpMessageParser<ClassicHttpResponse> parser) {
            this.parser = parser;
        }

        @Override
        public ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream in) throws IOException, HttpException {
            if (!followed && buffer.length() > 0) {
                throw new UnaskedBytesException();
            }
            ClassicHttpResponse answer = parser.parse(buffer, in);
            followed = answer != null && answer.getCode() < HttpStatus.SC_OK;
            return answer;
        }
    }

    private final boolean buffersAreWatched;

    private OwnAnswers(boolean buffersAreWatched) {
        this.buffersAreWatched = buffersAreWatched;
    }

    /** Makes a client do so, at the price of a millisecond for each request over a connection that is used again. It asks nothing a second time by itself. */
    public static void configure(HttpClientBuilder client) {
        client.setRequestExecutor(new OwnAnswers(false)).setRetryStrategy(new OverAnother());
    }

    /**
     * The same without that price, for a client that sends no bodies.
     *
     * @param http of its connections
     * @return what makes its connections
     */
    public static ManagedHttpClientConnectionFactory configure(HttpClientBuilder client, Http1Config http) {
        client.setRequestExecutor(new OwnAnswers(true)).setRetryStrategy(new OverAnother());
        DefaultHttpResponseParserFactory parsers = new DefaultHttpResponseParserFactory(http);
        return ManagedHttpClientConnectionFactory.builder().http1Config(http).responseParserFactory(any -> new WatchingParser(parsers.create(http))).build();
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, HttpClientConnection connection, HttpResponseInformationCallback information, HttpContext context)
            throws IOException, HttpException {
        if (connection.getEndpointDetails().getRequestCount() > 0 && hasBytes(connection)) {
            throw new UnaskedBytesException();
        }
        return super.execute(request, connection, information, context);
    }

    private boolean hasBytes(HttpClientConnection connection) throws IOException {
        if (buffersAreWatched && connection instanceof ManagedHttpClientConnection managed) {
            return managed.getSocket().getInputStream().available() > 0;
        }
        // reads into the buffer, and so sees both
        return connection.isDataAvailable(LEAST);
    }
}
