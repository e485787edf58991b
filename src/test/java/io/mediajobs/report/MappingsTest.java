package io.mediajobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class MappingsTest {

    @TempDir
    private Path folder;
    private Mappings mappings;

    @BeforeEach
    void aFolderWithOneMapping() throws IOException {
        Files.writeString(folder.resolve("acme.jq"), "{status: \"pending\"}");
        mappings = new Mappings(folder);
    }

    @Test
    void findsAFileWithAndWithoutItsEnding() throws Exception {
        assertThat(mappings.get("acme.jq")).isSameAs(mappings.get("acme"));
        assertThat(mappings.get("acme").name()).isEqualTo("acme.jq");
    }

    @Test
    void newProgramsAreInUseAllAtOnceOrNoneOfThem() throws Exception {
        mappings.use(Map.of("acme.jq", "{status: \"pending\"}", "other.jq", "{status: \"pending\"}"));
        assertThat(status("acme")).isEqualTo("pending");
        assertThatThrownBy(() -> mappings.use(Map.of("acme.jq", "{status: \"failed\"}", "other.jq", "{\n  status: }")))
                .isInstanceOf(MappingException.class).hasMessageStartingWith("other.jq is not a jq program").hasMessageContaining("line 2, column 11");
        assertThat(status("acme")).isEqualTo("pending");
        mappings.use(Map.of("acme.jq", "{status: \"failed\"}"));
        assertThat(status("acme")).isEqualTo("failed");
        assertThat(status("other")).as("for what was begun before").isEqualTo("pending");
        assertThatThrownBy(() -> mappings.get("acne")).hasMessage("there is no mapping acne.jq; did you mean acme.jq?");
    }

    @Test
    void whatIsInUseDoesNotChangeWithTheFile() throws Exception {
        Mapping before = mappings.get("acme");
        Files.writeString(folder.resolve("acme.jq"), "{status: \"failed\"}");
        assertThat(mappings.get("acme")).isSameAs(before);
        assertThat(mappings.check("acme").apply(Fixtures.JSON.createObjectNode()).get("status").textValue()).isEqualTo("failed");
    }

    @Test
    void aFileThatNeverWasGoodIsAnError() throws Exception {
        Files.writeString(folder.resolve("new.jq"), "{");
        assertThatThrownBy(() -> mappings.get("new")).hasMessageStartingWith("new.jq is not a jq program: ");
        Files.write(folder.resolve("latin.jq"), "{a: \"é\"}".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> mappings.get("latin")).hasMessage("latin.jq is not UTF-8 text");
    }

    @Test
    void aMissingFileIsNamedWithItsNearestNeighbour() throws Exception {
        assertThatThrownBy(() -> mappings.get("acne")).hasMessage("there is no mapping acne.jq in " + folder + "; did you mean acme.jq?");
        assertThatThrownBy(() -> mappings.get("something-else")).hasMessage("there is no mapping something-else.jq in " + folder);
        Files.delete(folder.resolve("acme.jq"));
        assertThatThrownBy(() -> mappings.get("acme")).hasMessageStartingWith("there is no mapping acme.jq");
        assertThatThrownBy(() -> new Mappings(folder.resolve("none")).get("acme")).hasMessageStartingWith("there is no mapping acme.jq");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "../acme", "../../etc/passwd", "/etc/passwd", "a/acme", "a\\acme", ".acme", "acme\0", "acme%2e", "acme jq", "{{env:HOME}}"})
    void onlyPlainNamesAreTaken(String name) {
        assertThatThrownBy(() -> mappings.get(name)).isInstanceOf(MappingException.class).hasMessageContaining("is not the plain name of a mapping");
    }

    private String status(String name) throws MappingException {
        return mappings.get(name).apply(Fixtures.JSON.createObjectNode()).get("status").textValue();
    }
}
