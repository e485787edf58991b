package io.mediajobs.live;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Copies of the routes folder in the data folder: the one that is being checked, and the last good one, which a start comes up on if what is on disk
 * then is broken. A copy is a folder named by its version, which is a hash of all that is in it and shows whether it is whole; a file names the good
 * one and is replaced in one go. Another tells what the check of the last start went by that ran.
 */
public final class Staging {

    private static final Logger LOG = LoggerFactory.getLogger(Staging.class);
    private static final String GOOD = "last-good";
    private static final String CHECKED = "checked";

    private final Path folder;
    private String told = "";

    /** @param dataFolder need not exist yet */
    public Staging(Path dataFolder) {
        this.folder = dataFolder.resolve("routes");
    }

    /** Writes a copy to be looked at. */
    Path stage(RouteFiles files) throws IOException {
        Path copy = folder.resolve(files.version());
        if (!Files.isDirectory(copy) || !RouteFiles.read(copy).version().equals(files.version())) {
            remove(copy);
            files.writeTo(copy);
        }
        return copy;
    }

    /** From now on this is what a start falls back on. */
    public void keep(RouteFiles files) throws IOException {
        if (kept().filter(good -> good.version().equals(files.version())).isPresent()) {
            return;
        }
        stage(files);
        write(GOOD, files.version());
        removeAllBut(files.version());
    }

    /** What the check went by that found nothing wrong with the files of a start, which runs. */
    void checked(String inputs) throws IOException {
        if (!isChecked(inputs)) {
            write(CHECKED, inputs);
        }
    }

    /** Whether this is what was checked and then ran last. */
    boolean isChecked(String inputs) {
        try {
            return Files.readString(folder.resolve(CHECKED)).strip().equals(inputs);
        } catch (IOException e) {
            LOG.debug("Not known to be checked: {}", inputs, e);
            return false;
        }
    }

    private void write(String name, String line) throws IOException {
        Path next = Files.writeString(folder.resolve(name + ".tmp"), line + "\n");
        Files.move(next, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** What was kept last; empty if nothing was, or it is not whole. */
    public Optional<RouteFiles> kept() {
        try {
            String version = Files.readString(folder.resolve(GOOD)).strip();
            RouteFiles files = RouteFiles.read(folder.resolve(version));
            if (files.version().equals(version)) {
                return Optional.of(files);
            }
            LOG.warn("The last good version of the routes in {} was changed by somebody and is not used", folder);
        } catch (NoSuchFileException e) {
            LOG.debug("No last good version of the routes in {}", folder, e);
        } catch (IOException e) {
            // it is asked for again and again while the folder cannot be written
            LOG.atLevel(told.equals(e.toString()) ? Level.DEBUG : Level.WARN).log("The last good version of the routes in {} cannot be read: {}", folder, e.toString());
            told = e.toString();
        }
        return Optional.empty();
    }

    /** Removes copies that nobody needs. */
    void tidy() throws IOException {
        Optional<RouteFiles> good = kept();
        if (good.isPresent()) {
            removeAllBut(good.get().version());
        }
    }

    private void removeAllBut(String version) throws IOException {
        try (Stream<Path> copies = Files.list(folder)) {
            for (Path copy : copies.filter(path -> Files.isDirectory(path) && !path.getFileName().toString().equals(version)).toList()) {
                remove(copy);
            }
        }
    }

    private static void remove(Path copy) throws IOException {
        if (!Files.exists(copy)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(copy)) {
            List<Path> inwards = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path path : inwards) {
                Files.delete(path);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
