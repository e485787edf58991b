package io.mediajobs.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of faults names tests that exist. */
class FaultTableTest {

    private static final Path TESTS = Path.of("src/test/java");
    private static final Pattern NAMED = Pattern.compile("`([A-Z][A-Za-z0-9]*(?:Test|IT))(?:#([a-zA-Z0-9]+))?`");

    @Test
    void everyTestThatTheTableNamesExists() throws IOException {
        List<Path> sources;
        try (Stream<Path> files = Files.walk(TESTS)) {
            sources = files.filter(file -> file.toString().endsWith(".java")).toList();
        }
        List<String> missing = new ArrayList<>();
        int named = 0;
        Matcher tests = NAMED.matcher(Files.readString(TESTS.resolve("io/mediajobs/campaign/FAULTS.md")));
        while (tests.find()) {
            named++;
            String name = tests.group(1);
            String method = tests.group(2);
            StringBuilder source = new StringBuilder();
            for (Path file : sources) {
                if (file.getFileName().toString().equals(name + ".java")) {
                    source.append(Files.readString(file));
                    // what both stores do stands in their common contract
                    if (source.indexOf("class " + name + " extends JobStoreContract") > 0) {
                        source.append(Files.readString(file.resolveSibling("JobStoreContract.java")));
                    }
                }
            }
            if (source.isEmpty() || method != null && !Pattern.compile("\\b" + method + "\\b").matcher(source).find()) {
                missing.add(tests.group());
            }
        }
        assertThat(named).isGreaterThan(30);
        assertThat(missing).isEmpty();
    }
}
