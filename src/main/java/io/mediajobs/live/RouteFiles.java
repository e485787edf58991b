package io.mediajobs.live;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What operators edit, as it stood at one moment: the content of every file of the routes folder that means something to us, by its path in that
 * folder, with slashes. Never changes, so what was checked is what runs, whatever happens on the disk meanwhile.
 */
public final class RouteFiles {

    static final String ROUTE = ".camel.yaml";
    static final String KAMELET = ".kamelet.yaml";
    static final String MAPPING = ".jq";
    /** Deep enough for any folder of routes; a link that leads into itself ends here. */
    private static final int DEPTH = 8;

    /** No file at all. */
    static final RouteFiles NONE = new RouteFiles(Map.of());

    private final TreeMap<String, Content> contents;
    private final byte[] hash;

    /** What a file holds; what it refers to is found out once, and only if somebody asks. */
    private static final class Content {
        private final byte[] bytes;
        private final byte[] hash;
        private volatile RouteText text;

        private Content(byte[] bytes) {
            this.bytes = bytes;
            this.hash = sha256().digest(bytes);
        }

        private RouteText text() {
            if (text == null) {
                text = RouteText.of(bytes);
            }
            return text;
        }
    }

    private RouteFiles(Map<String, Content> contents) {
        this.contents = new TreeMap<>(contents);
        MessageDigest digest = sha256();
        this.contents.forEach((file, content) -> {
            digest.update((file + '\n').getBytes(StandardCharsets.UTF_8));
            digest.update(content.hash);
        });
        hash = digest.digest();
    }

    /**
     * Reads a folder as it is now.
     *
     * @throws IOException if a file cannot be read, or is gone between looking and reading: then it is being changed, look again
     */
    public static RouteFiles read(Path folder) throws IOException {
        Map<String, Content> contents = new TreeMap<>();
        for (Path path : list(folder)) {
            contents.put(folder.relativize(path).toString().replace('\\', '/'), new Content(Files.readAllBytes(path)));
        }
        return new RouteFiles(contents);
    }

    /**
     * Reads what can be read; what cannot, and all that is in a folder that may not be entered, is taken as it was.
     *
     * @param failed is told what cannot be read, and why
     */
    static RouteFiles read(Path folder, RouteFiles before, Map<Path, IOException> failed) {
        Map<Path, IOException> here = new TreeMap<>();
        Map<String, Content> contents = new TreeMap<>();
        for (Path path : list(folder, here)) {
            try {
                contents.put(name(folder, path), new Content(Files.readAllBytes(path)));
            } catch (IOException e) {
                here.put(path, e);
            }
        }
        for (Path path : here.keySet()) {
            String lost = name(folder, path);
            before.contents.forEach((file, content) -> {
                if (lost.isEmpty() || file.equals(lost) || file.startsWith(lost + "/")) {
                    contents.putIfAbsent(file, content);
                }
            });
        }
        failed.putAll(here);
        return new RouteFiles(contents);
    }

    private static String name(Path folder, Path path) {
        return folder.relativize(path).toString().replace('\\', '/');
    }

    /** As {@link #list(Path)}, without what cannot be found out, which {@code failed} is told. */
    static List<Path> list(Path folder, Map<Path, IOException> failed) {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEPTH, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile() && counts(folder.relativize(path))) {
                        files.add(path);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path path, IOException e) {
                    return postVisitDirectory(path, e);
                }

                @Override
                public FileVisitResult postVisitDirectory(Path path, IOException e) {
                    if (e != null && !isHidden(folder.relativize(path))) {
                        failed.put(path, e);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            failed.put(folder, e);
        }
        Collections.sort(files);
        return files;
    }

    /**
     * The files that count. Hidden ones do not (editors' backups, and the folders that Kubernetes keeps beside the links to them); links are
     * followed.
     */
    public static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder, DEPTH, FileVisitOption.FOLLOW_LINKS)) {
            return walk.filter(path -> counts(folder.relativize(path))).filter(Files::isRegularFile).sorted().toList();
        } catch (java.io.UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean counts(Path relative) {
        if (isHidden(relative)) {
            return false;
        }
        String name = relative.toString();
        return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(MAPPING);
    }

    private static boolean isHidden(Path relative) {
        for (Path part : relative) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    /** The beginning of the SHA-256 over all paths and contents. */
    String version() {
        return HexFormat.of().formatHex(hash, 0, 6);
    }

    /** The SHA-256 over all paths and contents. */
    byte[] hash() {
        return hash.clone();
    }

    /** The beginning of the SHA-256 of one file; null if there is no such file. */
    String version(String file) {
        Content content = contents.get(file);
        return content == null ? null : HexFormat.of().formatHex(content.hash, 0, 6);
    }

    Set<String> names() {
        return contents.keySet();
    }

    boolean has(String file) {
        return contents.containsKey(file);
    }

    byte[] bytes(String file) {
        return contents.get(file).bytes;
    }

    /** What a route file or kamelet refers to. */
    RouteText refers(String file) {
        return contents.get(file).text();
    }

    String text(String file) {
        return new String(bytes(file), StandardCharsets.UTF_8);
    }

    RouteFiles only(Predicate<String> kept) {
        Map<String, Content> some = new TreeMap<>(contents);
        some.keySet().removeIf(kept.negate());
        return new RouteFiles(some);
    }

    /** This, but these files as {@code other} has them, or has them not. */
    RouteFiles with(Set<String> files, RouteFiles other) {
        Map<String, Content> mixed = new TreeMap<>(contents);
        for (String file : files) {
            if (other.has(file)) {
                mixed.put(file, other.contents.get(file));
            } else {
                mixed.remove(file);
            }
        }
        return new RouteFiles(mixed);
    }

    /** Files that are in one of both only, or differ. */
    Set<String> difference(RouteFiles other) {
        Set<String> different = new TreeSet<>(contents.keySet());
        different.addAll(other.contents.keySet());
        different.removeIf(file -> has(file) && other.has(file) && MessageDigest.isEqual(contents.get(file).hash, other.contents.get(file).hash));
        return different;
    }

    void writeTo(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String file : contents.keySet()) {
            Path target = folder.resolve(file);
            Files.createDirectories(target.getParent());
            Files.write(target, bytes(file));
        }
    }

    /** Name of a route's file without its ending; also the id of its route. */
    static String stem(String file) {
        String name = file.substring(file.lastIndexOf('/') + 1);
        return name.endsWith(ROUTE) ? name.substring(0, name.length() - ROUTE.length())
                : name.endsWith(KAMELET) ? name.substring(0, name.length() - KAMELET.length()) : name;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
