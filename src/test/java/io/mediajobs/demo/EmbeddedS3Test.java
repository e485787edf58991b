package io.mediajobs.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import io.mediajobs.demo.media.GeneratedBytes;
import io.mediajobs.demo.s3.EmbeddedS3;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The embedded S3 server with the AWS SDK's own client: what the class says of it. */
class EmbeddedS3Test {

    private static final String BUCKET = "media";
    private static final int PART = 5 << 20;

    @TempDir
    private static Path folder;
    private static EmbeddedS3 s3;

    @BeforeAll
    static void start() {
        s3 = EmbeddedS3.start(folder);
        s3.createBucket(BUCKET);
    }

    @AfterAll
    static void stop() {
        s3.close();
    }

    @Test
    void listensOnTheLoopbackAddressOnly() {
        assertThat(s3.endpoint().getHost()).isEqualTo("127.0.0.1");
    }

    @ParameterizedTest
    @EnumSource(RequestChecksumCalculation.class)
    void putIsAFileWithLengthTypeAndMd5(RequestChecksumCalculation checksums) throws Exception {
        byte[] bytes = new GeneratedBytes(300_000, 1).bytes();
        String key = "productai/job 1/" + checksums + ".jpg";
        try (S3Client client = client(s3.secretKey(), checksums)) {
            client.putObject(put -> put.bucket(BUCKET).key(key).contentType("image/jpeg").metadata(Map.of("job", "1")),
                    RequestBody.fromBytes(bytes));

            HeadObjectResponse head = client.headObject(request -> request.bucket(BUCKET).key(key));
            assertThat(head.contentLength()).isEqualTo(bytes.length);
            assertThat(head.contentType()).isEqualTo("image/jpeg");
            assertThat(head.metadata()).containsExactly(Map.entry("job", "1"));
            assertThat(head.eTag()).isEqualTo('"' + md5(bytes) + '"');
            assertThat(client.getObjectAsBytes(get -> get.bucket(BUCKET).key(key)).asByteArray()).isEqualTo(bytes);
        }
        assertThat(Files.readAllBytes(folder.resolve(BUCKET).resolve(key))).isEqualTo(bytes);
    }

    @Test
    void multipart() throws Exception {
        var content = new GeneratedBytes(2L * PART + 17, 2);
        try (S3Client client = client()) {
            String upload = client.createMultipartUpload(create -> create.bucket(BUCKET).key("big/video.mp4")
                    .contentType("video/mp4")).uploadId();
            assertThat(client.listMultipartUploads(list -> list.bucket(BUCKET)).uploads())
                    .anySatisfy(each -> assertThat(each.uploadId()).isEqualTo(upload));
            List<CompletedPart> parts = new ArrayList<>();
            for (int number = 1; number <= 3; number++) {
                int part = number;
                long from = (long) PART * (part - 1);
                byte[] bytes = new byte[(int) Math.min(PART, content.size() - from)];
                content.read(from, bytes);
                String etag = client.uploadPart(request -> request.bucket(BUCKET).key("big/video.mp4").uploadId(upload)
                        .partNumber(part), RequestBody.fromBytes(bytes)).eTag();
                parts.add(CompletedPart.builder().partNumber(part).eTag(etag).build());
            }
            assertThat(client.listParts(list -> list.bucket(BUCKET).key("big/video.mp4").uploadId(upload)).parts()).hasSize(3);

            client.completeMultipartUpload(complete -> complete.bucket(BUCKET).key("big/video.mp4").uploadId(upload)
                    .multipartUpload(all -> all.parts(parts)));

            HeadObjectResponse head = client.headObject(request -> request.bucket(BUCKET).key("big/video.mp4"));
            assertThat(head.contentType()).isEqualTo("video/mp4");
            assertThat(head.eTag()).endsWith("-3\"");
        }
        byte[] file = Files.readAllBytes(folder.resolve(BUCKET).resolve("big/video.mp4"));
        assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file))).isEqualTo(content.sha256());
    }

    @Test
    void abortedMultipartLeavesNothing() {
        try (S3Client client = client()) {
            String upload = client.createMultipartUpload(create -> create.bucket(BUCKET).key("aborted")).uploadId();
            client.uploadPart(request -> request.bucket(BUCKET).key("aborted").uploadId(upload).partNumber(1),
                    RequestBody.fromString("x"));
            client.abortMultipartUpload(abort -> abort.bucket(BUCKET).key("aborted").uploadId(upload));

            assertThat(client.listMultipartUploads(list -> list.bucket(BUCKET)).uploads())
                    .noneSatisfy(each -> assertThat(each.key()).isEqualTo("aborted"));
        }
        assertThat(folder.resolve(BUCKET).resolve("aborted")).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(RequestChecksumCalculation.class)
    void wrongSecretIsRefused(RequestChecksumCalculation checksums) {
        try (S3Client client = client("wrong", checksums)) {
            assertThatThrownBy(() -> client.putObject(put -> put.bucket(BUCKET).key("refused"), RequestBody.fromString("x")))
                    .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(403));
        }
        assertThat(folder.resolve(BUCKET).resolve("refused")).doesNotExist();
    }

    @Test
    void noCredentialsAreRefused() throws Exception {
        try (S3Client client = client()) {
            client.putObject(put -> put.bucket(BUCKET).key("private"), RequestBody.fromString("x"));
        }

        assertThat(Client.get(s3.endpoint() + "/" + BUCKET + "/private").statusCode()).isEqualTo(403);
        assertThat(Client.get(s3.endpoint() + "/" + BUCKET).statusCode()).isEqualTo(403);
    }

    @Test
    void wrongChecksumIsRefused() {
        String wrong = Base64.getEncoder().encodeToString(new byte[32]);
        try (S3Client client = client()) {
            assertThatThrownBy(() -> client.putObject(put -> put.bucket(BUCKET).key("damaged").checksumSHA256(wrong),
                    RequestBody.fromString("x")))
                    .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(400));
        }
        assertThat(folder.resolve(BUCKET).resolve("damaged")).doesNotExist();
    }

    @Test
    void ifNoneMatchKeepsWhatIsThere() throws Exception {
        try (S3Client client = client()) {
            client.putObject(put -> put.bucket(BUCKET).key("once").ifNoneMatch("*"), RequestBody.fromString("first"));

            assertThatThrownBy(() -> client.putObject(put -> put.bucket(BUCKET).key("once").ifNoneMatch("*"),
                    RequestBody.fromString("second")))
                    .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(412));
        }
        assertThat(folder.resolve(BUCKET).resolve("once")).hasContent("first");
    }

    private static S3Client client() {
        return client(s3.secretKey(), RequestChecksumCalculation.WHEN_SUPPORTED);
    }

    private static S3Client client(String secretKey, RequestChecksumCalculation checksums) {
        return S3Client.builder().endpointOverride(s3.endpoint()).region(Region.US_EAST_1).forcePathStyle(true)
                .requestChecksumCalculation(checksums)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(s3.accessKey(), secretKey)))
                .build();
    }

    private static String md5(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    }
}
