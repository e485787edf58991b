package io.mediajobs.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The shipped mappings and their saved answers.
 * {@code doc-…} and {@code http-401-doc-…} are the examples that the providers print, letter by letter.
 */
final class Fixtures {

    static final ObjectMapper JSON = new ObjectMapper();
    static final Path ROUTES = Path.of("routes/providers");
    static final Mappings MAPPINGS = new Mappings(ROUTES);

    private Fixtures() {
    }

    static List<Sample> all() {
        try {
            return Sample.in(ROUTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Mapping mapping(Sample sample) throws MappingException {
        return MAPPINGS.get(sample.mapping());
    }

    static boolean isOfTheDocument(Sample sample) {
        return sample.name().matches("(http-[0-9]{3}-)?doc-.*");
    }

    static JsonNode json(byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
