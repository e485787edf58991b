package io.mediajobs.store;

import io.mediajobs.config.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The file of the embedded store before it is opened: one that was here and is gone, is empty, cut off or damaged is refused. SQLite by
 * itself takes an empty or a missing file for a new store, and finds out about a damaged page when it comes to it.
 *
 * <p>That there was a store is written into the lock file beside it, once the first start has made one.
 */
final class SqliteFile {

    /** Files up to this size are looked through from end to end, at about 500 MB a second. */
    private static final long LOOKED_THROUGH = 128 << 20;
    private static final byte[] MARK = "There is a job store beside this file.\n".getBytes(StandardCharsets.US_ASCII);
    private static final int PAGE_SIZE_AT = 16;
    private static final int PAGES_AT = 28;
    private static final int HEADER = 100;

    private SqliteFile() {
    }

    /**
     * @param lock the open lock file
     * @throws StoreException with a sentence that says how to go on
     */
    static void requireSound(Path file, FileChannel lock) {
        try {
            boolean was = lock.size() > 0;
            long size = Files.exists(file) ? Files.size(file) : -1;
            if (size <= 0) {
                if (was || sizeOf(journal(file)) > 0) {
                    throw refused(file, size < 0 ? "is gone" : "is empty", "; to begin with a new store, remove " + lockFile(file) + " and what else is called "
                            + file.getFileName() + "*");
                }
                return;
            }
            if (isCutOff(file, size)) {
                throw refused(file, "is cut off: it has " + size + " bytes and should have more", "");
            }
            if (size <= LOOKED_THROUGH) {
                lookThrough(file);
            }
        } catch (IOException e) {
            throw new StoreException("The job store " + file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** There is a store now; only this user reads it. */
    static void settle(Path file, FileChannel lock) {
        try {
            if (lock.size() == 0) {
                lock.write(ByteBuffer.wrap(MARK), 0);
                lock.force(true);
            }
            // SQLite gives the journals that it makes the mode of the file
            for (String ending : new String[] {"", "-wal", "-shm", ".lock", ".native"}) {
                OwnerOnly.file(file.resolveSibling(file.getFileName() + ending));
            }
        } catch (IOException e) {
            throw new StoreException("The job store " + file + " is not writable: " + e.getMessage() + ".", e);
        }
    }

    static Path lockFile(Path file) {
        return file.resolveSibling(file.getFileName() + ".lock");
    }

    private static Path journal(Path file) {
        return file.resolveSibling(file.getFileName() + "-wal");
    }

    private static long sizeOf(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** By SQLite's file format, https://sqlite.org/fileformat.html; a journal may have what the file lacks. */
    private static boolean isCutOff(Path file, long size) throws IOException {
        if (sizeOf(journal(file)) > 0) {
            return false;
        }
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (header.hasRemaining() && channel.read(header) >= 0) {
                // until it is full or the file ends
            }
        }
        if (header.hasRemaining()) {
            return true;
        }
        int pageSize = header.getShort(PAGE_SIZE_AT) & 0xffff;
        return size < (pageSize == 1 ? 65_536L : pageSize) * (header.getInt(PAGES_AT) & 0xffffffffL);
    }

    private static void lookThrough(Path file) {
        try (Connection connection = DriverManager.getConnection(StoreSettings.SQLITE + file); Statement statement = connection.createStatement();
                ResultSet verdict = statement.executeQuery("PRAGMA quick_check(1)")) {
            String word = verdict.next() ? verdict.getString(1) : "nothing";
            if (!word.equals("ok")) {
                throw refused(file, "is damaged (" + word.strip().replaceAll("\\s+", " ") + ")", "");
            }
        } catch (SQLException e) {
            throw refused(file, "is damaged or no job store (" + e.getMessage() + ")", "");
        }
    }

    private static StoreException refused(Path file, String what, String more) {
        return new StoreException("The job store " + file + " " + what + ". It was not touched. Put back a backup with media-job-routes restore FILE" + more + ".");
    }
}
