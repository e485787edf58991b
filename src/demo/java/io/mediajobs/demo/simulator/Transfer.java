package io.mediajobs.demo.simulator;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;

import io.mediajobs.demo.media.Content;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/**
 * One answer of the CDN. Sends in constant memory, as fast as the client reads or at a given speed, and writes itself into
 * the ledger once, when it has ended in whatever way. Lives on the event loop of its connection.
 */
final class Transfer {

    private static final int CHUNK = 1 << 16;
    /** A slow download gets its bytes this often, one of a few bytes a second gets them one by one. */
    private static final long TICK_MILLIS = 50;
    private static final long TICKS_A_SECOND = 1000 / TICK_MILLIS;

    private final HttpServerRequest request;
    private final Ledger ledger;
    private final Instant at;
    private final MessageDigest digest = Content.newSha256();
    private SimulatedJob job;
    private Asset asset;
    private int number;
    private long sent;
    private boolean written;

    Transfer(HttpServerRequest request, Ledger ledger, Instant at) {
        this.request = request;
        this.ledger = ledger;
        this.at = at;
        // before end() this is a client that has gone or a connection that we closed
        request.response().closeHandler(closed -> write(false, request.response().headWritten()));
        request.response().exceptionHandler(gone -> { });
    }

    void isFor(SimulatedJob job, Asset asset, int number) {
        this.job = job;
        this.asset = asset;
        this.number = number;
    }

    HttpServerRequest request() {
        return request;
    }

    /** Anything but the asset. */
    void refuse(Wire wire, Reply reply, Misbehaviour fault) {
        if (!Wire.answersNothing(fault)) {
            request.response().setStatusCode(reply.status());
            write(true, true);
        }
        wire.send(request, reply, fault);
    }

    void endWithoutBody() {
        write(true, true);
        request.response().end();
    }

    /**
     * @param bytesPerSecond 0 for as fast as it goes
     * @param stopAt         where the connection is closed; the end of the range for none
     */
    void send(Vertx vertx, Content content, ByteRange range, long bytesPerSecond, long stopAt) {
        if (bytesPerSecond > 0) {
            sendSlowly(vertx, content, range, bytesPerSecond, stopAt);
        } else {
            sendFast(content, range, stopAt);
        }
    }

    private void sendFast(Content content, ByteRange range, long stopAt) {
        HttpServerResponse response = request.response();
        while (!written && range.from() + sent < stopAt) {
            if (response.writeQueueFull()) {
                response.drainHandler(drained -> sendFast(content, range, stopAt));
                return;
            }
            sendNext(content, range, stopAt, CHUNK);
        }
        finish(range, stopAt);
    }

    private void sendSlowly(Vertx vertx, Content content, ByteRange range, long bytesPerSecond, long stopAt) {
        if (written) {
            return;
        }
        if (range.from() + sent >= stopAt) {
            finish(range, stopAt);
            return;
        }
        boolean oneByOne = bytesPerSecond < TICKS_A_SECOND;
        if (!request.response().writeQueueFull()) {
            sendNext(content, range, stopAt, oneByOne ? 1 : (int) Math.min(CHUNK, bytesPerSecond / TICKS_A_SECOND));
        }
        vertx.setTimer(oneByOne ? 1000 / bytesPerSecond : TICK_MILLIS,
                tick -> sendSlowly(vertx, content, range, bytesPerSecond, stopAt));
    }

    private void sendNext(Content content, ByteRange range, long stopAt, int atMost) {
        byte[] chunk = new byte[(int) Math.min(atMost, stopAt - range.from() - sent)];
        content.read(range.from() + sent, chunk);
        digest.update(chunk);
        sent += chunk.length;
        request.response().write(Buffer.buffer(chunk));
    }

    private void finish(ByteRange range, long stopAt) {
        if (written) {
            return;
        }
        boolean whole = stopAt == range.to();
        write(whole, true);
        if (whole) {
            request.response().end();
        } else {
            // an empty write is done when all before it are on their way
            request.response().write(Buffer.buffer()).onComplete(flushed -> request.connection().close());
        }
    }

    private void write(boolean complete, boolean answered) {
        if (written) {
            return;
        }
        written = true;
        ledger.add(new Download(at, request.method().name(), request.path(), job == null ? null : job.provider(),
                job == null ? null : job.jobId(), asset == null ? null : asset.role(), number, request.getHeader("Range"),
                answered ? request.response().getStatusCode() : 0, sent,
                sent == 0 ? null : HexFormat.of().formatHex(digest.digest()), complete,
                request.headers().contains("Authorization"), ledger.headerNames(request.headers().names())));
    }
}
