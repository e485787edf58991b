package io.mediajobs.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** A real PostgreSQL server of the test's own, on loopback, that can be stopped and started again with what it held. */
public final class PostgresServer implements AutoCloseable {

    /** Any is taken. A secret is taken out of all that a process says, so it must be no word that the tests look for. */
    static final String PASSWORD = "taken-by-anybody";

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final Path data;
    private final int port;
    private EmbeddedPostgres server;

    private PostgresServer(Path data, int port) {
        this.data = data;
        this.port = port;
    }

    /** @param folder for its data; it is not removed */
    public static PostgresServer start(Path folder) {
        try (ServerSocket free = new ServerSocket(0)) {
            free.close();
            PostgresServer server = new PostgresServer(folder.resolve("postgresql"), free.getLocalPort());
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it again after {@link #stop}. */
    public void start() {
        try {
            server = EmbeddedPostgres.builder().setPort(port).setDataDirectory(data).setCleanDataDirectory(false)
                    // the tests kill clients and not servers
                    .setServerConfig("fsync", "off").setServerConfig("max_connections", "200").setPGStartupWait(Duration.ofSeconds(30)).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends all sessions and the server; its data stays. */
    public void stop() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    /** A new, empty database. */
    public StoreSettings newDatabase() {
        String name = "media" + DATABASES.incrementAndGet();
        execute("CREATE DATABASE " + name);
        return at(port, name);
    }

    /** The same database by another port, as that of a link in between. */
    public static StoreSettings at(int port, String database) {
        return new StoreSettings("jdbc:postgresql://127.0.0.1:" + port + "/" + database, "postgres", PASSWORD, 12, Duration.ofSeconds(10));
    }

    /** Runs SQL as the superuser. */
    public void execute(String sql) {
        try (Connection connection = server.getPostgresDatabase().getConnection(); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends every session of the job stores. */
    public void terminateSessions() {
        execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'media-job-routes'");
    }

    @Override
    public void close() {
        stop();
    }
}
