package io.mediajobs.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.config.KnownSecrets;
import io.mediajobs.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped routes, with one thing wrong each time. */
class RoutesCheckTest {

    private static final String X_110 = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    private static final Path SHIPPED = Path.of("routes").toAbsolutePath();

    @TempDir
    private Path folder;

    private final Map<String, String> settings = new LinkedHashMap<>(Map.of("provider.stories.url", "https://stories.example"));

    @BeforeEach
    void copy() throws IOException {
        try (Stream<Path> files = Files.walk(SHIPPED)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = folder.resolve(SHIPPED.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        settings.put("routes.folder", folder.toString());
    }

    private List<String> found() {
        Settings all = Settings.load(Path.of("").toAbsolutePath(), List.of(), Map.of(), new Properties(), settings);
        return new RoutesCheck(all).withSchema().withSamples().findings().stream().map(Finding::told).toList();
    }

    private void edit(String file, String old, String edited) throws IOException {
        String text = Files.readString(folder.resolve(file));
        assertThat(text).contains(old);
        Files.writeString(folder.resolve(file), text.replace(old, edited));
    }

    @Test
    void theShippedRoutesPassWithAndWithoutWhatIsOff() {
        assertThat(found()).isEmpty();
        settings.put("provider.productai-list.enabled", "false");
        assertThat(found()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"rate,rate,5", "rate,rate,lots", "rate,rate,0/s", "every,every,3", "every,every,0s", "every,every,0ms", "deadline,deadline,x", "deadline,deadline,0h",
            "atOnce,at-once,many", "atOnce,at-once,0"})
    void aProvidersNumberThatIsNoneIsNamedWithItsSetting(String parameter, String setting, String value) {
        settings.put("provider.productai." + setting, value);
        assertThat(found()).singleElement().asString().startsWith("providers/productai.camel.yaml:")
                .contains("Provider productai: " + parameter + " is wrong: '" + value + "'").endsWith("(the setting provider.productai." + setting + ").");
    }

    @ParameterizedTest
    @CsvSource({"atLeast,list-from,1", "atLeast,list-from,many", "pages,list-pages,0", "discoverEvery,discover-every,soon", "discoverEvery,discover-every,0s"})
    void aNumberOfAListIsNamedWithItsSetting(String parameter, String setting, String value) {
        settings.put("provider.productai." + setting, value);
        assertThat(found()).singleElement().asString().startsWith("providers/productai-list.camel.yaml:")
                .contains("Provider productai: " + parameter + " is wrong: ").contains(value.equals("1") ? "2 or more" : "'" + value + "'")
                .endsWith("(the setting provider.productai." + setting + ").");
    }

    @Test
    void aProvidersNumberInTheRouteItself() throws IOException {
        edit("providers/productai.camel.yaml", "\"{{provider.productai.every}}\"", "3");
        assertThat(found()).singleElement().asString().contains("productai.camel.yaml:9: Provider productai: every is wrong: '3'").doesNotContain("setting");
        settings.put("provider.productai.enabled", "false");
        assertThat(found()).isEmpty();
    }

    @Test
    void aTargetThatNobodyReads() throws IOException {
        edit("providers/productai.camel.yaml", "direct:route-report", "direct:rout-report");
        assertThat(found()).containsExactly("providers/productai.camel.yaml:43: No route begins with direct:rout-report.");
    }

    @Test
    void aComponentThatIsNotThere() throws IOException {
        edit("providers/productai.camel.yaml", "direct:route-report", "dirct:route-report?key=secret");
        assertThat(found()).containsExactly("providers/productai.camel.yaml:43: There is no component dirct for dirct:route-report.");
    }

    @Test
    void aMappingThatIsNotThere() throws IOException {
        edit("providers/productai.camel.yaml", "mapping: productai.jq", "mapping: prductai.jq");
        assertThat(found()).singleElement().asString().startsWith("providers/productai.camel.yaml:39: There is no mapping prductai.jq")
                .endsWith("did you mean productai.jq?");
    }

    @Test
    void anExpressionThatDoesNotEnd() throws IOException {
        edit("providers/productai.camel.yaml", "${variable.job.encodedId}", "${variable.job.encodedId");
        edit("providers/productai-list.camel.yaml", "${variable.list.offset}", "${variable.list.offset");
        assertThat(found()).hasSize(2).anySatisfy(finding -> assertThat(finding).matches(
                "providers/productai.camel.yaml:\\d+: This is not a Simple expression: \\$\\{variable.job.encodedId .*"))
                .anySatisfy(finding -> assertThat(finding).startsWith("providers/productai-list.camel.yaml:").contains("not a Simple expression"));
    }

    /** What somebody wrote is quoted, but not a secret in it: findings are in the log, the API and on the page. */
    @ParameterizedTest
    @ValueSource(strings = {"simple: \"Bearer kanarie-secret known-to-this-test ${variable.job\"", "known-to-this-test: x",
        // where it is cut
        "simple: \"" + X_110 + "known-to-this-test ${variable.job\""})
    void noFindingQuotesASecret(String written) throws IOException {
        KnownSecrets.add("known-to-this-test");
        edit("providers/productai.camel.yaml", "simple: \"${variable.job.encodedId}\"", written);
        assertThat(found()).isNotEmpty().allSatisfy(finding -> assertThat(finding).doesNotContain("kanarie", "known-to"));
    }

    /** Whoever makes it. */
    @Test
    void noRefusedEditQuotesASecret() {
        Rejection rejection = new Rejection(Instant.now(), "x.camel.yaml", 1, null, "See https://ann:kanarie@h.example/a?v=kanarie.");
        assertThat(rejection.told()).isEqualTo("x.camel.yaml, line 1: See https://h.example/a");
        KnownSecrets.add("known-to-this-test");
        // where it is cut
        assertThat(BuildFailure.explain(null, null, new IllegalStateException("x".repeat(490) + "known-to-this-test")).told()).startsWith("xxx").doesNotContain("known");
    }

    @Test
    void aPlaceholderThatNothingStandsFor() throws IOException {
        edit("publish-events.camel.yaml", "{{events.tick-millis}}", "{{events.tik-millis}}");
        assertThat(found()).singleElement().asString().startsWith("publish-events.camel.yaml:").contains("The setting events.tik-millis");
    }

    @Test
    void aFileThatIsNoText() throws IOException {
        Files.write(folder.resolve("providers/stories.camel.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertThat(found()).containsExactly("providers/stories.camel.yaml: This file is not UTF-8 text.");
    }
}
