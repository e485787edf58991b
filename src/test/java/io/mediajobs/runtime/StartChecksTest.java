package io.mediajobs.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import io.mediajobs.live.ProviderFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartChecksTest {

    private static Settings settings(Map<String, String> environment, Map<String, String> overrides) {
        return Settings.load(Path.of("").toAbsolutePath(), List.of(), environment, new Properties(), overrides);
    }

    private static final Map<String, String> KEYS = Map.of("PICTORY_API_KEY", "key-of-pictory", "PRODUCTAI_API_KEY", "key-of-productai", "STORIES_API_KEY", "key-of-stories",
            "STORIES_API_URL", "https://stories.example");

    @Test
    void completeSettingsPass() {
        assertThatCode(() -> StartChecks.run(settings(KEYS, Map.of()))).doesNotThrowAnyException();
    }

    /** Of a library's exception, which quotes what it likes. */
    @Test
    void whyAStartFailedIsToldWithoutSecrets() {
        Throwable failure = new IllegalStateException("start", new IOException("no way to https://ann:kanarie@h.example/a?v=kanarie"));
        assertThat(StartFailure.explain(failure, settings(KEYS, Map.of()))).isInstanceOf(ConfigurationException.class).hasMessage("IOException: no way to https://h.example/a");
    }

    @Test
    void aMissingKeyNamesTheVariableAndTheSwitch() {
        Map<String, String> environment = new HashMap<>(KEYS);
        environment.remove("PRODUCTAI_API_KEY");
        assertThatThrownBy(() -> StartChecks.run(settings(environment, Map.of()))).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("provider.productai.key").hasMessageContaining("PRODUCTAI_API_KEY").hasMessageContaining("provider.productai.enabled=false");
        assertThatCode(() -> StartChecks.run(settings(environment, Map.of("provider.productai.enabled", "false")))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3.bucket", "s3.secret-key", "archive.proxy-password", "store.password", "http.token"})
    void aReferenceThatNothingResolvesIsNotTakenForTheValue(String key) {
        assertThatThrownBy(() -> StartChecks.run(settings(KEYS, Map.of(key, "{{file:/run/secrets/s3}}")))).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("The setting " + key).hasMessageContaining("{{env:NAME}}");
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
    void aKeyThatARouteNamesWithoutReferringToItIsKnown(@TempDir Path routes) throws Exception {
        Path providers = Files.createDirectory(routes.resolve("providers"));
        Files.writeString(providers.resolve("acme.camel.yaml"), "parameters:\n  hookSecrets: provider.acme.hook-secret, provider.acme.old-hook-secret\n  assetKey: \"provider.acme.key\"\n");
        assertThatCode(() -> StartChecks.run(settings(KEYS, Map.of("routes.folder", routes.toString(), "provider.acme.hook-secret", "secret-1",
                "provider.acme.old-hook-secret", "secret-2", "provider.acme.key", "secret-3")))).doesNotThrowAnyException();
    }

    /** It could not be hidden where a provider repeats it, for example. */
    @ParameterizedTest
    @CsvSource({"PICTORY_API_KEY, provider.pictory.key", "PRODUCTAI_HOOK_SECRET, provider.productai.hook-secret", "STORE_PASSWORD, store.password", "S3_SECRET_KEY, s3.secret-key"})
    void aSecretThatIsTooShortToBeHiddenNamesItsKeyAndIsNotShown(String variable, String key) {
        Map<String, String> environment = new HashMap<>(KEYS);
        environment.put(variable, "kanarie");
        assertThatThrownBy(() -> StartChecks.run(settings(environment, Map.of()))).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(key).hasMessageContaining(variable).hasMessageContaining("8 characters").hasMessageNotContaining("kanarie");
        environment.put(variable, "kanarie8");
        assertThatCode(() -> StartChecks.run(settings(environment, Map.of()))).doesNotThrowAnyException();
    }

    @Test
    void whatIsNoSecretMayBeShort() {
        Map<String, String> environment = new HashMap<>(KEYS);
        environment.putAll(Map.of("S3_ACCESS_KEY", "test", "SOMEBODYS_TOKEN", "x", "STORE_USER", "ann"));
        assertThatCode(() -> StartChecks.run(settings(environment, Map.of("camel.component.acme.use-token", "true", "camel.component.acme.password", "{{env:NONE}}"))))
                .doesNotThrowAnyException();
        // a scheme's word is no part of the secret
        assertThatThrownBy(() -> StartChecks.run(settings(environment, Map.of("provider.stories.authorization", "Bearer short")))).hasMessageContaining("provider.stories.authorization");
    }

    @Test
    void aMissingRoutesFolderIsNamed() {
        assertThatThrownBy(() -> StartChecks.run(settings(KEYS, Map.of("routes.folder", "nowhere")))).hasMessageContaining("nowhere").hasMessageContaining("routes.folder");
    }

    @Test
    void whatIsOffIsNotLoaded() {
        assertThat(ProviderFiles.off(settings(KEYS, Map.of()))).isEmpty();
        assertThat(ProviderFiles.off(settings(KEYS, Map.of("provider.stories.enabled", "false", "provider.productai-list.enabled", "false"))))
                .extracting(ProviderFiles::stem).containsExactly("productai-list", "stories");
    }

    @Test
    void anEmptyRoutesFolderIsThereButHasNoRoutes(@TempDir Path empty) {
        assertThatThrownBy(() -> StartChecks.run(settings(KEYS, Map.of("routes.folder", empty.toString())))).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("no routes in it").hasMessageContaining("routes.folder").hasMessageNotContaining("exist");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://x", "api.example", "http://", "https:///v1"})
    void aProvidersAddressIsAWebAddress(String address) {
        assertThatThrownBy(() -> StartChecks.run(settings(KEYS, Map.of("provider.productai.url", address)))).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("provider.productai.url").hasMessageContaining("http:// or https://");
    }

    @Test
    void aPortIsInItsRange() {
        assertThatThrownBy(() -> StartChecks.run(settings(KEYS, Map.of("http.port", "99999")))).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("http.port").hasMessageContaining("65535");
        assertThatThrownBy(() -> StartChecks.run(settings(KEYS, Map.of("observe.port", "-1")))).hasMessageContaining("observe.port");
    }

    @Test
    void twoServersNeedTwoPorts() {
        assertThatThrownBy(() -> StartChecks.run(settings(KEYS, Map.of("http.port", "9876")))).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("http.port").hasMessageContaining("observe.port");
        assertThatThrownBy(() -> StartChecks.run(settings(KEYS, Map.of("http.port", "9876", "http.host", "0.0.0.0")))).hasMessageContaining("observe.port");
        assertThatCode(() -> StartChecks.run(settings(KEYS, Map.of("http.port", "0", "observe.port", "0")))).doesNotThrowAnyException();
        assertThatCode(() -> StartChecks.run(settings(KEYS, Map.of("http.port", "9876", "observe.host", "192.0.2.1")))).doesNotThrowAnyException();
    }
}
