package io.mediajobs.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A saved answer of a provider, kept beside its mapping in {@code <mapping>.samples/NAME.json}, and what the mapping should make of it
 * in {@code NAME.report.json}: a report; or for an answer that is none {@code {"error", "attributes"}}. A name that begins with
 * {@code http-404-} is an answer with that status; others were answered with 200. Samples of a mapping whose name ends in {@code -list}
 * are pages of a list of jobs, and what is expected is what the mapping itself makes.
 *
 * @param mapping name of the mapping, without its ending
 * @param name    without its ending
 * @param file    the answer
 */
public record Sample(String mapping, String name, Path file) {

    public static final String FOLDER = ".samples";
    private static final String ANSWER = ".json";
    private static final String EXPECTED = ".report.json";
    private static final Pattern HTTP = Pattern.compile("http-([0-9]{3})-.*");
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * @param folder of the mappings
     * @return those of all mappings, by mapping and name; none if there is no such folder
     */
    public static List<Sample> in(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder, 2)) {
            return files.filter(file -> file.getParent().getFileName().toString().endsWith(FOLDER) && file.toString().endsWith(ANSWER)
                    && !file.toString().endsWith(EXPECTED)).sorted().map(Sample::of).toList();
        }
    }

    private static Sample of(Path file) {
        String folder = file.getParent().getFileName().toString();
        String name = file.getFileName().toString();
        return new Sample(folder.substring(0, folder.length() - FOLDER.length()), name.substring(0, name.length() - ANSWER.length()), file);
    }

    /** The HTTP status it came with. */
    public int httpStatus() {
        Matcher http = HTTP.matcher(name);
        return http.matches() ? Integer.parseInt(http.group(1)) : 200;
    }

    /** Where its expectation stands. */
    public Path expected() {
        return file.resolveSibling(name + EXPECTED);
    }

    public boolean isList() {
        return mapping.endsWith("-list");
    }

    /** What the mapping makes of the saved answer. */
    public JsonNode outcome(Mapping mapping) throws IOException {
        return outcome(mapping, Files.readAllBytes(file));
    }

    /** What the mapping makes of this answer, as {@code NAME.report.json} has it. */
    JsonNode outcome(Mapping mapping, byte[] body) throws IOException {
        if (isList()) {
            try {
                return normal(new AnswerReader().map("application/json", new ByteArrayInputStream(body), mapping));
            } catch (MappingException | UnreadableAnswerException e) {
                return JSON.createObjectNode().put("refused", e.getMessage());
            }
        }
        return outcome(new AnswerReader().read(httpStatus(), "application/json", body, mapping));
    }

    /** An answer as {@code NAME.report.json} has it. */
    public static JsonNode outcome(Answer answer) throws IOException {
        if (answer.fits()) {
            return normal(answer.report().toJson());
        }
        ObjectNode outcome = JSON.createObjectNode();
        outcome.set("error", JSON.valueToTree(answer.error()));
        outcome.set("attributes", JSON.valueToTree(answer.attributes()));
        return normal(outcome);
    }

    /** As it is after it was written and read. */
    private static JsonNode normal(JsonNode node) throws JsonProcessingException {
        return JSON.readTree(node.toString());
    }

    /**
     * The first difference between what is expected and what came, in words; empty if there is none.
     *
     * @param expected what stands in the file
     */
    public static String difference(JsonNode expected, JsonNode actual) {
        return difference("", expected, actual);
    }

    private static String difference(String at, JsonNode expected, JsonNode actual) {
        if (expected.equals(actual)) {
            return "";
        }
        if (expected.isObject() && actual.isObject()) {
            TreeSet<String> names = new TreeSet<>();
            expected.fieldNames().forEachRemaining(names::add);
            actual.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                String difference = difference(at.isEmpty() ? name : at + "." + name, expected.path(name), actual.path(name));
                if (!difference.isEmpty()) {
                    return difference;
                }
            }
        }
        if (expected.isArray() && actual.isArray() && expected.size() == actual.size()) {
            for (int i = 0; i < expected.size(); i++) {
                String difference = difference(at + "[" + i + "]", expected.get(i), actual.get(i));
                if (!difference.isEmpty()) {
                    return difference;
                }
            }
        }
        return (at.isEmpty() ? "it" : at) + " is " + shown(actual) + " and should be " + shown(expected);
    }

    private static String shown(JsonNode node) {
        return node.isMissingNode() ? "absent" : Redaction.cut(Redaction.text(node.toString()), 120);
    }
}
