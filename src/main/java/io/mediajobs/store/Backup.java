package io.mediajobs.store;

import io.mediajobs.config.OwnerOnly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.sqlite.SQLiteConfig;

/**
 * Copies the embedded store while it is in use: one snapshot, of the moment the backup begins, in one file without a journal beside it.
 * It reads like any reader of the store, so writers do not wait for it; it may be taken by another process than the one that runs.
 */
public final class Backup {

    /** @param jobs jobs in the copy */
    public record Copy(Path file, long jobs, long bytes) {
    }

    private Backup() {
    }

    /**
     * Writes a backup. Where the file appears, it is complete, checked and on disk.
     *
     * @param target must not exist; its folder must
     * @throws StoreException with a sentence, if the store is not an embedded one, is damaged, or the copy cannot be written
     */
    public static Copy of(StoreSettings settings, Path target) {
        if (!settings.isEmbedded()) {
            throw new StoreException("The job store is " + settings.place() + "; back it up with PostgreSQL's own pg_dump.");
        }
        if (!Files.isRegularFile(settings.file())) {
            throw new StoreException("There is no job store " + settings.file() + " to back up.");
        }
        Path part = beside(target, ".part");
        if (Files.exists(target)) {
            throw new StoreException("The file " + target + " exists; a backup never replaces a file.");
        }
        try {
            Files.deleteIfExists(part);
            try (Connection store = open(settings.file()); PreparedStatement copy = store.prepareStatement("VACUUM INTO ?")) {
                copy.setString(1, part.toString());
                copy.execute();
            }
            long jobs = check(part);
            settle(part, target);
            return new Copy(target, jobs, Files.size(target));
        } catch (SQLException | IOException e) {
            throw new StoreException("The backup " + target + " cannot be written: " + e.getMessage() + ".", e);
        }
    }

    /**
     * Puts a backup in the place of the store. The store that was there is kept beside it, with its journal.
     *
     * @return where the store that was there is now; null if there was none
     * @throws StoreException if the store is in use, or the file is no backup; then nothing is changed
     */
    public static Path restore(Path backup, StoreSettings settings) {
        if (!settings.isEmbedded()) {
            throw new StoreException("The job store is " + settings.place() + "; restore it with PostgreSQL's own pg_restore.");
        }
        Path store = settings.file();
        try (FileChannel owned = SqliteDialect.lock(store)) {
            Path part = beside(store, ".restored");
            Files.copy(backup, part, StandardCopyOption.REPLACE_EXISTING);
            check(part);
            Path kept = putAside(store);
            settle(part, store);
            return kept;
        } catch (SQLException | IOException e) {
            throw new StoreException("The backup " + backup + " cannot be restored: " + e.getMessage() + ".", e);
        }
    }

    /** With its journal: a new store beside the journal of an old one would be damaged by it. */
    private static Path putAside(Path store) throws IOException {
        if (!Files.exists(store)) {
            return null;
        }
        Path kept = beside(store, ".before-restore");
        for (int number = 2; Files.exists(kept); number++) {
            kept = beside(store, ".before-restore-" + number);
        }
        // the journals first: a store without its journal lacks its last commits, a journal without its store harms nothing
        for (String ending : new String[] {"-wal", "-shm", ""}) {
            Path file = beside(store, ending);
            if (Files.exists(file)) {
                Files.move(file, beside(kept, ending));
            }
        }
        return kept;
    }

    private static Path beside(Path file, String ending) {
        return file.resolveSibling(file.getFileName() + ending);
    }

    private static Connection open(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(10_000);
        Properties properties = config.toProperties();
        return DriverManager.getConnection(StoreSettings.SQLITE + file, properties);
    }

    /** @return how many jobs it holds */
    private static long check(Path copy) throws SQLException {
        try (Connection connection = open(copy); Statement statement = connection.createStatement()) {
            try (ResultSet verdict = statement.executeQuery("PRAGMA integrity_check(1)")) {
                String word = verdict.next() ? verdict.getString(1) : "nothing";
                if (!word.equals("ok")) {
                    throw new StoreException("The copy of the job store is damaged: " + word + ". The store itself may be, too: run it no further,"
                            + " and put back an older backup.");
                }
            }
            try (ResultSet jobs = statement.executeQuery("SELECT COUNT(*) FROM job")) {
                jobs.next();
                return jobs.getLong(1);
            }
        }
    }

    /** SQLite does not flush what VACUUM INTO writes. */
    private static void settle(Path part, Path target) throws IOException {
        OwnerOnly.file(part);
        try (FileChannel file = FileChannel.open(part, StandardOpenOption.WRITE)) {
            file.force(true);
        }
        try {
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(part, target);
        }
        try (FileChannel folder = FileChannel.open(target.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }
}
