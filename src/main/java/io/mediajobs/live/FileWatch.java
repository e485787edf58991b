package io.mediajobs.live;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
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
    /** What a file that cannot be read held before. */
    private Edition before;
    private Map<Path, IOException> failed = Map.of();
    private Map<Path, IOException> unreadable = Map.of();

    /** What a look costs little to find out; the inode too, for what is renamed onto another file within one tick of the file system's clock. */
    private record Stamp(FileTime modified, long size, Object inode) {
    }

    /**
     * @param known   what is known already; null if that is not what was on disk
     * @param running what counts for files that cannot be read
     */
    FileWatch(Path folder, List<Path> settings, Edition known, Edition running) {
        this.folder = folder;
        this.settings = settings;
        this.told = known;
        this.before = running;
    }

    /**
     * Looks once.
     *
     * @return what is there now, if it is the same as at the last look and was not returned before; with what was there before in place of what cannot
     *         be read, so that other files can be edited meanwhile
     */
    Optional<Edition> settled() {
        Map<Path, IOException> failing = new TreeMap<>();
        Map<Path, Stamp> seen = look(failing);
        if (seen.equals(looked) && read == null && failing.isEmpty() && failed.isEmpty()) {
            return Optional.empty();
        }
        Edition now = Edition.read(folder, settings, before, failing);
        // not of what is gone only for the moment in which an editor replaces it
        unreadable = failing.keySet().equals(failed.keySet()) ? failing : failing.isEmpty() ? Map.of() : unreadable;
        failed = failing;
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
        before = now;
        return Optional.of(now);
    }

    /** What could not be read at the last two looks, and why. */
    Map<Path, IOException> unreadable() {
        return unreadable;
    }

    private Map<Path, Stamp> look(Map<Path, IOException> failing) {
        Map<Path, Stamp> stamps = new TreeMap<>();
        List<Path> all = new ArrayList<>(RouteFiles.list(folder, failing));
        all.addAll(settings);
        for (Path file : all) {
            try {
                stamps.put(file, stamp(file));
            } catch (IOException e) {
                failing.put(file, e);
            }
        }
        return stamps;
    }

    private static Stamp stamp(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    }
}
