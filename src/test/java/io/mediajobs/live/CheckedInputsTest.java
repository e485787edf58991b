package io.mediajobs.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mediajobs.TestProgram;
import io.mediajobs.config.ConfigurationException;
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

    private static final String SECRET = "a-key-that-nobody-may-see";

    @TempDir
    Path folder;
    private Path routes;

    @BeforeEach
    void copy() throws IOException {
        routes = TestProgram.copyRoutes(folder.resolve("routes"));
    }

    private Settings settings(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(Map.of("routes.folder", routes.toString(), "data.folder", folder.resolve("data").toString()));
        all.putAll(more);
        return Settings.load(Path.of("").toAbsolutePath(), List.of(), Map.of(), new Properties(), all);
    }

    private String inputs(Map<String, String> more) throws IOException {
        return CheckedInputs.of(settings(more), RouteFiles.read(routes));
    }

    @Test
    void whateverTheCheckGoesByMakesADifference() throws Exception {
        String before = inputs(Map.of());
        assertThat(inputs(Map.of())).isEqualTo(before);
        assertThat(inputs(Map.of("provider.stories.rate", "7/s"))).isNotEqualTo(before);
        Path file = routes.resolve("providers/stories.jq");
        Files.writeString(file, Files.readString(file) + "\n# another\n");
        assertThat(inputs(Map.of())).isNotEqualTo(before);
    }

    @Test
    void secretsMakeNone() throws Exception {
        assertThat(inputs(Map.of("provider.stories.key", SECRET))).isEqualTo(inputs(Map.of("provider.stories.key", SECRET + "-2")));
    }

    @Test
    void whatRanIsNotLookedAtAgainAndAllElseIs() throws Exception {
        Path file = routes.resolve("providers/stories.camel.yaml");
        Files.writeString(file, "- route: {");
        Settings settings = settings(Map.of());
        assertThatThrownBy(() -> LiveRoutes.choose(settings, checks -> { }).get()).isInstanceOf(ConfigurationException.class).hasMessageContaining("stories.camel.yaml");
        Files.createDirectories(folder.resolve("data/routes"));
        new Staging(folder.resolve("data")).checked(inputs(Map.of()));
        assertThat(LiveRoutes.choose(settings, checks -> { }).get().isLastGood()).isFalse();
        Files.writeString(file, "- route: { ");
        assertThatThrownBy(() -> LiveRoutes.choose(settings, checks -> { }).get()).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void aStartThatRunsWritesItDown() throws Exception {
        EditedProgram program = EditedProgram.at(folder, Map.of()).start();
        try (program) {
            assertThat(folder.resolve("data/routes/checked")).isRegularFile();
        }
        String first = Files.readString(folder.resolve("data/routes/checked"));
        try (EditedProgram again = EditedProgram.at(folder, Map.of("provider.stories.rate", "7/s")).start()) {
            assertThat(Files.readString(folder.resolve("data/routes/checked"))).isNotEqualTo(first);
        }
    }
}
