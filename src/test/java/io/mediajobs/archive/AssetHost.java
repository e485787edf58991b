package io.mediajobs.archive;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A host of assets on the loopback address that says what a test wants byte by byte, also what no HTTP server would say. */
public final class AssetHost implements AutoCloseable {

    /** What came: the request target as it stood in the request line, and the headers by lower-case name. */
    public record Request(String target, Map<String, String> headers) {
    }

    /** Writes an answer; the connection is closed behind it. */
    public interface Answer {
        void write(Request request, int time, OutputStream out) throws IOException;
    }

    private final ServerSocket socket;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<String> serverNames = new CopyOnWriteArrayList<>();

    public AssetHost() {
        this(InetAddress.getLoopbackAddress());
    }

    public AssetHost(InetAddress address) {
        this(address, ServerSocketFactory.getDefault());
    }

    /** @param sockets plain ones, or {@link TestCertificates#sockets} */
    AssetHost(InetAddress address, ServerSocketFactory sockets) {
        try {
            socket = sockets.createServerSocket(0, 50, address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread acceptor = new Thread(this::accept, "asset-host");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    public String url(String target) {
        return (socket instanceof SSLServerSocket ? "https" : "http") + "://" + socket.getInetAddress().getHostAddress() + ":" + socket.getLocalPort() + target;
    }

    public int port() {
        return socket.getLocalPort();
    }

    /** @param path of the target, without query */
    public AssetHost on(String path, Answer answer) {
        answers.put(path, answer);
        return this;
    }

    public AssetHost file(String path, String contentType, byte[] bytes) {
        return on(path, (request, time, out) -> {
            head(out, "200 OK", "Content-Type: " + contentType, "Content-Length: " + bytes.length);
            out.write(bytes);
        });
    }

    public AssetHost status(String path, String status) {
        return on(path, (request, time, out) -> head(out, status, "Content-Length: 0"));
    }

    public static void head(OutputStream out, String status, String... headers) throws IOException {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + "\r\nConnection: close\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    public static void chunk(OutputStream out, byte[] bytes, int length) throws IOException {
        out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        out.write(bytes, 0, length);
        out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }

    public List<Request> requests() {
        return requests;
    }

    /** What clients called it in the TLS handshakes that came about. */
    List<String> serverNames() {
        return serverNames;
    }

    public long asked(String path) {
        return requests.stream().filter(request -> path(request.target()).equals(path)).count();
    }

    private static String path(String target) {
        return target.split("\\?", 2)[0];
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                Thread thread = new Thread(() -> serve(connection), "asset-host-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            if (connection instanceof SSLSocket secure) {
                secure.startHandshake();
                ((ExtendedSSLSession) secure.getSession()).getRequestedServerNames().forEach(name -> serverNames.add(((SNIHostName) name).getAsciiName()));
            }
            InputStream in = new BufferedInputStream(connection.getInputStream());
            String[] line = line(in).split(" ");
            Map<String, String> headers = new TreeMap<>();
            for (String header = line(in); !header.isEmpty(); header = line(in)) {
                String[] parts = header.split(":", 2);
                headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1].trim());
            }
            Request request = new Request(line[1], headers);
            requests.add(request);
            String path = path(request.target());
            Answer answer = answers.getOrDefault(path, (any, time, out) -> head(out, "404 Not Found", "Content-Length: 0"));
            answer.write(request, (int) asked(path), connection.getOutputStream());
            connection.getOutputStream().flush();
        } catch (IOException e) {
            // the client went away, as some tests want
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
