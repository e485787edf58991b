package io.mediajobs.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The saved answers under {@code src/test/resources/report}, and the shipped mappings.
 * {@code doc-…} and {@code http-401-doc-…} are the examples that the providers print, letter by letter.
 */
final class Fixtures {

    static final ObjectMapper JSON = new ObjectMapper();
    static final Path ANSWERS = Path.of("src/test/resources/report");
    static final Path ROUTES = Path.of("routes/providers");
    static final Mappings MAPPINGS = new Mappings(ROUTES);

    private static final Pattern HTTP = Pattern.compile("http-([0-9]{3})-.*");

    private Fixtures() {
    }

    /** One saved answer. */
    record Case(String provider, String name, Path file) {

        int httpStatus() {
            Matcher http = HTTP.matcher(name);
            return http.matches() ? Integer.parseInt(http.group(1)) : 200;
        }

        byte[] body() {
            return bytes(file);
        }

        Mapping mapping() throws MappingException {
            return MAPPINGS.get(provider);
        }

        Answer read() throws MappingException {
            return new AnswerReader().read(httpStatus(), "application/json", body(), mapping());
        }

        /** The expected report, error or page beside the answer. */
        Path expected() {
            return file.resolveSibling(name + ".report.json");
        }

        boolean isList() {
            return provider.endsWith("-list");
        }

        boolean isOfTheDocument() {
            return name.matches("(http-[0-9]{3}-)?doc-.*");
        }

        @Override
        public String toString() {
            return provider + "/" + name;
        }
    }

    static List<Case> all() {
        try (Stream<Path> files = Files.walk(ANSWERS)) {
            return files.filter(file -> file.toString().endsWith(".json") && !file.toString().endsWith(".report.json"))
                    .sorted()
                    .map(file -> new Case(file.getParent().getFileName().toString(),
                            file.getFileName().toString().replaceFirst("\\.json$", ""), file))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
