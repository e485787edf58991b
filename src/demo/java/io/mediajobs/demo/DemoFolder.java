package io.mediajobs.demo;

import io.mediajobs.config.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder that the demo writes to. A marker file says that the demo made it; only then is what an earlier demo left there deleted,
 * and only what the demo itself makes.
 */
final class DemoFolder implements AutoCloseable {

    private static final String MARKER = ".media-job-routes-demo";
    /** What a demo makes; nothing else is ever deleted. */
    private static final List<String> OWN = List.of("data", "s3", "demo.log", "application.properties");

    private final Path folder;
    private final FileChannel lock;

    private DemoFolder(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /**
     * Makes the folder, or empties the one of an earlier demo.
     *
     * @throws ConfigurationException if it is somebody else's, or another demo uses it now
     */
    static DemoFolder fresh(Path folder) {
        Path marker = folder.resolve(MARKER);
        try {
            if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(marker, LinkOption.NOFOLLOW_LINKS) && !isEmpty(folder)) {
                throw new ConfigurationException("The folder " + folder + " was not made by the demo, so nothing is written there. Name another with --folder.");
            }
            Files.createDirectories(folder);
            FileChannel channel = FileChannel.open(marker, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!locked(channel)) {
                channel.close();
                throw new ConfigurationException("Another demo is running in " + folder + ". Stop it, or name another folder with --folder.");
            }
            for (String name : OWN) {
                delete(folder.resolve(name));
            }
            Files.createDirectories(folder.resolve("data"));
            return new DemoFolder(folder, channel);
        } catch (IOException e) {
            throw new ConfigurationException("The demo's folder " + folder + " cannot be written (" + e + "). Name another with --folder.", e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    private static void delete(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        // links are deleted, never followed: walkFileTree does not unless it is told to
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Parent of the buckets. */
    Path s3() {
        return folder.resolve("s3");
    }

    /** The product's data folder. */
    Path data() {
        return folder.resolve("data");
    }

    Path log() {
        return folder.resolve("demo.log");
    }

    Path events() {
        return data().resolve("events").resolve("events.jsonl");
    }

    Path token() {
        return data().resolve("api-token");
    }

    /** Settings with which the other commands find the demo. */
    Path settings() {
        return folder.resolve("application.properties");
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
