package io.mediajobs.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where sqlite-jdbc unpacks its native library: a temporary folder of each process, which the next one removes. By itself sqlite-jdbc
 * leaves more than a megabyte behind in the temporary folder of the machine each time a process is killed, for ever.
 */
final class SqliteLibrary {

    /** The system property of sqlite-jdbc. */
    static final String FOLDER = "org.sqlite.tmpdir";
    private static final String PREFIX = "media-job-routes-";
    private static final Logger LOG = LoggerFactory.getLogger(SqliteLibrary.class);
    /** It is loaded once in a process, however many stores that opens. */
    private static final AtomicBoolean PLACED = new AtomicBoolean();

    private SqliteLibrary() {
    }

    /** To be called by the owner of the store, before the first connection. An operator who has set the property has their will. */
    static void place(Path store) {
        if (System.getProperty(FOLDER) == null && PLACED.compareAndSet(false, true)) {
            Path folder = fresh(store);
            if (folder != null) {
                System.setProperty(FOLDER, folder.toString());
            }
        }
    }

    /**
     * Removes the folder of the last owner of the store and makes another.
     *
     * @return null if that cannot be done: then sqlite-jdbc does as it does by itself
     */
    static Path fresh(Path store) {
        Path note = store.resolveSibling(store.getFileName() + ".native");
        try {
            if (Files.exists(note)) {
                remove(Path.of(Files.readString(note, StandardCharsets.UTF_8).strip()));
            }
            Path folder = Files.createTempDirectory(PREFIX);
            Files.writeString(note, folder.toString(), StandardCharsets.UTF_8);
            folder.toFile().deleteOnExit();
            return folder;
        } catch (IOException e) {
            LOG.warn("SQLite's native library is unpacked to the usual temporary folder: {}", e.toString());
            return null;
        }
    }

    private static void remove(Path folder) throws IOException {
        if (!folder.isAbsolute() || !folder.getFileName().toString().startsWith(PREFIX) || !Files.isDirectory(folder)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.getFileName().toString().startsWith("sqlite-")).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
        Files.delete(folder);
    }
}
