package io.mediajobs.archive;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;

/**
 * The question to S3 at the start: is the bucket there, and are we let in. It lists one key instead of asking for the bucket's head,
 * because an error of a HEAD has no body and so no reason; both need the permission {@code s3:ListBucket}.
 */
public final class S3Check {

    private final S3Client s3;
    private final String bucket;
    private final String place;

    public S3Check(Settings settings, S3Client s3) {
        this.s3 = s3;
        this.bucket = settings.required("s3.bucket");
        this.place = settings.has("s3.endpoint") ? settings.required("s3.endpoint") + " (s3.endpoint)" : "AWS";
    }

    /** @throws ConfigurationException with one sentence that names the setting to look at */
    public void run() {
        try {
            s3.listObjectsV2(ListObjectsV2Request.builder().bucket(bucket).maxKeys(1).build());
        } catch (AwsServiceException e) {
            int status = e.statusCode();
            String code = e.awsErrorDetails() == null || e.awsErrorDetails().errorCode() == null ? "HTTP " + status : e.awsErrorDetails().errorCode();
            if (status >= 500) {
                throw new ConfigurationException("S3 at " + place + " cannot answer now (" + code + "); start again when it can.", e);
            }
            throw new ConfigurationException("S3 at " + place + " refuses the bucket '" + bucket + "' (" + code + "): "
                    + S3Failure.advice(status, e.awsErrorDetails()) + ".", e);
        } catch (SdkException e) {
            if (S3Failure.isWithoutCredentials(e)) {
                throw new ConfigurationException("There are no credentials for S3. Set s3.access-key and s3.secret-key, or what the AWS default"
                        + " chain looks for (environment, profile, role).", e);
            }
            throw new ConfigurationException("S3 at " + place + " cannot be reached: " + S3Failure.root(e)
                    + ". Check s3.endpoint, s3.region and the network.", e);
        }
    }
}
