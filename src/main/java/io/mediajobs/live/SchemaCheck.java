package io.mediajobs.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.mediajobs.config.NearestName;
import io.mediajobs.report.Redaction;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether a route file fits the schema of Camel's YAML, the one that visual editors use: {@code schema/camelYamlDsl.json} of
 * camel-yaml-dsl. Loading it takes a second, so it is loaded once, and not for a start.
 */
final class SchemaCheck {

    private static final String TEMPLATE = "/spec/template/from";
    /** The later, the more it says. */
    private static final List<String> PLAIN = List.of("oneOf", "anyOf", "required", "enum", "additionalProperties", "type");
    private static JsonSchema schema;

    private SchemaCheck() {
    }

    private static synchronized JsonSchema schema() {
        if (schema == null) {
            try (InputStream stream = SchemaCheck.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
                // the schema has one word that no draft 4 knows, and the library would warn of it
                JsonMetaSchema withDeprecated = JsonMetaSchema.builder(JsonMetaSchema.getV4()).keyword(new NonValidationKeyword("deprecated")).build();
                schema = JsonSchemaFactory.builder(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4)).metaSchema(withDeprecated).build()
                        // only the parts that a file needs: all of them, each as often as it is referred to, fill a heap of 256 MB
                        .getSchema(stream, SchemaValidatorsConfig.builder().preloadJsonSchema(false).pathType(PathType.LEGACY).build());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return schema;
    }

    /** What does not fit; of what does not fit for one reason in many ways, the deepest. */
    static List<Finding> wrong(String file, YamlText text) {
        return wrong(file, text, text.json(), "", "");
    }

    /** As above, for the template of a kamelet. */
    static List<Finding> wrongTemplate(String file, YamlText text) {
        JsonNode from = text.json().at(TEMPLATE);
        if (from.isMissingNode()) {
            return List.of(new Finding(file, "A kamelet needs spec, template, from."));
        }
        JsonNode route = JsonNodeFactory.instance.arrayNode().add(JsonNodeFactory.instance.objectNode().set("from", from));
        return wrong(file, text, route, "/0/from", TEMPLATE);
    }

    private static List<Finding> wrong(String file, YamlText text, JsonNode json, String from, String to) {
        Set<ValidationMessage> messages = schema().validate(json);
        List<ValidationMessage> surplus = messages.stream().filter(message -> message.getType().equals("additionalProperties") && !isOneWay(message)).toList();
        List<ValidationMessage> told = surplus.isEmpty() ? messages.stream().max(Comparator.comparingInt(SchemaCheck::depth)
                .thenComparingInt(message -> PLAIN.indexOf(message.getType()))).stream().toList() : surplus;
        return told.stream().map(message -> {
            String pointer = pointer(message).replaceFirst("^" + from, to);
            boolean named = message.getProperty() != null && message.getType().equals("additionalProperties");
            YamlText.Place place = text.at(named ? pointer + "/" + message.getProperty() : pointer);
            return new Finding(file, place.line(), place.column(), sentence(message, pointer));
        }).toList();
    }

    /** One of several ways to write it, of which another may have been meant. */
    private static boolean isOneWay(ValidationMessage message) {
        return message.getEvaluationPath().toString().contains("Of[");
    }

    private static int depth(ValidationMessage message) {
        return message.getInstanceLocation().getNameCount();
    }

    private static String pointer(ValidationMessage message) {
        StringBuilder pointer = new StringBuilder();
        for (int i = 0; i < message.getInstanceLocation().getNameCount(); i++) {
            pointer.append('/').append(message.getInstanceLocation().getName(i).replace("~", "~0").replace("/", "~1"));
        }
        return pointer.toString();
    }

    private static String sentence(ValidationMessage message, String pointer) {
        String where = pointer.replaceFirst(".*/(?=[^/]*[^/0-9])", "").replaceFirst("/\\d+$", "");
        String name = message.getProperty();
        return switch (message.getType()) {
            case "additionalProperties" -> "There is no " + name + " in " + (where.isEmpty() ? "a route file" : where) + hint(message, name);
            case "required" -> isOneWay(message) ? "Something is missing in " + where + ": an expression, such as simple or constant?" : "The " + name + " of " + where + " is missing.";
            case "type" -> "The value of " + where + " is of the wrong kind: " + expected(message) + ".";
            default -> where + " does not fit Camel's YAML: " + Redaction.cut(Redaction.text(message.getError()), 200) + ".";
        };
    }

    private static String expected(ValidationMessage message) {
        String error = String.valueOf(message.getError());
        return error.replaceAll(".*: ", "").replaceFirst("^(\\w+) found, (\\w+) expected$", "$1 where $2 belongs")
                + (error.contains("integer found, string expected") || error.contains("number found, string expected") ? "; put it in quotes" : "");
    }

    /** Nearest of the names that the schema knows at this place: those beside the rule that was broken. */
    private static String hint(ValidationMessage message, String name) {
        JsonNodePath rule = message.getSchemaLocation().getFragment();
        JsonNode node = schema().getSchemaNode();
        for (int i = 0; i < rule.getNameCount() - 1; i++) {
            node = node.path(rule.getName(i));
        }
        Set<String> known = new TreeSet<>();
        node.path("properties").fieldNames().forEachRemaining(known::add);
        return NearestName.ending(name, known);
    }
}
