package io.mediajobs.archive;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;

/** A file on an {@link AssetHost} that is given in ranges, as a CDN does, with the faults that a test asks for. */
final class RangedFile implements AssetHost.Answer {

    /** What the host does with one request. */
    record Turn(int stopAfter, Reply reply) {
        static final Turn FINE = new Turn(Integer.MAX_VALUE, Reply.RIGHT);

        static Turn cutAfter(int bytes) {
            return new Turn(bytes, Reply.RIGHT);
        }

        static Turn with(Reply reply) {
            return new Turn(Integer.MAX_VALUE, reply);
        }
    }

    /** How a request for a range is answered. */
    enum Reply { RIGHT, WHOLE, OTHER_START, OTHER_TOTAL, NOT_TO_THE_END, NO_CONTENT_RANGE, OTHER_ETAG, NO_ETAG, NO_SUCH_RANGE, FORBIDDEN, SHORT_LENGTH }

    volatile byte[] content;
    volatile String etag;
    volatile String lastModified;
    volatile boolean chunked;
    private final BiFunction<Integer, Boolean, Turn> turns;
    final AtomicLong sent = new AtomicLong();
    final List<String> ranges = new CopyOnWriteArrayList<>();

    /** @param turns by the number of the request, from 1, and whether it asks for a range */
    RangedFile(byte[] content, String etag, BiFunction<Integer, Boolean, Turn> turns) {
        this.content = content;
        this.etag = etag;
        this.turns = turns;
    }

    @Override
    public void write(AssetHost.Request request, int time, OutputStream out) throws IOException {
        String range = request.headers().get("range");
        Turn turn = turns.apply(time, range != null);
        Reply reply = turn.reply();
        ranges.add(range == null ? "" : range);
        byte[] bytes = content;
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        String ifRange = request.headers().get("if-range");
        boolean partial = range != null && reply != Reply.WHOLE && (ifRange == null || ifRange.equals(etag) || ifRange.equals(lastModified)
                || reply == Reply.OTHER_ETAG || reply == Reply.NO_ETAG);
        if (reply == Reply.FORBIDDEN) {
            AssetHost.head(out, "403 Forbidden", "Content-Length: 0");
            return;
        }
        if (partial && (reply == Reply.NO_SUCH_RANGE || from >= bytes.length)) {
            AssetHost.head(out, "416 Range Not Satisfiable", "Content-Range: bytes */" + bytes.length, "Content-Length: 0");
            return;
        }
        if (!partial) {
            from = 0;
        }
        List<String> headers = new ArrayList<>(List.of("Content-Type: video/mp4"));
        if (etag != null && !(partial && reply == Reply.NO_ETAG)) {
            headers.add("ETag: " + (partial && reply == Reply.OTHER_ETAG ? "\"other\"" : etag));
        }
        if (lastModified != null) {
            headers.add("Last-Modified: " + lastModified);
            headers.add("Date: Sun, 22 Nov 2026 12:00:00 GMT");
        }
        if (partial && reply != Reply.NO_CONTENT_RANGE) {
            headers.add("Content-Range: bytes " + (reply == Reply.OTHER_START ? from - 1 : from) + "-" + (bytes.length - (reply == Reply.NOT_TO_THE_END ? 2 : 1))
                    + "/" + (reply == Reply.OTHER_TOTAL ? bytes.length + 1 : bytes.length));
        }
        headers.add(chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + (bytes.length - from - (partial && reply == Reply.SHORT_LENGTH ? 1 : 0)));
        AssetHost.head(out, partial ? "206 Partial Content" : "200 OK", headers.toArray(String[]::new));
        int to = (int) Math.min(bytes.length, (long) from + turn.stopAfter());
        for (int at = from; at < to; ) {
            int length = Math.min(1 << 16, to - at);
            if (chunked) {
                out.write((Integer.toHexString(length) + "\r\n").getBytes());
            }
            out.write(bytes, at, length);
            if (chunked) {
                out.write("\r\n".getBytes());
            }
            sent.addAndGet(length);
            at += length;
        }
        if (chunked && to == bytes.length) {
            out.write("0\r\n\r\n".getBytes());
        }
    }
}
