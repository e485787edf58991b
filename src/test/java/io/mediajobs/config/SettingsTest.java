package io.mediajobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    @TempDir
    Path home;

    private Settings load(Path file, Map<String, String> environment, Map<String, String> system, Map<String, String> overrides) {
        Properties properties = new Properties();
        properties.putAll(system);
        return Settings.load(home, file == null ? List.of() : List.of(file), environment, properties, overrides);
    }

    @Test
    void laterLayersWin() throws IOException {
        Path file = home.resolve("my.properties");
        Files.writeString(file, "poll.lease=3m\npoll.backoff=1s\ncircuit.failures=7\n");
        Settings settings = load(file, Map.of("POLL_BACKOFF", "2s", "CIRCUIT_FAILURES", "8"), Map.of("circuit.failures", "9"), Map.of("refused.pause", "1s"));
        assertThat(settings.duration("poll.lease")).isEqualTo(Duration.ofMinutes(3));
        assertThat(settings.duration("poll.backoff")).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.number("circuit.failures")).isEqualTo(9);
        assertThat(settings.duration("refused.pause")).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.text("poll.unusable-asks")).isEqualTo("5");
    }

    @Test
    void secretsComeFromTheEnvironmentByReference() {
        assertThat(load(null, Map.of("PICTORY_API_KEY", "pictai_$1{x}"), Map.of(), Map.of()).text("provider.pictory.key")).isEqualTo("pictai_$1{x}");
        assertThat(load(null, Map.of(), Map.of(), Map.of()).has("provider.pictory.key")).isFalse();
    }

    @Test
    void aWrongValueNamesItsKey() {
        Settings settings = load(null, Map.of(), Map.of(), Map.of("poll.lease", "soon", "circuit.failures", "few", "poll.largest-answer", "big", "provider.productai.enabled", "yes"));
        assertThatThrownBy(() -> settings.duration("poll.lease")).isInstanceOf(ConfigurationException.class).hasMessageContaining("poll.lease").hasMessageContaining("soon");
        assertThatThrownBy(() -> settings.number("circuit.failures")).hasMessageContaining("circuit.failures");
        assertThatThrownBy(() -> settings.bytes("poll.largest-answer")).hasMessageContaining("poll.largest-answer");
        assertThatThrownBy(() -> settings.flag("provider.productai.enabled")).hasMessageContaining("neither true nor false");
        assertThatThrownBy(() -> settings.required("provider.pictory.key")).hasMessageContaining("PICTORY_API_KEY");
        assertThatThrownBy(() -> load(home.resolve("none"), Map.of(), Map.of(), Map.of())).hasMessageContaining("does not exist");
    }

    @ParameterizedTest
    @CsvSource({"500ms, 500", "15s, 15000", "2m, 120000", "1h30m, 5400000", "7d, 604800000", "0s, 0"})
    void durations(String text, long millis) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "15", "s", "-5s", "1.5h", "99999999999999999999s", "9999999999999999d"})
    void otherDurationsAreRefused(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"4096, 4096", "64KB, 65536", "8MB, 8388608", "5 GB, 5368709120"})
    void sizes(String text, long bytes) {
        assertThat(Sizes.parse(text)).isEqualTo(bytes);
    }
}
