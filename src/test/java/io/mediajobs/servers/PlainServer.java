package io.mediajobs.servers;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/**
 * HTTP/1.1 over sockets on the loopback address, a thread a connection: bytes go from the socket into the reader's array and from the
 * writer's array into the socket.
 */
public final class PlainServer implements AutoCloseable {

    private static final int SOCKET_BUFFER = 1 << 18;

    /** Answers one request; the connection stays open afterwards if the answer said its length. */
    @FunctionalInterface
    public interface Handler {

        void answer(Request request, Answer answer) throws IOException;
    }

    /**
     * What is asked.
     *
     * @param path    decoded, without the query
     * @param query   by name; decoded; a name without a value has the empty text
     * @param headers by lower-case name
     * @param body    never null
     */
    public record Request(String method, String path, Map<String, String> query, Map<String, String> headers, InputStream body) {
    }

    private final ServerSocket socket;
    private final Handler handler;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile long delayMillis;

    public PlainServer(Handler handler) {
        this(handler, ServerSocketFactory.getDefault());
    }

    /** @param sockets such as those for TLS */
    public PlainServer(Handler handler, ServerSocketFactory sockets) {
        this.handler = handler;
        try {
            socket = sockets.createServerSocket(0, 500, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "plain-server");
        thread.setDaemon(true);
        thread.start();
    }

    /** Its address, without a slash at the end. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    /** How many connections were made to it so far. */
    public int connections() {
        return connections.get();
    }

    /** From now on each answer comes so much later, as over a network. */
    public void delay(long millis) {
        delayMillis = millis;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                connections.incrementAndGet();
                open.add(connection);
                daemon(() -> serve(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            HttpInput in = new HttpInput(connection.getInputStream(), SOCKET_BUFFER);
            boolean more = true;
            while (more) {
                more = serveOne(connection, in);
            }
        } catch (IOException e) {
            // the client went away, or a handler wanted the connection to end
        } finally {
            open.remove(connection);
        }
    }

    private boolean serveOne(Socket connection, HttpInput in) throws IOException {
        String line = in.line();
        if (line == null) {
            return false;
        }
        String[] words = line.split(" ");
        Map<String, String> headers = new TreeMap<>();
        for (String header = in.line(); header != null && !header.isEmpty(); header = in.line()) {
            int colon = header.indexOf(':');
            headers.put(header.substring(0, colon).toLowerCase(Locale.ROOT), header.substring(colon + 1).strip());
        }
        OutputStream out = connection.getOutputStream();
        if ("100-continue".equalsIgnoreCase(headers.get("expect"))) {
            delay();
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
        InputStream body = in.body(headers);
        String[] target = words[1].split("\\?", 2);
        Request request = new Request(words[0], decoded(target[0].replace("+", "%2B")), query(target.length == 1 ? "" : target[1]), headers, body);
        Answer answer = new Answer(connection, request.method().equals("HEAD"));
        delay();
        handler.answer(request, answer);
        drain(body);
        return answer.isComplete() && !"close".equalsIgnoreCase(headers.get("connection"));
    }

    /** Reads what is left of a body. */
    static void drain(InputStream body) throws IOException {
        byte[] buffer = new byte[SOCKET_BUFFER];
        while (body.read(buffer) >= 0) {
            // nobody wants it
        }
    }

    private void delay() throws IOException {
        try {
            Thread.sleep(delayMillis);
        } catch (InterruptedException e) {
            throw new InterruptedIOException(e.toString());
        }
    }

    private static Map<String, String> query(String text) {
        Map<String, String> query = new LinkedHashMap<>();
        for (String pair : text.split("&")) {
            String[] parts = pair.split("=", 2);
            query.put(decoded(parts[0]), parts.length == 1 ? "" : decoded(parts[1]));
        }
        return query;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            socket.close();
            for (Socket connection : open) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
