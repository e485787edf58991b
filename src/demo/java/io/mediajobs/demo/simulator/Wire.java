package io.mediajobs.demo.simulator;

import java.time.Duration;
import java.util.Arrays;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;

/** Puts short answers onto the connection, also in the ways that a correct server never does. */
final class Wire {

    private static final long SECOND_MILLIS = 1000;

    private final Vertx vertx;

    Wire(Vertx vertx) {
        this.vertx = vertx;
    }

    /** @param fault null, or one that spoils an answer; the others are sent as they are */
    void send(HttpServerRequest request, Reply reply, Misbehaviour fault) {
        Misbehaviour.Kind kind = fault == null ? Misbehaviour.Kind.STATUS : fault.kind();
        switch (kind) {
            case RESET -> reset(request.connection());
            case HANG -> request.response().exceptionHandler(gone -> { });
            case DRIP -> drip(head(request, reply, reply.body().length), reply.body(), 0);
            case CUT_BODY -> {
                byte[] half = half(reply.body());
                head(request, reply, half.length).end(Buffer.buffer(half));
            }
            case CUT_CONNECTION -> head(request, reply, reply.body().length).write(Buffer.buffer(half(reply.body())))
                    .onComplete(sent -> request.connection().close());
            default -> {
                HttpServerResponse response = head(request, reply, reply.body().length);
                response.end(Buffer.buffer(reply.body()));
            }
        }
    }

    /** Runs {@code work} after a time, without holding a thread. */
    void after(Duration time, Runnable work) {
        if (time.isZero()) {
            work.run();
        } else {
            vertx.setTimer(time.toMillis(), tick -> work.run());
        }
    }

    /** Whether a client that was answered so has seen a status. */
    static boolean answersNothing(Misbehaviour fault) {
        return fault != null && (fault.kind() == Misbehaviour.Kind.RESET || fault.kind() == Misbehaviour.Kind.HANG);
    }

    private static byte[] half(byte[] body) {
        return Arrays.copyOf(body, body.length / 2);
    }

    private static HttpServerResponse head(HttpServerRequest request, Reply reply, int length) {
        HttpServerResponse response = request.response().setStatusCode(reply.status());
        // a client that gives up is no news here
        response.exceptionHandler(gone -> { });
        reply.headers().forEach(response::putHeader);
        if (reply.contentType() != null) {
            response.putHeader("Content-Type", reply.contentType());
        }
        if (reply.status() != 204 && reply.status() != 304) {
            response.putHeader("Content-Length", Integer.toString(length));
        }
        return response;
    }

    private void drip(HttpServerResponse response, byte[] body, int at) {
        if (response.closed()) {
            return;
        }
        if (at == body.length) {
            response.end();
            return;
        }
        response.write(Buffer.buffer(new byte[] {body[at]}));
        vertx.setTimer(SECOND_MILLIS, tick -> drip(response, body, at + 1));
    }

    /** Closes with a TCP RST. Vert.x has no way to ask for one, so this reaches for its Netty channel. */
    static void reset(HttpConnection connection) {
        Channel channel = ((ConnectionBase) connection).channel();
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        channel.close();
    }
}
