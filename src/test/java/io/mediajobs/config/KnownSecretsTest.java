package io.mediajobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownSecretsTest {

    @TempDir
    Path home;

    private Settings load(String properties, Map<String, String> environment) throws IOException {
        Path file = Files.writeString(home.resolve("own.properties"), properties);
        return Settings.load(home, List.of(file), environment, new Properties(), Map.of());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "provider.acme.key=known-secret-01", "provider.acme.hook-secret=known-secret-02", "provider.acme.token.2=known-secret-03", "http.token=known-secret-04",
        "store.password=known-secret-05", "archive.proxy-password=known-secret-06", "camel.beans.artemis.password=known-secret-07", "provider.acme.apikey=known-secret-08",
        "provider.acme.authorization=Bearer known-secret-09", "events.uri=kafka:t?sslKeystorePassword=RAW(known-secret-10)&acks=all",
        "store.url=jdbc:postgresql://h/db?user=ann&password=known-secret-11", "events.uri=https://ann:known-secret-12@h.example/hook", "events.uri=aws2-sqs:jobs?secretKey=RAW(known-secret-15)&region=eu-west-1",
        "camel.component.kafka.sasl-jaas-config=Login required username=\"ann\" password=\"known-secret-13\";", "s3.secret-key=known-secret-14"})
    void whatSettingsHoldIsKnown(String property) throws IOException {
        load(property, Map.of());
        String secret = property.replaceAll(".*(known-secret-\\d\\d).*", "$1");
        assertThat(KnownSecrets.hide("they said " + secret + "!")).isEqualTo("they said [redacted]!");
    }

    @Test
    void soIsWhatIsReferredToAndWhatRoutesMayReferTo() throws IOException {
        load("provider.acme.login={{env:ACME_LOGIN}}\nprovider.acme.sentence=Key {{provider.acme.key}}\nprovider.acme.key={{env:ACME_KEY}}\n",
                Map.of("ACME_LOGIN", "known-login-0001", "ACME_KEY", "known/secret+21", "OTHER_API_KEY", "known-secret-22", "AWS_SESSION_TOKEN", "known-secret-23"));
        assertThat(KnownSecrets.hide("known-login-0001 Key known/secret+21 known%2Fsecret%2B21 known\\/secret+21 known-secret-22 known-secret-23"))
                .isEqualTo("[redacted] Key [redacted] [redacted] [redacted] [redacted] [redacted]");
    }

    @Test
    void whatIsNoSecretIsShown() throws IOException {
        Settings settings = load("provider.acme.url={{env:ACME_URL}}\nprovider.acme.key=short\ns3.kms-key=arn:aws:kms:eu-west-1:1:key/2\n",
                Map.of("S3_BUCKET", "bucket-of-a-test", "ACME_URL", "https://acme.example/v1", "KEYBOARD", "keyboard-of-a-test", "HOME", "/home/of-a-test"));
        for (String text : List.of(settings.text("archive.key"), "bucket-of-a-test", "https://acme.example/v1", "short", "arn:aws:kms:eu-west-1:1:key/2", "keyboard-of-a-test",
                "/home/of-a-test")) {
            assertThat(KnownSecrets.hide(text)).isEqualTo(text);
        }
    }

    @Test
    void ofTwoTheLongerIsHiddenFirst() {
        KnownSecrets.add("two-secrets");
        KnownSecrets.add("two-secrets-in-one");
        assertThat(KnownSecrets.hide("two-secrets-in-one")).isEqualTo("[redacted]");
    }
}
