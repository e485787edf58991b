package io.mediajobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.mediajobs.config.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What operators may rely on in the shipped routes and settings; red as soon as a file does not keep to it. */
class RoutesContractTest {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{\\??([a-zA-Z][a-zA-Z0-9.-]*)(?::[^{}]*)?}}");
    private static JsonSchema schema;
    /** What a visual editor goes by, see src/test/resources/kaoto. */
    private static JsonSchema editorsSchema;
    private static JsonSchema editorsKameletSchema;

    @BeforeAll
    static void readSchemas() throws IOException {
        schema = schema(RoutesContractTest.class.getResourceAsStream("/schema/camelYamlDsl.json"));
        editorsSchema = schema(new GZIPInputStream(RoutesContractTest.class.getResourceAsStream("/kaoto/camelYamlDsl.json.gz")));
        editorsKameletSchema = schema(new GZIPInputStream(RoutesContractTest.class.getResourceAsStream("/kaoto/crd-schema-kamelet.json.gz")));
    }

    private static JsonSchema schema(InputStream stream) throws IOException {
        try (stream) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(stream);
        }
    }

    static List<Path> files(String ending) {
        try (Stream<Path> paths = Files.walk(Path.of("routes"))) {
            return paths.filter(path -> path.toString().endsWith(ending)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> routeFiles() {
        return files(".camel.yaml");
    }

    static List<Path> kamelets() {
        return files(".kamelet.yaml");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode tree(Path file) {
        try {
            return YAML.readTree(text(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String stem(Path file) {
        return file.getFileName().toString().replaceFirst("\\.(camel|kamelet)\\.yaml$", "");
    }

    private static void visit(JsonNode node, Consumer<JsonNode> visitor) {
        visitor.accept(node);
        node.forEach(child -> visit(child, visitor));
    }

    @ParameterizedTest
    @MethodSource("routeFiles")
    void isCanonicalYaml(Path file) {
        assertThat(schema.validate(tree(file))).as(file.toString()).isEmpty();
        assertThat(editorsSchema.validate(tree(file))).as("a visual editor opens %s", file).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("exampleFiles")
    void examplesAreCanonicalYaml(Path file) {
        isCanonicalYaml(file);
    }

    static List<Path> exampleFiles() throws IOException {
        try (Stream<Path> paths = Files.walk(Path.of("examples"))) {
            return paths.filter(path -> path.toString().endsWith(".camel.yaml")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("kamelets")
    void kameletsOpenInAVisualEditor(Path file) {
        JsonNode tree = tree(file);
        assertThat(editorsKameletSchema.validate(tree)).as(file.toString()).isEmpty();
        JsonNode route = YAML.createArrayNode().add(YAML.createObjectNode().set("from", tree.at("/spec/template/from")));
        assertThat(schema.validate(route)).as("template of %s", file).isEmpty();
        assertThat(editorsSchema.validate(route)).as("a visual editor opens the template of %s", file).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("routeFiles")
    void saysWhatItIs(Path file) {
        assertThat(text(file)).as("%s begins with its contract", file).startsWith("# ");
        List<JsonNode> routes = new ArrayList<>();
        tree(file).forEach(entry -> {
            if (entry.has("route")) {
                routes.add(entry);
            }
        });
        assertThat(routes.size()).as("one route at the most in %s", file).isLessThanOrEqualTo(1);
        for (JsonNode entry : routes) {
            assertThat(entry.at("/route/id").asText()).as("id of %s", file).isEqualTo(stem(file));
            assertThat(entry.at("/route/description").asText()).as("description of %s", file).isNotBlank();
            String from = entry.at("/route/from/uri").asText();
            if (from.startsWith("direct:") || from.startsWith("seda:")) {
                assertThat(from).as("the name that %s is called by", file).endsWith(":" + stem(file));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("routeFiles")
    void hasAnOtherwiseForEveryChoice(Path file) {
        visit(tree(file), node -> {
            if (node.has("choice")) {
                assertThat(node.get("choice").has("otherwise")).as("choice without otherwise in %s", file).isTrue();
            }
        });
    }

    @Test
    void everyCallHasAnAnswerer() {
        Set<String> answered = new TreeSet<>();
        Set<String> called = new TreeSet<>();
        for (Path file : routeFiles()) {
            visit(tree(file), node -> {
                JsonNode from = node.path("from").path("uri");
                if (from.isTextual()) {
                    answered.add(from.asText());
                }
                JsonNode uri = node.path("uri");
                if (uri.isTextual() && uri.asText().matches("(direct|seda):[a-z-]+")) {
                    called.add(uri.asText());
                }
                if (node.path("to").isTextual()) {
                    called.add(node.path("to").asText());
                }
            });
        }
        called.removeIf(uri -> !uri.matches("(direct|seda):.*"));
        assertThat(answered).containsAll(called);
    }

    @Test
    void everyKeyThatIsUsedIsDeclared() {
        Set<String> declared = Settings.shippedProperties().stringPropertyNames();
        for (Path file : routeFiles()) {
            assertThat(declared).as("keys used in %s", file).containsAll(placeholders(text(file)));
        }
        for (Path file : kamelets()) {
            Set<String> used = placeholders(text(file));
            tree(file).at("/spec/definition/properties").fieldNames().forEachRemaining(used::remove);
            used.remove("routeId");
            assertThat(declared).as("keys used in %s", file).containsAll(used);
        }
        for (String key : declared) {
            Set<String> used = placeholders(Settings.shippedProperties().getProperty(key));
            used.removeIf(name -> name.equals("env"));
            assertThat(declared).as("keys used by %s", key).containsAll(used);
        }
    }

    @ParameterizedTest
    @MethodSource("kamelets")
    void kameletsDeclareExactlyWhatTheyUse(Path file) {
        JsonNode tree = tree(file);
        assertThat(tree.at("/metadata/name").asText()).isEqualTo(stem(file));
        Set<String> parameters = new TreeSet<>();
        tree.at("/spec/definition/properties").fieldNames().forEachRemaining(parameters::add);
        Set<String> used = placeholders(tree.at("/spec/template").toString());
        // declared for whoever registers jobs or makes rounds through a list; the kamelet's own steps do not need them
        parameters.removeAll(Set.of("deadline", "firstAfter", "account", "hook", "hookHeader", "hookSecrets", "hookJobId", "atLeast", "pages", "discoverEvery"));
        if (stem(file).equals("due-list")) {
            parameters.remove("every");
        }
        assertThat(used).as("parameters of %s", file).containsAll(parameters);
    }

    @Test
    void everyKeyThatIsDeclaredIsUsed() throws IOException {
        StringBuilder everything = new StringBuilder();
        routeFiles().forEach(file -> everything.append(text(file)));
        kamelets().forEach(file -> everything.append(text(file)));
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            sources.filter(path -> path.toString().endsWith(".java")).forEach(path -> everything.append(text(path)));
        }
        Settings.shippedProperties().values().forEach(everything::append);
        List<String> unused = new ArrayList<>();
        for (String key : Settings.shippedProperties().stringPropertyNames()) {
            // provider.<file>.enabled is read by the name of the file
            boolean used = key.matches("provider\\..*\\.enabled") || everything.indexOf("{{" + key) >= 0 || everything.indexOf("\"" + key + "\"") >= 0
                    || Pattern.compile("hookSecrets: .*" + Pattern.quote(key)).matcher(everything).find();
            if (!used && !key.startsWith("camel.")) {
                unused.add(key);
            }
        }
        assertThat(unused).isEmpty();
    }

    @Test
    void everyKeyIsExplained() throws IOException {
        String previous = "";
        boolean explained = false;
        Set<String> seen = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("application.properties"))) {
            if (line.isBlank()) {
                explained = false;
            } else if (line.startsWith("#")) {
                explained = true;
            } else {
                assertThat(explained).as("a sentence above %s", line).isTrue();
                assertThat(seen.add(line.substring(0, line.indexOf('=')))).as("%s stands once", line).isTrue();
            }
            previous = line;
        }
        assertThat(previous).isNotEmpty();
    }

    @Test
    void theReadmeNamesEveryRoute() {
        String readme = text(Path.of("README.md"));
        for (Path file : routeFiles()) {
            assertThat(readme).as("route table of the README").contains("`" + stem(file) + "`");
        }
    }

    @Test
    void noSecretIsWrittenDown() {
        for (String key : Settings.shippedProperties().stringPropertyNames()) {
            if (key.matches(".*(key|secret|password|token)$") && !key.equals("archive.key")) {
                assertThat(Settings.shippedProperties().getProperty(key)).as(key).matches("\\s*|.*\\{\\{.*}}.*");
            }
        }
    }

    private static Set<String> placeholders(String text) {
        Set<String> keys = new TreeSet<>();
        Matcher placeholder = PLACEHOLDER.matcher(text.replaceAll("(?m)^\\s*#.*$", ""));
        while (placeholder.find()) {
            keys.add(placeholder.group(1));
        }
        keys.remove("env");
        return keys;
    }
}
