package io.mediajobs.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class StartChecksTest {

    private static Settings settings(Map<String, String> environment, Map<String, String> overrides) {
        return Settings.load(Path.of("").toAbsolutePath(), List.of(), environment, new Properties(), overrides);
    }

    private static final Map<String, String> KEYS = Map.of("PICTORY_API_KEY", "a", "PRODUCTAI_API_KEY", "b", "STORIES_API_KEY", "c",
            "STORIES_API_URL", "https://stories.example");

    @Test
    void completeSettingsPass() {
        assertThatCode(() -> StartChecks.run(settings(KEYS, Map.of()))).doesNotThrowAnyException();
    }

    @Test
    void aMissingKeyNamesTheVariableAndTheSwitch() {
        Map<String, String> environment = new HashMap<>(KEYS);
        environment.remove("PRODUCTAI_API_KEY");
        assertThatThrownBy(() -> StartChecks.run(settings(environment, Map.of()))).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("provider.productai.key").hasMessageContaining("PRODUCTAI_API_KEY").hasMessageContaining("provider.productai.enabled=false");
        assertThatCode(() -> StartChecks.run(settings(environment, Map.of("provider.productai.enabled", "false")))).doesNotThrowAnyException();
    }

    @Test
    void aKeyInsideAnotherSettingIsMissedToo() {
        Map<String, String> environment = new HashMap<>(KEYS);
        environment.remove("STORIES_API_KEY");
        assertThatThrownBy(() -> StartChecks.run(settings(environment, Map.of()))).hasMessageContaining("provider.stories.key").hasMessageContaining("STORIES_API_KEY");
    }

    @Test
    void anUnknownKeyIsRefusedWithTheNearestName() {
        assertThatThrownBy(() -> StartChecks.run(settings(KEYS, Map.of("poll.leese", "1m")))).hasMessageContaining("poll.leese").hasMessageContaining("poll.lease");
    }

    @Test
    void aMissingRoutesFolderIsNamed() {
        assertThatThrownBy(() -> StartChecks.run(settings(KEYS, Map.of("routes.folder", "nowhere")))).hasMessageContaining("nowhere").hasMessageContaining("routes.folder");
    }

    @Test
    void discoveryIsOffAndWhatIsOffIsNotLoaded() {
        assertThat(ProviderFiles.off(settings(KEYS, Map.of()))).extracting(ProviderFiles::stem).containsExactly("discover-productai");
        assertThat(ProviderFiles.off(settings(KEYS, Map.of("provider.stories.enabled", "false", "provider.discover-productai.enabled", "true"))))
                .extracting(ProviderFiles::stem).containsExactly("stories");
    }
}
