package io.mediajobs.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import io.mediajobs.demo.s3.EmbeddedS3;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
        refused(Map.of("s3.endpoint", "http://ann:wrong-secret@127.0.0.1:1"), "s3.endpoint");
        refused(Map.of("s3.checksums", "never"), "s3.checksums");
        refused(Map.of("s3.secret-key", ""), "s3.secret-key");
        refused(Map.of("s3.bucket", ""), "s3.bucket");
    }

    /** What S3 says, and what is made of it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "404 | NoSuchBucket                  | the bucket of s3.bucket does not exist", "403 | InvalidAccessKeyId | access key of s3.access-key",
        "403 | SignatureDoesNotMatch         | secret key of s3.secret-key", "400 | ExpiredToken | have expired", "400 | AuthorizationHeaderMalformed | another region than s3.region",
        "301 | PermanentRedirect             | another region than s3.region", "403 | AccessDenied | may not do this in the bucket of s3.bucket", "403 | RequestTimeTooSkewed | clock of this machine",
        "503 | SlowDown                      | cannot answer now", "500 | InternalError | cannot answer now", "501 | NotImplemented | it cannot do what s3.", "400 | KMS.NotFoundException | s3.kms-key",
        "400 | InvalidStorageClass           | s3.storage-class", "405 | MethodNotAllowed | the settings of S3"})
    void whatS3RefusesIsTold(int status, String code, String told) {
        for (boolean writing : new boolean[] {false, true}) {
            try (AssetHost host = new AssetHost()) {
                host.on("/there", (request, time, out) -> {
                    if (writing) {
                        answer(out, "200 OK", "<ListBucketResult/>");
                    } else {
                        answer(out, status + " x", "<Error><Code>" + code + "</Code></Error>");
                    }
                });
                host.on("/there/media-job-routes-start-check", (request, time, out) -> answer(out, status + " x", "<Error><Code>" + code + "</Code></Error>"));
                assertThat(said(Map.of("s3.endpoint", host.url("")))).contains(told, host.url(""), code)
                        .contains(status == 500 || status == 503 ? "" : writing ? "an object in the bucket 'there'" : "the bucket 'there'");
            }
        }
    }

    @Test
    void whatTheBucketIsOrNeedsIsNamedWhereItIsKnown() {
        try (AssetHost host = new AssetHost()) {
            String elsewhere = "<Error><Code>PermanentRedirect</Code></Error>";
            host.on("/there", (request, time, out) -> {
                AssetHost.head(out, "301 x", "x-amz-bucket-region: eu-central-1", "Content-Type: application/xml", "Content-Length: " + elsewhere.length());
                out.write(elsewhere.getBytes(StandardCharsets.UTF_8));
            });
            assertThat(said(Map.of("s3.endpoint", host.url("")))).contains("another region than s3.region, in eu-central-1.");

            host.on("/there", (request, time, out) -> answer(out, "403 x", "<Error><Code>AccessDenied</Code></Error>"));
            assertThat(said(Map.of("s3.endpoint", host.url("")))).endsWith("It takes s3:ListBucket.");
            host.on("/there", (request, time, out) -> answer(out, "200 OK", "<ListBucketResult/>"));
            host.on("/there/media-job-routes-start-check", (request, time, out) -> answer(out, "403 x", "<Error><Code>AccessDenied</Code></Error>"));
            assertThat(said(Map.of("s3.endpoint", host.url("")))).contains("s3:PutObject", "s3:AbortMultipartUpload");
        }
    }

    private static void answer(OutputStream out, String status, String xml) throws IOException {
        AssetHost.head(out, status, "Content-Type: application/xml", "Content-Length: " + xml.length());
        out.write(xml.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsNoS3OrCannotBeReachedIsTold() {
        assertThat(said(Map.of("s3.endpoint", "http://127.0.0.1:1"))).contains("cannot be reached", "Connection refused", "s3.endpoint");
        assertThat(said(Map.of("s3.endpoint", "http://no-such-host.invalid"))).contains("UnknownHostException", "s3.endpoint");
        assertThat(said(Map.of("s3.endpoint", store.endpoint().toString().replace("http", "https")))).contains("http:// or https://");
        try (AssetHost untrusted = new AssetHost(InetAddress.getLoopbackAddress(), TestCertificates.sockets("unknown"))) {
            assertThat(said(Map.of("s3.endpoint", untrusted.url("")))).contains("certificat", "this Java trusts its certificate");
            assertThat(said(Map.of("s3.endpoint", untrusted.url("").replace("https", "http")))).contains("s3.endpoint");
        }
        try (AssetHost page = new AssetHost()) {
            page.file("/there", "text/html", "<html><body>It works!</body></html>".getBytes(StandardCharsets.UTF_8));
            assertThat(said(Map.of("s3.endpoint", page.url("")))).contains("s3.endpoint");
            page.file("/there", "text/plain", "It works!".getBytes(StandardCharsets.UTF_8));
            assertThat(said(Map.of("s3.endpoint", page.url("")))).contains("is no S3", "s3.endpoint");
        }
    }

    @Test
    void twoWaysToGiveCredentialsAreOneTooMany() {
        assertThat(said(Map.of("s3.secret-key", ""))).contains("s3.secret-key only the first has a value");
        assertThat(said(Map.of("s3.profile", "nobody"))).contains("s3.profile", "s3.access-key", "one of them");
    }

    @Test
    void keysProfilesAndTheDefaultChainAreTaken() throws IOException {
        Path credentials = Files.writeString(folder.resolve("credentials"), "[media]\naws_access_key_id = " + store.accessKey() + "\naws_secret_access_key = " + store.secretKey()
                + "\nregion = eu-central-1\n[other]\naws_access_key_id = other\naws_secret_access_key = other-secret\n[half]\naws_access_key_id = other\n[sso]\nsso_session = nobody\nsso_account_id = 1\nsso_role_name = x\n");
        Map<String, String> noKeys = Map.of("s3.access-key", "", "s3.secret-key", "");
        with(Map.of("aws.sharedCredentialsFile", credentials.toString(), "aws.configFile", credentials.toString(), "aws.disableEc2Metadata", "true"), () -> {
            S3Access.open(settings(and(noKeys, "s3.profile", "media"))).close();
            // its region too
            S3Access.open(settings(and(and(noKeys, "s3.profile", "media"), "s3.region", ""))).close();
            assertThat(said(and(noKeys, "s3.profile", "other"))).contains("s3.access-key").doesNotContain("other-secret");
            assertThat(said(and(noKeys, "s3.profile", "nobody"))).contains("'nobody'", "s3.profile");
            assertThat(said(and(noKeys, "s3.profile", "half"))).contains("The profile 'half' of s3.profile", "aws_secret_access_key");
            assertThat(said(and(noKeys, "s3.profile", "sso"))).contains("The profile 'sso' of s3.profile", "SSO", "credential_process");
            assertThat(said(noKeys)).startsWith("There are no credentials for S3.").contains("s3.access-key", "default chain");
        });
        with(Map.of("aws.accessKeyId", store.accessKey(), "aws.secretAccessKey", store.secretKey()), () -> S3Access.open(settings(noKeys)).close());
    }

    private static Map<String, String> and(Map<String, String> some, String key, String value) {
        Map<String, String> all = new HashMap<>(some);
        all.put(key, value);
        return all;
    }

    private static void with(Map<String, String> properties, Runnable work) {
        properties.forEach(System::setProperty);
        try {
            work.run();
        } finally {
            properties.keySet().forEach(System::clearProperty);
        }
    }

    /** One sentence or two, for somebody who reads them once. */
    private String said(Map<String, String> more) {
        Throwable refused = catchThrowable(() -> S3Access.open(settings(more)).close());
        assertThat(refused).as(more.toString()).isInstanceOf(ConfigurationException.class);
        assertThat(refused.getMessage()).doesNotContain("\n", "null", store.secretKey()).endsWith(".").hasSizeLessThan(420);
        return refused.getMessage();
    }

    private void refused(Map<String, String> more, String key) {
        assertThatThrownBy(() -> check(more)).isInstanceOf(ConfigurationException.class).hasMessageContaining(key)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").doesNotContain("wrong-secret"));
    }
}
