package io.mediajobs.report;

import io.mediajobs.config.NearestName;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jq files of one folder, by name. An edited file is compiled anew at its next use; what cannot be compiled leaves the
 * last good version in use, as with routes: an operator's typo must not stop a provider. Safe for concurrent use.
 */
public final class Mappings {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
    /** Nobody writes a megabyte of jq: it is another file by mistake. */
    private static final long LARGEST_FILE = 1_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(Mappings.class);

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
        Loaded known = look(fileName(name));
        if (known.mapping == null) {
            throw new MappingException(known.rejection.message());
        }
        return known.mapping;
    }

    private Loaded look(String file) {
        Loaded before = loaded.get(file);
        Stamp stamp = null;
        MappingException unreadable = null;
        try {
            stamp = Stamp.of(folder.resolve(file));
        } catch (IOException e) {
            unreadable = unreadable(file, e);
        }
        if (before != null && Objects.equals(before.stamp, stamp)) {
            return before;
        }
        Stamp found = stamp;
        MappingException why = unreadable;
        // one thread compiles it and tells it; the others wait for that
        return loaded.compute(file, (key, known) -> known != null && Objects.equals(known.stamp, found) ? known
                : found == null ? refused(file, Loaded.NOTHING, why) : loadAgain(file, found, known));
    }

    /**
     * Compiles the file as it stands, without any memory of it: for checks of an edit before it is taken.
     *
     * @param name as in {@link #get}
     * @throws MappingException as {@link #get}, and also if only an older version was good
     */
    public Mapping check(String name) throws MappingException {
        String file = fileName(name);
        return Mapping.compile(file, read(file).text);
    }

    /**
     * @param name as in {@link #get}
     * @return why the file's content as it stands now is not in use; empty if it is
     */
    public Optional<Rejection> rejection(String name) {
        try {
            return Optional.ofNullable(look(fileName(name)).rejection);
        } catch (MappingException e) {
            // no name of a file: nobody can have edited it
            return Optional.empty();
        }
    }

    /** The rejections of all files that were asked for yet, by file name. */
    public Map<String, Rejection> rejections() {
        Map<String, Rejection> all = new TreeMap<>();
        for (String file : loaded.keySet()) {
            rejection(file).ifPresent(rejection -> all.put(file, rejection));
        }
        return all;
    }

    private Loaded loadAgain(String file, Stamp stamp, Loaded known) {
        try {
            Source source = read(file);
            Mapping mapping = Mapping.compile(file, source.text);
            if (known != null && (known.rejection != null || !source.version.equals(known.version))) {
                LOG.info("The mapping {} was edited; version {} is in use now", file, source.version);
            }
            return new Loaded(stamp, mapping, source.version, null);
        } catch (MappingException e) {
            return refused(file, new Loaded(stamp, known == null ? null : known.mapping, known == null ? null : known.version, null), e);
        }
    }

    private static Loaded refused(String file, Loaded kept, MappingException failure) {
        LOG.warn("The mapping {} cannot be used: {}; {}", file, failure.getMessage(), kept.mapping == null ? "its provider's answers cannot be read until it can"
                : "the version before, " + kept.version + ", stays in use");
        return new Loaded(kept.stamp, kept.mapping, kept.version, Rejection.of(failure));
    }

    /**
     * Why a file is not in use as it stands.
     *
     * @param at      when that was found
     * @param line    from 1; null if unknown
     * @param column  from 1; null if unknown
     * @param message without a full stop; names the file
     */
    public record Rejection(Instant at, Integer line, Integer column, String message) {

        private static final Pattern PLACE = Pattern.compile("line (\\d{1,9}), column (\\d{1,9})");

        private static Rejection of(MappingException failure) {
            Matcher place = PLACE.matcher(failure.getMessage());
            boolean known = place.find();
            return new Rejection(Instant.now(), known ? Integer.valueOf(place.group(1)) : null, known ? Integer.valueOf(place.group(2)) : null,
                    failure.getMessage());
        }
    }

    private Source read(String file) throws MappingException {
        Path path = folder.resolve(file);
        try {
            if (Files.size(path) > LARGEST_FILE) {
                throw new MappingException(file + " is larger than " + LARGEST_FILE + " bytes");
            }
            return Source.of(Files.readString(path));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
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

    /**
     * @param stamp     null if there is no file
     * @param mapping   null if no version was ever good
     * @param version   of {@code mapping}
     * @param rejection why the content at this stamp is not in use, or null
     */
    private record Loaded(Stamp stamp, Mapping mapping, String version, Rejection rejection) {
        private static final Loaded NOTHING = new Loaded(null, null, null, null);
    }

    /** @param version the beginning of the content's SHA-256 */
    private record Source(String text, String version) {
        static Source of(String text) {
            try {
                return new Source(text, HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)), 0, 6));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-256", e);
            }
        }
    }

    /** The inode too: a rename onto the file within one clock tick changes nothing else. */
    private record Stamp(FileTime modified, long size, Object inode) {
        static Stamp of(Path path) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        }
    }
}
