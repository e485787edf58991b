package io.mediajobs.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mediajobs.config.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

class OptionedS3ClientTest {

    /** Answers each PUT with the sum, or fails where there is none. */
    private static final class Answering implements S3Client {

        private String sum;

        @Override
        public PutObjectResponse putObject(PutObjectRequest request, RequestBody body) {
            if (sum == null) {
                throw SdkClientException.create("the checksum does not match");
            }
            return PutObjectResponse.builder().checksumCRC32C(sum).build();
        }

        @Override
        public String serviceName() {
            return "s3";
        }

        @Override
        public void close() {
            // has nothing
        }
    }

    private final Answering answering = new Answering();
    private final AnsweredSums sums = new AnsweredSums();
    private final S3Client s3 = new OptionedS3Client(answering,
            new ObjectOptions(Settings.load(Path.of("").toAbsolutePath(), List.of(), Map.of(), new Properties(), Map.of())), sums, put -> false, put -> 0);

    private void put(String key, String sum) {
        answering.sum = sum;
        s3.putObject(put -> put.bucket("b").key(key), RequestBody.fromString("x"));
    }

    @Test
    void whatS3AnsweredIsRememberedUntilItIsAskedFor() {
        put("one", "AAAAAA==");
        put("other", "BBBBBA==");

        assertThat(sums.take("b", "one")).isEqualTo("AAAAAA==");
        assertThat(sums.take("b", "one")).isNull();
        assertThat(sums.take("b", "other")).isEqualTo("BBBBBA==");
    }

    @Test
    void aPutThatFailsForgetsWhatS3AnsweredToAnEarlierOne() {
        put("one", "AAAAAA==");
        put("other", "BBBBBA==");

        assertThatThrownBy(() -> put("one", null)).isInstanceOf(SdkClientException.class);

        assertThat(sums.take("b", "one")).isNull();
        assertThat(sums.take("b", "other")).isEqualTo("BBBBBA==");
    }
}
