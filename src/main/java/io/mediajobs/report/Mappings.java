package io.mediajobs.report;

import io.mediajobs.config.NearestName;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The jq files of one folder, by name. What {@link #use} was given stays in use until it is given other files; without it, each file is read when it
 * is asked for first. Safe for concurrent use.
 */
public final class Mappings {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
    /** Nobody writes a megabyte of jq: it is another file by mistake. */
    private static final long LARGEST_FILE = 1_000_000;

    private final Path folder;
    private volatile Map<String, Mapping> programs;
    private final Map<String, Mapping> read = new ConcurrentHashMap<>();

    /** @param folder where the files are, as {@code routes/providers}; need not exist yet; not null */
    public Mappings(Path folder) {
        this.folder = Objects.requireNonNull(folder, "folder");
    }

    /**
     * From now on these programs are in use, all at once, and no others.
     *
     * @param sources text by file name, as {@code pictory-image.jq}
     * @throws MappingException if one of them is no program; then nothing is changed
     */
    public void use(Map<String, String> sources) throws MappingException {
        // what is gone may still be asked for by work that was begun before
        Map<String, Mapping> compiled = new TreeMap<>(programs == null ? Map.of() : programs);
        for (Map.Entry<String, String> source : sources.entrySet()) {
            compiled.put(source.getKey(), Mapping.compile(source.getKey(), source.getValue()));
        }
        programs = compiled;
    }

    /**
     * @param name a plain file name, as {@code pictory-image.jq}; the ending may be left out
     * @return the mapping that is in use
     * @throws MappingException if the name is not a plain file name, there is no such file, or it does not compile
     */
    public Mapping get(String name) throws MappingException {
        String file = fileName(name);
        Map<String, Mapping> given = programs;
        Mapping known = (given == null ? read : given).get(file);
        if (known != null) {
            return known;
        }
        if (given != null) {
            throw new MappingException("there is no mapping " + file + NearestName.hint(file, given.keySet()));
        }
        Mapping compiled = check(file);
        read.put(file, compiled);
        return compiled;
    }

    /**
     * Compiles the file as it stands, without any memory of it: for checks of an edit before it is taken.
     *
     * @param name as in {@link #get}
     * @throws MappingException as {@link #get}
     */
    public Mapping check(String name) throws MappingException {
        String file = fileName(name);
        Path path = folder.resolve(file);
        try {
            if (Files.size(path) > LARGEST_FILE) {
                throw new MappingException(file + " is larger than " + LARGEST_FILE + " bytes");
            }
            return Mapping.compile(file, Files.readString(path));
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
}
