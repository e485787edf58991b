package io.mediajobs.web;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes in the bodies of requests whose sender is known only by a signature over the whole body: until then anybody may fill the memory.
 * Each may have {@link #SMALL} bytes; what is larger takes the rest from what all of them share, and is refused if that is used up. Camel's
 * body handler leaves alone what has its body already.
 */
final class StrangersBodies implements Handler<RoutingContext> {

    /** Bytes; times {@code http.connections} is what small ones take together at the most. */
    private static final int SMALL = 32 * 1024;
    /** Bytes for all that is beyond, together. */
    private static final long SHARED = 16L * 1024 * 1024;

    private final long most;
    private final AtomicLong used = new AtomicLong();
    /** One at a time comes over a connection. */
    private final Map<HttpConnection, Body> bodies = new ConcurrentHashMap<>();

    /** @param most bytes of one body */
    StrangersBodies(long most) {
        this.most = most;
    }

    @Override
    public void handle(RoutingContext context) {
        ((RoutingContextInternal) context).visitHandler(RoutingContextInternal.BODY_HANDLER);
        Body body = new Body(context);
        bodies.put(context.request().connection(), body);
        context.request().handler(body::add).endHandler(whole -> body.pass());
    }

    /** The request that this connection brought is answered, or will never be. */
    void ended(HttpConnection connection) {
        Body body = bodies.remove(connection);
        if (body != null) {
            body.giveBack();
        }
    }

    private final class Body {
        private final RoutingContext context;
        private Buffer bytes = Buffer.buffer();
        private long beyond;

        private Body(RoutingContext context) {
            this.context = context;
        }

        private void add(Buffer chunk) {
            if (bytes == null) {
                return;
            }
            long length = bytes.length() + (long) chunk.length();
            long more = Math.max(0, length - SMALL) - beyond;
            beyond += more;
            if (used.addAndGet(more) > SHARED) {
                refuse(new Problem(503, "too-many-large-bodies", "Too many large bodies are being received. Try again in a few seconds."));
            } else if (length > most) {
                refuse(new Problem(413, "body-too-large", "The body is larger than " + most + " bytes (hooks.max-body)."));
            } else {
                bytes.appendBuffer(chunk);
            }
        }

        private void refuse(Problem problem) {
            giveBack();
            context.response().putHeader("Connection", "close").putHeader("Retry-After", String.valueOf(ApiCall.RETRY_AFTER_SECONDS));
            Gate.refuse(context.request(), problem);
            // what still comes is not wanted
            context.request().connection().close();
        }

        private void pass() {
            if (bytes != null) {
                ((RoutingContextInternal) context).setBody(bytes);
                context.next();
            }
        }

        private void giveBack() {
            bytes = null;
            used.addAndGet(-beyond);
            beyond = 0;
        }
    }
}
