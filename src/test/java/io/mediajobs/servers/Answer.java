package io.mediajobs.servers;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The answer to one request of a {@link PlainServer}. */
public final class Answer {

    private final Socket connection;
    private final boolean headOnly;
    private boolean complete;

    Answer(Socket connection, boolean headOnly) {
        this.connection = connection;
        this.headOnly = headOnly;
    }

    /** The whole answer; a HEAD gets its headers alone. @param headers as they are written, such as {@code ETag: "1"} */
    public void send(int status, byte[] body, String... headers) throws IOException {
        byte[] head = head(status, body.length, headers);
        byte[] all = headOnly || status == 204 ? head : Arrays.copyOf(head, head.length + body.length);
        if (all != head) {
            System.arraycopy(body, 0, all, head.length, body.length);
        }
        connection.getOutputStream().write(all);
        complete = true;
    }

    /** As {@link #send(int, byte[], String...)}. */
    public void send(int status, String body, String... headers) throws IOException {
        send(status, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    /**
     * A part of {@code content} as the body.
     *
     * @param chunked whether its length is not said
     */
    public void send(int status, RepeatedBytes content, long from, boolean chunked, String... headers) throws IOException {
        connection.getOutputStream().write(head(status, chunked ? -1 : content.length() - from, headers));
        if (!headOnly) {
            content.write(connection.getOutputStream(), from, chunked);
        }
        complete = true;
    }

    private static byte[] head(int status, long length, String... headers) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " x\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        if (status != 204) {
            head.append(length < 0 ? "Transfer-Encoding: chunked" : "Content-Length: " + length).append("\r\n");
        }
        return HttpInput.ascii(head.append("\r\n").toString());
    }

    /** Ends the connection with a reset, without an answer. */
    public void reset() throws IOException {
        connection.setSoLinger(true, 0);
        connection.close();
    }

    /** Says nothing until the client is gone. */
    public void hang() throws IOException {
        connection.setSoTimeout(60_000);
        byte[] buffer = new byte[1 << 16];
        while (connection.getInputStream().read(buffer) >= 0) {
            // what it still sends is not read by anybody
        }
    }

    boolean isComplete() {
        return complete && !connection.isClosed();
    }
}
