package io.mediajobs.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.TestProgram;
import io.mediajobs.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckedInputsTest {

    @TempDir
    Path folder;
    private Path routes;
    private Path program;

    @BeforeEach
    void copy() throws IOException {
        routes = TestProgram.copyRoutes(folder.resolve("routes"));
        program = Files.writeString(folder.resolve("program.jar"), "1");
    }

    private Settings settings(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(Map.of("routes.folder", routes.toString(), "data.folder", folder.resolve("data").toString()));
        all.putAll(more);
        return Settings.load(Path.of("").toAbsolutePath(), List.of(), Map.of(), new Properties(), all);
    }

    private String inputs(Map<String, String> more) throws IOException {
        return CheckedInputs.of(settings(more), RouteFiles.read(routes), List.of(program.toFile()));
    }

    @Test
    void whateverTheCheckGoesByMakesADifference() throws Exception {
        String before = inputs(Map.of());
        assertThat(inputs(Map.of())).isEqualTo(before);
        assertThat(inputs(Map.of("provider.stories.rate", "7/s"))).isNotEqualTo(before);
        Path file = routes.resolve("providers/stories.jq");
        Files.writeString(file, Files.readString(file) + "\n# another\n");
        String edited = inputs(Map.of());
        assertThat(edited).isNotEqualTo(before);
        Files.writeString(program, "another");
        assertThat(inputs(Map.of())).isNotEqualTo(edited);
    }

    /** What an operator's own setting takes from the environment is hidden, and a route may refer to it. */
    @Test
    void soDoesWhatComesFromTheEnvironment() throws Exception {
        assertThat(fromEnvironment("direct:acme-first")).isNotEqualTo(fromEnvironment("direct:acme-second"));
    }

    private String fromEnvironment(String value) throws IOException {
        Settings settings = Settings.load(Path.of("").toAbsolutePath(), List.of(Files.writeString(folder.resolve("own.properties"), "acme.next={{env:ACME_NEXT}}\n")),
                Map.of("ACME_NEXT", value), new Properties(), Map.of("routes.folder", routes.toString()));
        return CheckedInputs.of(settings, RouteFiles.read(routes), List.of(program.toFile()));
    }

    @Test
    void theLastOneIsKept() throws Exception {
        Staging staging = new Staging(Files.createDirectories(folder.resolve("data")));
        assertThat(staging.isChecked("one")).isFalse();
        staging.keep(RouteFiles.read(routes));
        staging.checked("one");
        assertThat(staging.isChecked("one")).isTrue();
        staging.checked("two");
        assertThat(staging.isChecked("one")).isFalse();
    }

    @Test
    void aProgramOfFoldersIsAlwaysLookedAt() throws Exception {
        assertThat(CheckedInputs.of(settings(Map.of()), RouteFiles.read(routes))).isNull();
    }
}
