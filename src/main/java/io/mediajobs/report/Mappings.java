package io.mediajobs.report;

import io.mediajobs.config.NearestName;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The jq files of one folder, by name. An edited file is compiled anew at its next use; what cannot be compiled leaves the
 * last good version in use, as with routes: an operator's typo must not stop a provider. Safe for concurrent use.
 */
public final class Mappings {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
    /** Nobody writes a megabyte of jq: it is another file by mistake. */
    private static final long LARGEST_FILE = 1_000_000;

    private final Path folder;
    private final Map<String, Loaded> loaded = new ConcurrentHashMap<>();

    /** @param folder where the files are, as {@code routes/providers}; need not exist yet; not null */
    public Mappings(Path folder) {
        this.folder = Objects.requireNonNull(folder, "folder");
    }

    /**
     * @param name a plain file name, as {@code pictory-image.jq}; the ending may be left out
     * @return the mapping as the file stands now; its last good version if the file is broken at the moment
     * @throws MappingException if the name is not a plain file name, there is no such file, or it never compiled
     */
    public Mapping get(String name) throws MappingException {
        String file = fileName(name);
        Stamp stamp;
        try {
            stamp = Stamp.of(folder.resolve(file));
        } catch (IOException e) {
            loaded.remove(file);
            throw unreadable(file, e);
        }
        Loaded known = loaded.get(file);
        if (known == null || !known.stamp.equals(stamp)) {
            known = loadAgain(file, stamp, known);
            loaded.put(file, known);
        }
        if (known.mapping == null) {
            throw new MappingException(known.rejected);
        }
        return known.mapping;
    }

    /**
     * Compiles the file as it stands, without any memory of it: for checks of an edit before it is taken.
     *
     * @param name as in {@link #get}
     * @throws MappingException as {@link #get}, and also if only an older version was good
     */
    public Mapping check(String name) throws MappingException {
        return compile(fileName(name));
    }

    /**
     * @param name as in {@link #get}
     * @return why the file's present content is not in use; empty if it is, or was not asked for yet
     */
    public Optional<String> rejection(String name) {
        Loaded known = loaded.get(name.endsWith(".jq") ? name : name + ".jq");
        return known == null ? Optional.empty() : Optional.ofNullable(known.rejected);
    }

    private Loaded loadAgain(String file, Stamp stamp, Loaded known) {
        try {
            return new Loaded(stamp, compile(file), null);
        } catch (MappingException e) {
            return new Loaded(stamp, known == null ? null : known.mapping, e.getMessage());
        }
    }

    private Mapping compile(String file) throws MappingException {
        Path path = folder.resolve(file);
        String source;
        try {
            if (Files.size(path) > LARGEST_FILE) {
                throw new MappingException(file + " is larger than " + LARGEST_FILE + " bytes");
            }
            source = Files.readString(path);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        return Mapping.compile(file, source);
    }

    private static String fileName(String name) throws MappingException {
        if (name == null || !NAME.matcher(name).matches()) {
            throw new MappingException("'" + Redaction.cut(name, 80) + "' is not the plain name of a mapping, as in pictory-image.jq");
        }
        return name.endsWith(".jq") ? name : name + ".jq";
    }

    private MappingException unreadable(String file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return new MappingException("there is no mapping " + file + " in " + folder + hint(file), e);
        }
        if (e instanceof CharacterCodingException) {
            return new MappingException(file + " is not UTF-8 text", e);
        }
        return new MappingException(file + " cannot be read: " + e, e);
    }

    private String hint(String file) {
        try (Stream<Path> files = Files.list(folder)) {
            return NearestName.hint(file, files.map(path -> path.getFileName().toString()).filter(name -> name.endsWith(".jq")).toList());
        } catch (IOException e) {
            return "";
        }
    }

    /** @param mapping null if no version was ever good; @param rejected why the content at this stamp is not in use, or null */
    private record Loaded(Stamp stamp, Mapping mapping, String rejected) {
    }

    /** The inode too: a rename onto the file within one clock tick changes nothing else. */
    private record Stamp(FileTime modified, long size, Object inode) {
        static Stamp of(Path path) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        }
    }
}
