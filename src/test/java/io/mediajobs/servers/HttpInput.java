package io.mediajobs.servers;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Lines and bodies of HTTP/1.1 from one connection. */
final class HttpInput {

    private final InputStream in;
    private final byte[] buffer;
    private int at;
    private int end;

    HttpInput(InputStream in, int size) {
        this.in = in;
        this.buffer = new byte[size];
    }

    /** The next line without its end; null where the connection ended before one. */
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            if (at == end && !fill()) {
                return null;
            }
            char next = (char) (buffer[at++] & 0xFF);
            if (next == '\n') {
                return line.length() > 0 && line.charAt(line.length() - 1) == '\r' ? line.substring(0, line.length() - 1) : line.toString();
            }
            line.append(next);
        }
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, in.read(buffer));
        return end > 0;
    }

    private int read(byte[] into, int offset, int length) throws IOException {
        if (at == end) {
            // what is large goes past the buffer
            if (length >= buffer.length / 2) {
                return in.read(into, offset, length);
            }
            if (!fill()) {
                return -1;
            }
        }
        int read = Math.min(length, end - at);
        System.arraycopy(buffer, at, into, offset, read);
        at += read;
        return read;
    }

    /** The body that these headers announce. */
    InputStream body(Map<String, String> headers) {
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            return new Body(-1);
        }
        return new Body(Long.parseLong(headers.getOrDefault("content-length", "0")));
    }

    /** {@code aws-chunked}, which is HTTP's own chunks with a signature at each, within the body; {@link Decoded#trailers} are there at its end. */
    static Decoded awsChunked(InputStream body) {
        HttpInput inner = new HttpInput(body, 1 << 18);
        return new Decoded(inner.new Body(-1));
    }

    /** What a body with an encoding of its own holds. */
    static final class Decoded extends InputStream {

        private final Body body;

        private Decoded(Body body) {
            this.body = body;
        }

        Map<String, String> trailers() {
            return body.trailers;
        }

        @Override
        public int read() throws IOException {
            return body.read();
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return body.read(into, offset, length);
        }
    }

    private final class Body extends InputStream {

        private final boolean chunked;
        private final Map<String, String> trailers = new TreeMap<>();
        private long left;
        private boolean ended;

        /** @param length negative for chunks */
        private Body(long length) {
            this.chunked = length < 0;
            this.left = Math.max(0, length);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left == 0 && chunked && !ended) {
                nextChunk();
            }
            if (left == 0) {
                return -1;
            }
            int read = HttpInput.this.read(into, offset, (int) Math.min(length, left));
            if (read < 0) {
                throw new EOFException("the connection ended within a body");
            }
            left -= read;
            if (left == 0 && chunked) {
                line();
            }
            return read;
        }

        private void nextChunk() throws IOException {
            String head = line();
            if (head == null) {
                throw new EOFException("the connection ended between two chunks");
            }
            left = Long.parseLong(head.split(";")[0].strip(), 16);
            if (left == 0) {
                ended = true;
                for (String trailer = line(); trailer != null && !trailer.isEmpty(); trailer = line()) {
                    String[] parts = trailer.split(":", 2);
                    trailers.put(parts[0].toLowerCase(Locale.ROOT), parts.length == 1 ? "" : parts[1].strip());
                }
            }
        }
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
