package io.mediajobs.live;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Sees when files have changed and rest again. It looks instead of being told: what an operating system tells comes too early (a file is empty when it
 * is opened for writing), too often, or, on a network drive or behind the links of Kubernetes, not at all.
 */
final class FileWatch {

    private final Path folder;
    private final List<Path> settings;
    private Map<Path, Stamp> looked = Map.of();
    private Edition read;
    private Edition told;

    /** What a look costs little to find out; the inode too, for what is renamed onto another file within one tick of the file system's clock. */
    private record Stamp(FileTime modified, long size, Object inode) {
    }

    /** @param known what is known already */
    FileWatch(Path folder, List<Path> settings, Edition known) {
        this.folder = folder;
        this.settings = settings;
        this.told = known;
    }

    /**
     * Looks once.
     *
     * @return what is there now, if it is the same as at the last look and was not returned before
     * @throws IOException if it cannot be read
     */
    Optional<Edition> settled() throws IOException {
        Map<Path, Stamp> seen = look();
        if (seen.equals(looked) && read == null) {
            return Optional.empty();
        }
        Edition now = Edition.read(folder, settings);
        boolean rests = seen.equals(looked) && now.isSame(read);
        looked = seen;
        if (!rests) {
            read = now;
            return Optional.empty();
        }
        read = null;
        if (now.isSame(told)) {
            return Optional.empty();
        }
        told = now;
        return Optional.of(now);
    }

    private Map<Path, Stamp> look() throws IOException {
        Map<Path, Stamp> stamps = new TreeMap<>();
        for (Path file : RouteFiles.list(folder)) {
            stamps.put(file, stamp(file));
        }
        for (Path file : settings) {
            stamps.put(file, stamp(file));
        }
        return stamps;
    }

    private static Stamp stamp(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    }
}
