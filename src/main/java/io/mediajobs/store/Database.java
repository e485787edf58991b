package io.mediajobs.store;

import com.zaxxer.hikari.HikariDataSource;
import io.mediajobs.report.Redaction;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Types;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.argument.AbstractArgumentFactory;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.config.ConfigRegistry;

/**
 * The database behind the job store: SQLite in a file of this process's own, or PostgreSQL shared by several nodes. Transactions
 * that meet a deadlock or a broken connection are repeated a few times; each must therefore be one that may happen twice.
 */
public final class Database implements AutoCloseable {

    private static final int CONFLICT_TRIES = 10;
    private static final int BROKEN_TRIES = 5;
    /** Each of them has waited for as long as a statement may take. */
    private static final int LATE_TRIES = 2;

    private final Dialect dialect;
    private final AutoCloseable ownership;
    private final HikariDataSource writer;
    private final HikariDataSource reader;
    private final Jdbi writes;
    private final Jdbi reads;
    private final StoreOutage outage = new StoreOutage();
    private final StoreClock clock;

    private Database(Dialect dialect, AutoCloseable ownership, HikariDataSource writer, HikariDataSource reader, LongSupplier nanos) {
        this.dialect = dialect;
        this.clock = new StoreClock(dialect, nanos);
        this.ownership = ownership;
        this.writer = writer;
        this.reader = reader;
        this.writes = jdbi(writer);
        this.reads = jdbi(reader);
    }

    private static Jdbi jdbi(DataSource source) {
        Jdbi jdbi = Jdbi.create(source);
        jdbi.registerArgument(new TextWithoutNul());
        return jdbi;
    }

    /** PostgreSQL's text holds any character but U+0000, and a provider may write one into an error message. */
    private static final class TextWithoutNul extends AbstractArgumentFactory<String> {

        private TextWithoutNul() {
            super(Types.VARCHAR);
        }

        @Override
        protected Argument build(String value, ConfigRegistry config) {
            return (position, statement, context) -> statement.setString(position, value.replace('\0', '\uFFFD'));
        }
    }

    /** As {@link #open(StoreSettings)}, for the embedded store in {@code file}. */
    public static Database open(Path file) {
        return open(StoreSettings.embedded(file));
    }

    /**
     * Opens the store and brings its schema up to date; nodes that start at the same time wait for each other in that.
     *
     * @throws StoreException if it cannot be reached or written, is damaged, or belongs to another process
     */
    public static Database open(StoreSettings settings) {
        return open(settings, System::nanoTime);
    }

    /** @param nanos counts the time that passes, which the store's clock is compared with */
    static Database open(StoreSettings settings, LongSupplier nanos) {
        Dialect dialect = Dialect.of(settings);
        AutoCloseable ownership = dialect.own();
        HikariDataSource writer = null;
        try {
            migrate(dialect);
            dialect.settle();
            writer = new HikariDataSource(dialect.writer());
            return new Database(dialect, ownership, writer, new HikariDataSource(dialect.reader()), nanos);
        } catch (RuntimeException e) {
            if (writer != null) {
                writer.close();
            }
            closeQuietly(ownership, e);
            throw new StoreException(Redaction.text((e instanceof FlywayException ? "The job store " + settings.place() + " cannot be brought to the schema of this version: "
                    : "The job store " + settings.place() + " cannot be opened: ") + StoreOutage.rootMessage(e) + ". " + dialect.advice()), e);
        }
    }

    private static void migrate(Dialect dialect) {
        try (HikariDataSource source = new HikariDataSource(dialect.migrator())) {
            Flyway.configure()
                    .dataSource(source)
                    .locations("classpath:io/mediajobs/store/migrations")
                    .placeholders(Map.of("identity", dialect.identity()))
                    .load()
                    .migrate();
        }
    }

    /** A transaction that may be run again. */
    @FunctionalInterface
    interface Transaction<T> {

        /** @param again true if an earlier run failed in a way that leaves open whether it was committed */
        T run(Handle handle, boolean again);
    }

    /**
     * Runs {@code work} in one write transaction; it is on disk when this returns, and has not happened if this throws, but for
     * {@link StoreUnavailableException}. It may be run several times.
     */
    public <T> T write(Function<Handle, T> work) {
        return write(Duration.ZERO, (handle, again) -> work.apply(handle));
    }

    /**
     * As {@link #write(Function)}, but a store that is away is asked again and again.
     *
     * @param patience for how long
     */
    <T> T write(Duration patience, Transaction<T> work) {
        long begin = System.nanoTime();
        for (int round = 1;; round++) {
            try {
                return run(writes, true, round > 1, false, work);
            } catch (StoreUnavailableException e) {
                long left = patience.toNanos() - (System.nanoTime() - begin);
                if (left <= 0) {
                    throw e;
                }
                long pause = Math.min(TimeUnit.MILLISECONDS.toNanos(100L << Math.min(round, 5)), left);
                sleep((long) (pause * ThreadLocalRandom.current().nextDouble(0.5, 1)) + 1, e);
            }
        }
    }

    /** Runs {@code work} on a snapshot; it cannot write. */
    public <T> T read(Function<Handle, T> work) {
        return run(reads, false, false, false, (handle, again) -> work.apply(handle));
    }

    /** @param admitted true if the caller was let in already, where the store is away, to try whether it is back */
    private <T> T run(Jdbi jdbi, boolean write, boolean repeated, boolean admitted, Transaction<T> work) {
        for (int attempt = 1;; attempt++) {
            boolean tryingOut = admitted || outage.enter(write);
            boolean again = repeated || attempt > 1;
            try {
                T result = jdbi.inTransaction(handle -> work.run(handle, again));
                outage.answered(write);
                pulse();
                return result;
            } catch (StoreClock.WasSetException e) {
                clock.follow(e, move -> run(writes, true, false, tryingOut, (handle, any) -> move.apply(handle)));
                attempt--;
            } catch (RuntimeException e) {
                Trouble trouble = trouble(e);
                if (trouble == Trouble.NONE) {
                    throw e;
                }
                if (attempt >= tries(trouble, write)) {
                    throw trouble == Trouble.LATE ? outage.late(e) : outage.failed(trouble, e);
                }
                sleep(TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextLong(5, 10L << Math.min(attempt, 6))), e);
            }
        }
    }

    private static int tries(Trouble trouble, boolean write) {
        return switch (trouble) {
            case CONFLICT -> CONFLICT_TRIES;
            case BROKEN -> BROKEN_TRIES;
            // what is searched in vain would be so again; a row may be free by then
            case LATE -> write ? LATE_TRIES : 1;
            default -> 1;
        };
    }

    private void pulse() {
        if (clock.isPulseDue()) {
            try {
                run(writes, true, false, false, (handle, again) -> {
                    clock.pulse(handle);
                    return null;
                });
            } catch (StoreUnavailableException e) {
                // its begin was logged, and the next caller meets it; the pulse is only for a clock that somebody sets
                return;
            }
        }
    }

    private Trouble trouble(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectionException || cause instanceof SQLTransientConnectionException) {
                // the pool has waited for a connection already
                return Trouble.AWAY;
            }
            if (cause instanceof SQLException sql) {
                return dialect.trouble(sql);
            }
        }
        return Trouble.NONE;
    }

    private static void sleep(long nanos, RuntimeException cause) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException("Interrupted while waiting for the job store", cause);
        }
    }

    /**
     * Milliseconds since 1970 by the database's clock: the only clock that decides leases and due times. Should somebody have set it, the
     * transaction that asks is run again after everything planned has moved along.
     */
    public long now(Handle handle) {
        return clock.read(handle);
    }

    /** Where this kind of database differs from the other. */
    Dialect dialect() {
        return dialect;
    }

    /** @throws StoreUnavailableException if the store does not answer, or took no write the last time and takes none now */
    void ping() {
        read(handle -> handle.createQuery("SELECT 1").mapTo(Integer.class).one());
        if (outage.isOn()) {
            write(handle -> handle.createUpdate("INSERT INTO pulse (id, at) VALUES (1, :now) ON CONFLICT (id) DO UPDATE SET at = :now")
                    .bind("now", now(handle)).execute());
        }
    }

    @Override
    public void close() {
        reader.close();
        writer.close();
        try {
            ownership.close();
        } catch (Exception e) {
            throw new StoreException("The lock of the job store cannot be released: " + e.getMessage(), e);
        }
    }

    private static void closeQuietly(AutoCloseable part, RuntimeException cause) {
        try {
            part.close();
        } catch (Exception e) {
            cause.addSuppressed(e);
        }
    }
}
