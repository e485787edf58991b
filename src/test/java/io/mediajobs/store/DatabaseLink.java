package io.mediajobs.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** The network between a node and its database, with the faults that networks have. */
final class DatabaseLink implements AutoCloseable {

    private final int target;
    private final ServerSocket door;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "database-link");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger answersToLose = new AtomicInteger();
    private final AtomicInteger answersLost = new AtomicInteger();
    private volatile boolean silent;

    DatabaseLink(int target) {
        this.target = target;
        try {
            door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    /** The server commits the next {@code commits} transactions, and its yes never arrives: the connection breaks. */
    void loseAnswersToCommit(int commits) {
        answersToLose.set(commits);
    }

    int answersLost() {
        return answersLost.get();
    }

    /** From now on nothing is passed on in either direction, and nothing is closed. */
    void silence(boolean on) {
        silent = on;
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(server);
                Socket[] pair = {client, server};
                threads.execute(() -> pass(pair, client, server, true));
                threads.execute(() -> pass(pair, server, client, false));
            } catch (IOException e) {
                // closed, or the server is away: the client finds out by itself
            }
        }
    }

    private void pass(Socket[] pair, Socket from, Socket to, boolean toServer) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[65536];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                while (silent && !door.isClosed()) {
                    LockSupport.parkNanos(10_000_000);
                }
                // the server's word for "done"
                if (!toServer && new String(buffer, 0, count, StandardCharsets.ISO_8859_1).contains("COMMIT\0")
                        && answersToLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    answersLost.incrementAndGet();
                    return;
                }
                out.write(buffer, 0, count);
            }
        } catch (IOException e) {
            // one end is gone, so the other goes too
        } finally {
            for (Socket socket : pair) {
                close(socket);
            }
        }
    }

    private void close(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sockets.forEach(this::close);
        threads.shutdownNow();
    }
}
