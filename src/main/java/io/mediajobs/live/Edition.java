package io.mediajobs.live;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * All that operators edit, as it stood at one moment.
 *
 * @param files    of the routes folder
 * @param settings content of each properties file, later ones win
 */
record Edition(RouteFiles files, Map<Path, byte[]> settings) {

    /** @throws IOException if a file is gone between looking and reading, or cannot be read */
    static Edition read(Path folder, List<Path> settingsFiles) throws IOException {
        Map<Path, byte[]> settings = new LinkedHashMap<>();
        for (Path file : settingsFiles) {
            settings.put(file, Files.readAllBytes(file));
        }
        return new Edition(RouteFiles.read(folder), settings);
    }

    /**
     * Reads what can be read; what cannot is taken as it was.
     *
     * @param before known contents
     * @param failed is told what cannot be read, and why
     */
    static Edition read(Path folder, List<Path> settingsFiles, Edition before, Map<Path, IOException> failed) {
        Map<Path, byte[]> settings = new LinkedHashMap<>();
        for (Path file : settingsFiles) {
            try {
                settings.put(file, Files.readAllBytes(file));
            } catch (IOException e) {
                failed.put(file, e);
                if (before.settings.containsKey(file)) {
                    settings.put(file, before.settings.get(file));
                }
            }
        }
        return new Edition(RouteFiles.read(folder, before.files, failed), settings);
    }

    /** Tells two editions apart. */
    String version() {
        MessageDigest digest = RouteFiles.sha256();
        digest.update(files.version().getBytes(StandardCharsets.UTF_8));
        settings.values().forEach(content -> digest.update(RouteFiles.sha256().digest(content)));
        return HexFormat.of().formatHex(digest.digest(), 0, 6);
    }

    boolean isSame(Edition other) {
        return other != null && version().equals(other.version());
    }

    /** Names of the files that differ, as messages call them. */
    Set<String> difference(Edition other) {
        Set<String> names = new TreeSet<>(files.difference(other.files));
        settings.forEach((file, content) -> {
            if (!Arrays.equals(content, other.settings.get(file))) {
                names.add(file.getFileName().toString());
            }
        });
        return names;
    }

    /** This, with what {@code after} changed of {@code before}. */
    Edition with(Edition before, Edition after) {
        Map<Path, byte[]> mixed = new LinkedHashMap<>(settings);
        after.settings.forEach((file, content) -> {
            if (!Arrays.equals(content, before.settings.get(file))) {
                mixed.put(file, content);
            }
        });
        return new Edition(files.with(before.files.difference(after.files), after.files), mixed);
    }
}
