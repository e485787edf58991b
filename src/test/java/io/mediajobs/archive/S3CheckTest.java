package io.mediajobs.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import io.mediajobs.demo.s3.EmbeddedS3;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

class S3CheckTest {

    @TempDir
    Path folder;
    EmbeddedS3 store;

    @BeforeEach
    void start() {
        store = EmbeddedS3.start(folder);
        store.createBucket("there");
    }

    @AfterEach
    void stop() {
        store.close();
    }

    private Settings settings(Map<String, String> more) {
        Map<String, String> values = new HashMap<>(Map.of("s3.bucket", "there", "s3.endpoint", store.endpoint().toString(), "s3.path-style", "true",
                "s3.access-key", store.accessKey(), "s3.secret-key", store.secretKey(), "s3.connect-timeout", "2s"));
        values.putAll(more);
        return Settings.load(folder, List.of(), Map.of(), new Properties(), values);
    }

    private void check(Map<String, String> more) {
        Settings settings = settings(more);
        try (S3Client s3 = S3Clients.create(settings)) {
            new S3Check(settings, s3).run();
        }
    }

    @Test
    void bucketIsThere() {
        assertThatCode(() -> check(Map.of())).doesNotThrowAnyException();
        assertThatCode(() -> check(Map.of("s3.checksums", "when-required"))).doesNotThrowAnyException();
    }

    @Test
    void whatIsWrongIsSaidInOneSentenceThatNamesTheKey() {
        refused(Map.of("s3.bucket", "missing"), "s3.bucket");
        refused(Map.of("s3.secret-key", "wrong-secret"), "s3.secret-key");
        refused(Map.of("s3.access-key", "wrong-access"), "s3.access-key");
        refused(Map.of("s3.endpoint", "http://127.0.0.1:1"), "s3.endpoint");
        refused(Map.of("s3.endpoint", "localhost:9000"), "s3.endpoint");
        refused(Map.of("s3.checksums", "never"), "s3.checksums");
        refused(Map.of("s3.secret-key", ""), "s3.secret-key");
        refused(Map.of("s3.bucket", ""), "s3.bucket");
    }

    private void refused(Map<String, String> more, String key) {
        assertThatThrownBy(() -> check(more)).isInstanceOf(ConfigurationException.class).hasMessageContaining(key)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").doesNotContain("wrong-secret"));
    }
}
