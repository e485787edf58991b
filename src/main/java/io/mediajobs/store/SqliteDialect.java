package io.mediajobs.store;

import com.zaxxer.hikari.HikariConfig;
import io.mediajobs.config.OwnerOnly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * The embedded database: SQLite in WAL mode with {@code synchronous=FULL}, so that a commit that returned is on disk.
 * SQLite has one writer at a time: writers queue fairly for one connection here instead of in SQLite's busy handler, which
 * sleeps; readers have their own connections and never wait for a writer.
 */
final class SqliteDialect implements Dialect {

    private static final int READERS = 4;

    private final Path file;
    private FileChannel owned;

    SqliteDialect(Path file) {
        this.file = file;
    }

    @Override
    public AutoCloseable own() {
        owned = lock(file);
        try {
            SqliteLibrary.place(file);
            SqliteFile.requireSound(file, owned);
        } catch (RuntimeException e) {
            try {
                owned.close();
            } catch (IOException failure) {
                e.addSuppressed(failure);
            }
            throw e;
        }
        return owned;
    }

    @Override
    public void settle() {
        SqliteFile.settle(file, owned);
    }

    /** @throws StoreException if the folder cannot be written, or another process has the store */
    static FileChannel lock(Path file) {
        Path lockFile = SqliteFile.lockFile(file);
        try {
            OwnerOnly.folder(file.toAbsolutePath().getParent());
            FileChannel channel = FileChannel.open(lockFile, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OwnerOnly.attribute(lockFile));
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
            throw new StoreException("The job store " + file + " is not writable: " + reason(e) + ". Make the folder writable for this user,"
                    + " or point data.folder elsewhere.", e);
        }
    }

    /** Java's own messages of such failures are often nothing but the path. */
    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException taken) {
            return taken.getFile() + " is a file and not a folder";
        }
        if (e instanceof FileSystemException told && told.getReason() != null) {
            return told.getFile() + ": " + told.getReason();
        }
        return e.getMessage();
    }

    @Override
    public HikariConfig writer() {
        return pool("store-writer", 1, "IMMEDIATE");
    }

    @Override
    public HikariConfig migrator() {
        return writer();
    }

    @Override
    public HikariConfig reader() {
        HikariConfig config = pool("store-reader", READERS, "DEFERRED");
        // a guard against a write by the wrong door; SQLite's own read-only open could not follow the WAL
        config.setConnectionInitSql("PRAGMA query_only = ON");
        return config;
    }

    private HikariConfig pool(String name, int size, String transactionMode) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(StoreSettings.SQLITE + file);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(30_000);
        config.setMaxLifetime(0);
        config.addDataSourceProperty("journal_mode", "WAL");
        config.addDataSourceProperty("synchronous", "FULL");
        config.addDataSourceProperty("foreign_keys", "true");
        config.addDataSourceProperty("busy_timeout", "10000");
        config.addDataSourceProperty("transaction_mode", transactionMode);
        return config;
    }

    @Override
    public String identity() {
        return "INTEGER PRIMARY KEY AUTOINCREMENT";
    }

    @Override
    public String clock() {
        return "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
    }

    @Override
    public String lockRow() {
        return "";
    }

    @Override
    public String skipLocked() {
        return "";
    }

    @Override
    public void lockEvents(Handle handle) {
        // there is one writer at a time
    }

    @Override
    public boolean lockRegistrations(Handle handle, boolean shared) {
        return false;
    }

    /** By SQLite's result codes, https://sqlite.org/rescode.html; the low byte is the kind. */
    @Override
    public Trouble trouble(SQLException error) {
        return switch (error.getErrorCode() & 0xff) {
            case 5, 6 -> Trouble.CONFLICT;
            case 8, 10, 13, 14 -> Trouble.NO_WRITES;
            default -> Trouble.NONE;
        };
    }

    @Override
    public boolean hasSoleOwner() {
        return true;
    }

    @Override
    public String advice() {
        return "If the file is damaged, put back a backup; it is never replaced by an empty one.";
    }
}
