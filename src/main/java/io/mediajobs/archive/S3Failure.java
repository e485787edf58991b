package io.mediajobs.archive;

import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Says what a failure of S3 means: whether another try may help, and why in words. */
final class S3Failure {

    private S3Failure() {
    }

    /** @param what that failed, as the beginning of a sentence: "Writing key x" */
    static ArchiveException of(String what, SdkException failure) {
        if (failure instanceof AwsServiceException answer && answer.statusCode() > 0) {
            int status = answer.statusCode();
            AwsErrorDetails details = answer.awsErrorDetails();
            String code = details == null || details.errorCode() == null ? "HTTP " + status : details.errorCode() + ", HTTP " + status;
            if (isPassing(status, details)) {
                return new S3UnavailableException(what + " failed in S3 (" + code + ").", failure);
            }
            return new S3DeniedException(what + " was refused by S3 (" + code + "): " + advice(status, details) + ".", failure);
        }
        if (isWithoutCredentials(failure)) {
            return new S3DeniedException(what + " failed: there are no credentials for S3; set s3.access-key and s3.secret-key, or what the"
                    + " AWS default chain looks for.", failure);
        }
        return new S3UnavailableException(what + " failed, S3 did not answer: " + root(failure), failure);
    }

    /** True where nothing was sent because no credentials were found. */
    static boolean isWithoutCredentials(Throwable failure) {
        return String.valueOf(failure.getMessage()).contains("Unable to load credentials");
    }

    /** True where S3 does not know the upload, or not its parts: it was completed or taken back. */
    static boolean isWithoutUpload(SdkException failure) {
        String code = failure instanceof AwsServiceException answer && answer.awsErrorDetails() != null ? answer.awsErrorDetails().errorCode() : null;
        return "NoSuchUpload".equals(code) || "InvalidPart".equals(code) || "InvalidPartOrder".equals(code) || "EntityTooSmall".equals(code);
    }

    /** True where a 404 is about the bucket and not about a key. */
    static boolean isAboutBucket(AwsServiceException failure) {
        return failure.awsErrorDetails() != null && "NoSuchBucket".equals(failure.awsErrorDetails().errorCode());
    }

    /** True where S3 has an object with this key and was not to write over it. */
    static boolean isThereAlready(SdkException failure) {
        return failure instanceof AwsServiceException answer && answer.statusCode() == 412;
    }

    /** @param found what there is in place of what was sent */
    static ArchiveException thereAlready(Sent sent, StoredObject.Likeness found, SdkException failure) {
        if (found == StoredObject.Likeness.NONE) {
            return new S3UnavailableException("S3 did not take " + sent.planned() + " because of another object at " + sent.key() + ", which is not there any more; it is sent again.",
                    failure);
        }
        return new ObjectExistsException("There is another object at " + sent.key() + " already, and s3.overwrite is false: move it away, then retry the job.", failure);
    }

    static String advice(int status, AwsErrorDetails details) {
        String code = details == null || details.errorCode() == null ? "" : details.errorCode();
        return switch (code) {
            case "NoSuchBucket" -> "the bucket of s3.bucket does not exist";
            case "InvalidAccessKeyId" -> "it does not know the access key of s3.access-key, s3.profile or the AWS default chain";
            case "SignatureDoesNotMatch" -> "the secret key of s3.secret-key, s3.profile or the AWS default chain does not belong to the access key";
            case "ExpiredToken", "TokenRefreshRequired", "InvalidToken" -> "the credentials have expired";
            case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException" -> "the bucket is in another region than s3.region" + region(details);
            case "KMS.NotFoundException", "KMS.DisabledException", "KMS.InvalidStateException", "KMSInvalidStateException", "KMS.KMSInvalidStateException" ->
                    "the key of s3.kms-key does not exist, is disabled or in another region";
            case "KMS.AccessDeniedException" -> "the credentials may not use the key of s3.kms-key";
            case "InvalidStorageClass" -> "it does not know the class of s3.storage-class";
            case "InvalidTag" -> "it does not take the tags of s3.tags";
            case "AccessControlListNotSupported" -> "the bucket takes no access control lists, and something added one";
            case "RequestTimeTooSkewed" -> "the clock of this machine is wrong";
            case "NotImplemented" -> "it cannot do what s3.encryption, s3.storage-class, s3.tags, s3.checksums or s3.overwrite=false ask for";
            case "AccessDenied", "AllAccessDisabled" -> "the credentials may not do this in the bucket of s3.bucket";
            default -> status == 301 ? "the bucket is in another region than s3.region" + region(details) + ", or s3.path-style is wrong"
                    : status == 403 ? "the credentials are wrong or may not do this in the bucket of s3.bucket"
                    : status == 404 ? "the bucket of s3.bucket does not exist"
                    : "see the settings of S3";
        };
    }

    // AWS names it, S3-compatible stores need not
    private static String region(AwsErrorDetails details) {
        return Optional.ofNullable(details).map(AwsErrorDetails::sdkHttpResponse).flatMap(answer -> answer.firstMatchingHeader("x-amz-bucket-region"))
                .filter(region -> region.matches("[a-z0-9-]{1,30}")).map(region -> ", in " + region).orElse("");
    }

    /** True where another try may help. S3 also answers 200 and says in the body that it failed (API reference, "CompleteMultipartUpload"). */
    static boolean isPassing(int status, AwsErrorDetails details) {
        return status < 300 || status >= 500 && status != 501 || status == 408 || status == 429 || status == 409 || isPassing(details);
    }

    // 400 answers that are not about the request: the connection was too slow or cut, or what arrived was not what was sent
    private static boolean isPassing(AwsErrorDetails details) {
        String code = details == null || details.errorCode() == null ? "" : details.errorCode();
        return switch (code) {
            case "RequestTimeout", "IncompleteBody", "BadDigest", "XAmzContentChecksumMismatch", "XAmzContentSHA256Mismatch", "NoSuchUpload",
                    "InvalidPart", "InvalidPartOrder", "RequestTimeTooSkewed" -> true;
            default -> false;
        };
    }

    static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root.toString();
    }
}
