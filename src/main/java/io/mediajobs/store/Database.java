package io.mediajobs.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.function.Function;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The embedded database: SQLite in WAL mode with {@code synchronous=FULL}, so that a commit that returned is on disk.
 * SQLite has one writer at a time: writers queue fairly for one connection here instead of in SQLite's busy handler, which
 * sleeps; readers have their own connections and never wait for a writer.
 */
public final class Database implements AutoCloseable {

    private static final String PREFIX = "jdbc:sqlite:";

    private final FileChannel lockChannel;
    private final HikariDataSource writer;
    private final HikariDataSource reader;
    private final Jdbi writes;
    private final Jdbi reads;

    private Database(FileChannel lockChannel, HikariDataSource writer, HikariDataSource reader) {
        this.lockChannel = lockChannel;
        this.writer = writer;
        this.reader = reader;
        this.writes = Jdbi.create(writer);
        this.reads = Jdbi.create(reader);
    }

    /**
     * Opens the store and brings its schema up to date.
     *
     * @param file the database file; its folder is made if need be
     * @throws StoreException if it cannot be written, is damaged, or another process has it open
     */
    public static Database open(Path file) {
        FileChannel lock = lock(file);
        HikariDataSource writer = null;
        try {
            writer = pool(file, "store-writer", 1, "IMMEDIATE", false);
            migrate(writer, file);
            HikariDataSource reader = pool(file, "store-reader", 4, "DEFERRED", true);
            return new Database(lock, writer, reader);
        } catch (RuntimeException e) {
            if (writer != null) {
                writer.close();
            }
            closeQuietly(lock, e);
            if (e instanceof StoreException known) {
                throw known;
            }
            throw new StoreException("The job store " + file + " cannot be opened: " + rootMessage(e)
                    + ". If the file is damaged, put back a backup; it is never replaced by an empty one.", e);
        }
    }

    private static FileChannel lock(Path file) {
        Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                lock = null;
            }
            if (lock == null) {
                channel.close();
                throw new StoreException("The job store " + file + " is in use by another process. Stop that one, or give this one"
                        + " another data.folder.");
            }
            return channel;
        } catch (IOException e) {
            throw new StoreException("The job store " + file + " is not writable: " + e + ". Make the folder writable for this user,"
                    + " or point data.folder elsewhere.", e);
        }
    }

    private static HikariDataSource pool(Path file, String name, int size, String transactionMode, boolean readOnly) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(PREFIX + file);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(30_000);
        config.setMaxLifetime(0);
        config.addDataSourceProperty("journal_mode", "WAL");
        config.addDataSourceProperty("synchronous", "FULL");
        config.addDataSourceProperty("foreign_keys", "true");
        config.addDataSourceProperty("busy_timeout", "10000");
        config.addDataSourceProperty("transaction_mode", transactionMode);
        if (readOnly) {
            // a guard against a write by the wrong door; SQLite's own read-only open could not follow the WAL
            config.setConnectionInitSql("PRAGMA query_only = ON");
        }
        return new HikariDataSource(config);
    }

    private static void migrate(DataSource source, Path file) {
        try {
            Flyway.configure()
                    .dataSource(source)
                    .locations("classpath:io/mediajobs/store/migrations")
                    .placeholders(Map.of("identity", "INTEGER PRIMARY KEY AUTOINCREMENT"))
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new StoreException("The job store " + file + " cannot be brought to the schema of this version: " + rootMessage(e)
                    + ". If the file is damaged, put back a backup; it is never replaced by an empty one.", e);
        }
    }

    /** Runs {@code work} in one write transaction; it is on disk when this returns, and has not happened if this throws. */
    public <T> T write(Function<Handle, T> work) {
        return writes.inTransaction(work::apply);
    }

    /** Runs {@code work} on a snapshot; it cannot write. */
    public <T> T read(Function<Handle, T> work) {
        return reads.inTransaction(work::apply);
    }

    /** Milliseconds since 1970 by the database's clock: the only clock that decides leases and due times. */
    public long now(Handle handle) {
        return handle.createQuery("SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER)").mapTo(Long.class).one();
    }

    @Override
    public void close() {
        reader.close();
        writer.close();
        try {
            lockChannel.close();
        } catch (IOException e) {
            throw new StoreException("The lock of the job store cannot be released: " + e.getMessage(), e);
        }
    }

    private static void closeQuietly(FileChannel channel, RuntimeException cause) {
        try {
            channel.close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private static String rootMessage(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage();
    }
}
