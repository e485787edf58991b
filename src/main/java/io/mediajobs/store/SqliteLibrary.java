package io.mediajobs.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.jar.JarEntry;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * Where the native library of sqlite-jdbc is unpacked: in a temporary folder that belongs to the store, since the data folder may not allow
 * programs. After a kill the next process uses what it finds there. By itself sqlite-jdbc unpacks it at each start and compares it byte by byte, which
 * takes a tenth of a second, and leaves more than a megabyte behind in the temporary folder of the machine each time a process is killed, for ever.
 */
final class SqliteLibrary {

    /** System properties of sqlite-jdbc: where it looks for the library first, and where it unpacks it otherwise. */
    private static final String FOLDER = "org.sqlite.lib.path";
    private static final String UNPACKED = "org.sqlite.tmpdir";
    private static final String PREFIX = "media-job-routes-";
    private static final Logger LOG = LoggerFactory.getLogger(SqliteLibrary.class);
    /** It is loaded once in a process, however many stores that opens. */
    private static final AtomicBoolean PLACED = new AtomicBoolean();

    private SqliteLibrary() {
    }

    /** To be called by the owner of the store, before the first connection. An operator who has set a property has their will. */
    static void place(Path store) {
        if (System.getProperty(FOLDER) != null || System.getProperty(UNPACKED) != null || !PLACED.compareAndSet(false, true)) {
            return;
        }
        try {
            Path folder = folder(store);
            System.setProperty(UNPACKED, folder.toString());
            // a process that is killed leaves both to the next one
            folder.toFile().deleteOnExit();
            Path library = unpack(folder);
            if (library != null) {
                library.toFile().deleteOnExit();
                System.setProperty(FOLDER, folder.toString());
            }
        } catch (IOException e) {
            LOG.warn("SQLite's native library is left to sqlite-jdbc, which leaves a copy behind each time a process is killed: {}", e.toString());
        }
    }

    /** The folder of the last owner of the store, without what that unpacked in vain, or a new one if it is gone, elsewhere, or open to others. */
    static Path folder(Path store) throws IOException {
        Path note = store.resolveSibling(store.getFileName() + ".native");
        try {
            Path last = Path.of(Files.readString(note, StandardCharsets.UTF_8).strip());
            if (last.startsWith(System.getProperty("java.io.tmpdir")) && last.getFileName().toString().startsWith(PREFIX)
                    && Files.isDirectory(last, LinkOption.NOFOLLOW_LINKS) && isOnlyForOwnerOf(note, last)) {
                removeCopies(last);
                return last;
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("No library of an earlier process", e);
        }
        Path folder = Files.createTempDirectory(PREFIX);
        Files.writeString(note, folder.toString(), StandardCharsets.UTF_8);
        return folder;
    }

    /** A library is a program: whoever could put one there would be this user. */
    private static boolean isOnlyForOwnerOf(Path note, Path folder) throws IOException {
        return Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(note))
                && (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")
                || PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)).equals("rwx------"));
    }

    /** sqlite-jdbc's own copies have names of their own each. */
    private static void removeCopies(Path folder) throws IOException {
        List<Path> copies;
        try (Stream<Path> all = Files.list(folder)) {
            copies = all.filter(file -> file.getFileName().toString().startsWith("sqlite-")).toList();
        }
        for (Path copy : copies) {
            Files.delete(copy);
        }
    }

    /** @return the whole library; null if sqlite-jdbc has none for this system in its jar, of which it tells by itself */
    static Path unpack(Path folder) throws IOException {
        String name = LibraryLoaderUtil.getNativeLibName();
        URL packed = SqliteLibrary.class.getResource(LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name);
        URLConnection connection = packed == null ? null : packed.openConnection();
        if (!(connection instanceof JarURLConnection jar)) {
            return null;
        }
        JarEntry entry = jar.getJarEntry();
        Path library = folder.resolve(name);
        if (!isWhole(library, entry)) {
            Path next = folder.resolve("sqlite-next");
            try (InputStream in = jar.getInputStream()) {
                Files.copy(in, next, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.move(next, library, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        return library;
    }

    private static boolean isWhole(Path library, JarEntry entry) throws IOException {
        if (!Files.isRegularFile(library, LinkOption.NOFOLLOW_LINKS) || Files.size(library) != entry.getSize()) {
            return false;
        }
        CRC32 sum = new CRC32();
        sum.update(Files.readAllBytes(library));
        return sum.getValue() == entry.getCrc();
    }
}
