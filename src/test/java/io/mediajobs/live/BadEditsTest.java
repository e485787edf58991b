package io.mediajobs.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One bad edit of the shipped routes each, and the sentence an operator reads for it. */
class BadEditsTest {

    private static final Path SHIPPED = Path.of("routes").toAbsolutePath();
    private static final String PRODUCTAI = "providers/productai.camel.yaml";

    @TempDir
    private Path folder;

    /** File, what is replaced, by what, and how what is found begins. */
    static Stream<Arguments> edits() {
        return Stream.of(
                Arguments.of(PRODUCTAI, "        - setHeader:\n            name: CamelHttpMethod", "        - setHeadr:\n            name: CamelHttpMethod",
                        PRODUCTAI + ":21:11: There is no setHeadr in steps; did you mean setHeader?"),
                Arguments.of(PRODUCTAI, "            name: Accept", "            nam: Accept", PRODUCTAI + ":31:13: There is no nam in setHeader; did you mean name?"),
                Arguments.of(PRODUCTAI, "constant: application/json", "constant: {expression: 202}", PRODUCTAI + ":32:24: The value of expression is of the wrong kind: integer where string belongs; put it in quotes."),
                Arguments.of(PRODUCTAI, "constant: GET", "constant: GET\n            constant: POST", PRODUCTAI + ":24:13: The key constant stands here a second time"),
                Arguments.of(PRODUCTAI, "        - setHeader:\n            name: Accept", "        - setHeader:\n\t    name: Accept", PRODUCTAI + ":31:1: This is not YAML: a tab stands"),
                Arguments.of(PRODUCTAI, "            constant: GET", "            constant: GET\n             simple: x", PRODUCTAI + ":24:20: This is not YAML: "),
                Arguments.of(PRODUCTAI, "kamelet:due-jobs", "kamelet:due-job", PRODUCTAI + ":9:12: There is no kamelet due-job; did you mean due-jobs?"),
                Arguments.of(PRODUCTAI, "        atOnce:", "        atonce:", PRODUCTAI + ":15:9: The kamelet due-jobs has no parameter atonce; did you mean atOnce?"),
                Arguments.of(PRODUCTAI, "        provider: productai\n", "", PRODUCTAI + ":9:12: The kamelet due-jobs needs the parameter provider."),
                Arguments.of(PRODUCTAI, "throwExceptionOnFailure:", "throwExceptionOnFailur:", PRODUCTAI + ":37:15: The component https has no option throwExceptionOnFailur"),
                Arguments.of(PRODUCTAI, "throwExceptionOnFailure: \"false\"", "throwExceptionOnFailure: \"flase\"",
                        PRODUCTAI + ":37:40: The option throwExceptionOnFailure of https is 'flase'; it must be true or false."),
                Arguments.of(PRODUCTAI, "Bearer {{provider.productai.key}}", "Bearer sk-live-0123456789", PRODUCTAI + ":29:23: The value of Authorization is written out here."),
                Arguments.of(PRODUCTAI, "constant: \"Bearer {{provider.productai.key}}\"", "expression: {constant: {expression: \"Bearer sk-live-0123456789\"}}",
                        PRODUCTAI + ":29:49: The value of Authorization is written out here."),
                Arguments.of(PRODUCTAI, "{{provider.productai.url}}/v1/jobs", "https://api.example/v1/jobs?api_key=sk-live-0123", PRODUCTAI + ":35:18: The value of api_key is written out"),
                Arguments.of(PRODUCTAI, "{{provider.productai.url}}/v1/jobs", "{{provider.productai.url}}/v1/jobs?api_key=sk-live-0123", PRODUCTAI + ":35:18: The value of api_key is written out"),
                Arguments.of(PRODUCTAI, "{{provider.productai.url}}/v1/jobs", "https://me:pw@api.example/v1/jobs", PRODUCTAI + ":35:18: This address holds a user name and a password."),
                Arguments.of(PRODUCTAI, "{{provider.productai.url}}/v1/jobs", "{{bean:jobs.now}}", PRODUCTAI + ":35:18: {{bean:…}} would call code"),
                Arguments.of(PRODUCTAI, "{{provider.productai.url}}/v1/jobs", "lacking:{{provider.productai.url}}/v1/jobs",
                        PRODUCTAI + ":33: The component lacking cannot be used: The class org.example.Missing is not there"),
                Arguments.of(PRODUCTAI, "        provider: productai\n", "        provider: productai\n        stalledAfter: 99999999999999d\n",
                        PRODUCTAI + ":9: Provider productai: stalledAfter is wrong: '99999999999999d' is too long a duration; the longest is 36500d."),
                Arguments.of("route-report.camel.yaml", "            otherwise:\n              id: unusable\n              steps:\n                - to:\n                    uri: direct:repeat-unusable\n", "",
                        "route-report.camel.yaml:12:11: This choice has no otherwise"),
                Arguments.of("publish-events.camel.yaml", "trigger.repeatInterval: \"{{events.tick-millis}}\"", "trigger.repeatInterval: \"0\"",
                        "publish-events.camel.yaml:13:33: trigger.repeatInterval is 0: the timer would fire without a pause."),
                Arguments.of("publish-events.camel.yaml", "trigger.repeatInterval: \"{{events.tick-millis}}\"", "cron: \"every day\"",
                        "publish-events.camel.yaml:13:15: 'every day' is not a Quartz cron expression"),
                Arguments.of("publish-events.camel.yaml", "        stateful: true", "        statefull: true",
                        "publish-events.camel.yaml:14:9: The component quartz has no option statefull; did you mean stateful?"),
                Arguments.of("http-api/list-jobs.camel.yaml", "platform-http:", "platform-http:proxy/", "http-api/list-jobs.camel.yaml:"),
                Arguments.of("archive-job.camel.yaml", "size: \"{{archive.queue}}\"", "size: \"many\"", "archive-job.camel.yaml:19:15: The option size of seda is 'many'; it must be a number."),
                Arguments.of("fail-job.camel.yaml", "id: fail-job", "id: fail-the-job", "fail-job.camel.yaml: The route's id is fail-the-job; it should be fail-job, as the file."),
                Arguments.of("fail-job.camel.yaml", "    id: fail-job\n", "", "fail-job.camel.yaml: The route has no id; it should be fail-job, as the file."),
                Arguments.of("kamelets/due-jobs.kamelet.yaml", "        - split:", "        - splt:", "kamelets/due-jobs.kamelet.yaml:"),
                Arguments.of("providers/productai.jq", "status: .status,", "status: .status", "providers/productai.jq"));
    }

    @ParameterizedTest
    @MethodSource("edits")
    void isTold(String file, String old, String edited, String told) throws IOException {
        copy();
        String text = Files.readString(folder.resolve(file));
        assertThat(text).contains(old);
        Files.writeString(folder.resolve(file), text.replace(old, edited));
        List<String> found = found();
        assertThat(found).isNotEmpty().anyMatch(sentence -> sentence.startsWith(told)).noneMatch(sentence -> sentence.contains("sk-live") || sentence.contains("pw@"));
    }

    @Test
    void anAliasBombIsNotUnfolded() throws IOException {
        copy();
        StringBuilder bomb = new StringBuilder("- a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 30; i++) {
            bomb.append("- a").append(i).append(": &a").append(i).append(" [").append("*a".concat(String.valueOf(i - 1)).concat(", ").repeat(9)).append("*a").append(i - 1).append("]\n");
        }
        Files.writeString(folder.resolve("bomb.camel.yaml"), bomb);
        assertThat(found()).singleElement().asString().startsWith("bomb.camel.yaml: This file has too many aliases");
    }

    @Test
    void bracketsWithoutEndAreCountedAndNotFollowed() throws IOException {
        copy();
        Files.writeString(folder.resolve("deep.camel.yaml"), "[".repeat(20_000));
        Files.writeString(folder.resolve("providers/productai.jq"), "[".repeat(20_000));
        assertThat(found()).contains("deep.camel.yaml:1:201: This file is nested deeper than 200 levels; no route is.")
                .anyMatch(sentence -> sentence.startsWith("providers/productai.jq"));
    }

    @Test
    void aMappingThatMakesSomethingElseOfASample() throws IOException {
        copy();
        Path mapping = folder.resolve("providers/productai.jq");
        Files.writeString(mapping, Files.readString(mapping).replace("{tokens: .tokens_used}", "{tokens: .tokens}"));
        assertThat(found()).anyMatch(sentence -> sentence.equals("providers/productai.samples/doc-completed.json: What productai.jq makes of this answer is not"
                + " what is expected: usage is absent and should be {\"tokens\":10}."));
    }

    private List<String> found() {
        Map<String, String> settings = new LinkedHashMap<>(Map.of("provider.stories.url", "https://stories.example", "routes.folder", folder.toString()));
        return new RoutesCheck(Settings.load(Path.of("").toAbsolutePath(), List.of(), Map.of(), new Properties(), settings)).withSchema().withSamples()
                .findings().stream().map(Finding::told).toList();
    }

    private void copy() throws IOException {
        try (Stream<Path> files = Files.walk(SHIPPED)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = folder.resolve(SHIPPED.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }
}
