package io.mediajobs.archive;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import javax.net.ssl.SSLException;
import javax.xml.stream.XMLStreamException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The questions to S3 at the start: is the bucket there, are we let in, and may objects be written as the settings want them.
 *
 * <p>The first lists one key instead of asking for the bucket's head, because an error of a HEAD has no body and so no reason; both need
 * the permission {@code s3:ListBucket}. The second begins an upload in parts and takes it back, which leaves nothing behind and needs
 * no permission that the work does not need.
 */
public final class S3Check {

    private final S3Client s3;
    private final String bucket;
    private final String place;
    private final String probe;
    private final String profile;

    public S3Check(Settings settings, S3Client s3) {
        this.s3 = s3;
        // where credentials are for one prefix only, it is that of the keys
        this.probe = ArchiveKey.of(settings).prefix() + "media-job-routes-start-check";
        this.bucket = settings.required("s3.bucket");
        this.profile = settings.text("s3.profile");
        this.place = settings.has("s3.endpoint") ? settings.required("s3.endpoint") + " (s3.endpoint)" : "AWS";
    }

    /**
     * Whether the bucket is there and lets us in.
     *
     * @throws ConfigurationException with one sentence that names the setting to look at
     */
    public void run() {
        requireCredentials();
        ask("the bucket '" + bucket + "'", "s3:ListBucket", () -> s3.listObjectsV2(ListObjectsV2Request.builder().bucket(bucket).maxKeys(1).build()));
    }

    /**
     * Whether objects may be written as the settings want them.
     *
     * @throws ConfigurationException with one sentence that names the setting to look at
     */
    void write() {
        ask("an object in the bucket '" + bucket + "'", "s3:ListBucketMultipartUploads, s3:PutObject and s3:AbortMultipartUpload", () -> {
            // a start that was killed between the two calls below left one
            s3.listMultipartUploads(list -> list.bucket(bucket).prefix(probe)).uploads().stream().filter(upload -> upload.key().equals(probe))
                    .forEach(upload -> abort(upload.uploadId()));
            abort(s3.createMultipartUpload(create -> create.bucket(bucket).key(probe)).uploadId());
        });
    }

    private static boolean isOrComesFrom(Throwable failure, Class<? extends Throwable> kind) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private void abort(String uploadId) {
        try {
            s3.abortMultipartUpload(abort -> abort.bucket(bucket).key(probe).uploadId(uploadId));
        } catch (S3Exception e) {
            // another node that starts now took it for a leftover
            if (!S3Failure.isWithoutUpload(e)) {
                throw e;
            }
        }
    }

    // by itself, because a profile that is not there or a session that has run out is nothing that the network could be blamed for
    private void requireCredentials() {
        try {
            s3.serviceClientConfiguration().credentialsProvider().resolveIdentity().join();
        } catch (RuntimeException e) {
            // of whatever kind: each way to credentials has its own
            if (profile.isEmpty()) {
                throw new ConfigurationException("There are no credentials for S3. Set s3.access-key and s3.secret-key, or what the AWS default"
                        + " chain looks for (environment, profile, role).", e);
            }
            if (isOrComesFrom(e, ClassNotFoundException.class)) {
                throw new ConfigurationException("The profile '" + profile + "' of s3.profile takes a way to credentials that this program does not know, such as SSO."
                        + " Name one with keys, with a role, or with credential_process = aws configure export-credentials --profile " + profile + ".", e);
            }
            throw new ConfigurationException("The profile '" + profile + "' of s3.profile gives no credentials"
                    + (e instanceof IllegalArgumentException ? " (" + e.getMessage() + ")" : "") + ". It must be in the AWS configuration files of this user with what"
                    + " leads to some: keys, a role or a credential_process.", e);
        }
    }

    /** @param needs the permissions, in the words of AWS */
    private void ask(String what, String needs, Runnable question) {
        try {
            question.run();
        } catch (AwsServiceException e) {
            int status = e.statusCode();
            String code = e.awsErrorDetails() == null || e.awsErrorDetails().errorCode() == null ? "HTTP " + status : e.awsErrorDetails().errorCode();
            // a wrong clock may be set while the program runs, but a start must name it
            if (S3Failure.isPassing(status, e.awsErrorDetails()) && !code.equals("RequestTimeTooSkewed")) {
                throw new ConfigurationException("S3 at " + place + " cannot answer now (" + code + "); start again when it can.", e);
            }
            throw new ConfigurationException("S3 at " + place + " refuses " + what + " (" + code + "): "
                    + S3Failure.advice(status, e.awsErrorDetails()) + "." + (code.equals("AccessDenied") ? " It takes " + needs + "." : ""), e);
        } catch (SdkException e) {
            if (isOrComesFrom(e, XMLStreamException.class)) {
                throw new ConfigurationException("What answers at " + place + " is no S3: its answer is not the XML of one. Check s3.endpoint and s3.path-style.", e);
            }
            String why = "S3 at " + place + " cannot be reached: " + S3Failure.root(e) + ". ";
            throw new ConfigurationException(why + (isOrComesFrom(e, SSLException.class)
                    ? "Check whether s3.endpoint begins with http:// or https:// as the store wants it, and that this Java trusts its certificate."
                    : "Check s3.endpoint, s3.path-style, s3.region and the network."), e);
        }
    }
}
