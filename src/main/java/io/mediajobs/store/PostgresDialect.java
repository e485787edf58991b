package io.mediajobs.store;

import com.zaxxer.hikari.HikariConfig;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;

/**
 * PostgreSQL, the store of several nodes. The server's clock and row locks are all the coordination there is between them.
 * Nothing waits for ever: not a connection, not a statement, not an answer on the network, and not the others for a node that
 * stands still within a transaction.
 */
final class PostgresDialect implements Dialect {

    private static final int CONNECT_SECONDS = 5;

    private final StoreSettings settings;

    PostgresDialect(StoreSettings settings) {
        this.settings = settings;
    }

    @Override
    public AutoCloseable own() {
        return () -> { };
    }

    @Override
    public void settle() {
        // the server's business
    }

    @Override
    public HikariConfig migrator() {
        HikariConfig config = pool("store-migration", 3);
        config.setConnectionInitSql(null);
        config.addDataSourceProperty("socketTimeout", "0");
        return config;
    }

    @Override
    public HikariConfig writer() {
        HikariConfig config = pool("store-writer", settings.connections() - readers());
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        return config;
    }

    @Override
    public HikariConfig reader() {
        HikariConfig config = pool("store-reader", readers());
        // one snapshot a transaction, as SQLite has it
        config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        config.setReadOnly(true);
        return config;
    }

    private int readers() {
        return Math.max(1, settings.connections() / 3);
    }

    private HikariConfig pool(String name, int size) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(settings.url());
        if (!settings.user().isEmpty()) {
            config.setUsername(settings.user());
        }
        if (!settings.password().isEmpty()) {
            config.setPassword(settings.password());
        }
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT_SECONDS * 1000L);
        config.setValidationTimeout(3_000);
        long seconds = settings.statementTimeout().toSeconds();
        // what stands in the URL wins over these
        config.addDataSourceProperty("ApplicationName", "media-job-routes");
        config.addDataSourceProperty("connectTimeout", String.valueOf(CONNECT_SECONDS));
        config.addDataSourceProperty("loginTimeout", String.valueOf(CONNECT_SECONDS));
        // longer than the server takes to give up by itself: this is for a server or a network that says nothing at all
        config.addDataSourceProperty("socketTimeout", String.valueOf(seconds + 5));
        config.addDataSourceProperty("tcpKeepAlive", "true");
        // the second: a node that was stopped in the middle of a transaction keeps its row locks no longer than that
        config.setConnectionInitSql("SET statement_timeout = " + seconds * 1000 + "; SET idle_in_transaction_session_timeout = " + seconds * 1000);
        return config;
    }

    @Override
    public String identity() {
        return "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY";
    }

    @Override
    public String clock() {
        return "CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)";
    }

    @Override
    public String lockRow() {
        return " FOR UPDATE";
    }

    @Override
    public String skipLocked() {
        return " FOR UPDATE SKIP LOCKED";
    }

    @Override
    public void lockEvents(Handle handle) {
        // let go of when the transaction is over and visible; the number is any that nobody else uses in this database
        handle.createQuery("SELECT 1 FROM (SELECT pg_advisory_xact_lock(7235926187346102)) AS locked").mapTo(Integer.class).one();
    }

    @Override
    public boolean lockRegistrations(Handle handle, boolean shared) {
        handle.createQuery("SELECT 1 FROM (SELECT pg_advisory_xact_lock" + (shared ? "_shared" : "") + "(7235926187346103)) AS locked").mapTo(Integer.class).one();
        return true;
    }

    /** By SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html. */
    @Override
    public Trouble trouble(SQLException error) {
        String state = error.getSQLState() == null ? "" : error.getSQLState();
        if (state.equals("40001") || state.equals("40P01")) {
            return Trouble.CONFLICT;
        }
        // the statement's time-out, and that of a lock: a server that says so is there
        if (state.equals("57014") || state.equals("55P03")) {
            return Trouble.LATE;
        }
        // connection, operator intervention, session that waited too long within its transaction, too many connections, internal
        if (state.startsWith("08") || state.startsWith("57P") || state.equals("25P03") || state.equals("53300") || state.startsWith("58")) {
            return Trouble.BROKEN;
        }
        // a standby, and a server without disk or memory
        if (state.equals("25006") || state.startsWith("53")) {
            return Trouble.NO_WRITES;
        }
        return Trouble.NONE;
    }

    @Override
    public boolean hasSoleOwner() {
        return false;
    }

    @Override
    public String advice() {
        return "See store.url, store.user and store.password, and whether the server runs and lets this user create tables.";
    }
}
