package io.mediajobs.archive;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.model.Tagging;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/**
 * How objects are written: encryption, storage class, tags, metadata, checksum, and whether one that is there may be written over. The
 * same for one PUT, for parts, and for the manifest. No ACL is ever sent: buckets have them off (S3 user guide, "Controlling ownership").
 */
final class ObjectOptions {

    /** S3 user guide, "Object tagging": ten tags; names of 128 and values of 256 characters. */
    private static final int MOST_TAGS = 10;
    private static final Pattern TAG = Pattern.compile("[\\p{L}\\p{N} +\\-.:=_/@]{1,256}");
    private static final Pattern METADATA_NAME = Pattern.compile("[a-z0-9-]{1,64}");
    private static final Pattern STORAGE_CLASS = Pattern.compile("[A-Z0-9_]+");

    private final ServerSideEncryption encryption;
    private final String kmsKey;
    private final Boolean bucketKey;
    private final String storageClass;
    private final Tagging tags;
    private final Map<String, String> metadata;
    private final boolean checksums;
    private final boolean overwrite;

    /**
     * @param settings {@code s3.encryption}, {@code s3.kms-key}, {@code s3.bucket-key-enabled}, {@code s3.storage-class}, {@code s3.tags},
     *                 {@code s3.metadata}, {@code s3.checksums} and {@code s3.overwrite}
     * @throws ConfigurationException if one of them is wrong
     */
    ObjectOptions(Settings settings) {
        this.encryption = switch (settings.text("s3.encryption")) {
            case "" -> null;
            case "s3" -> ServerSideEncryption.AES256;
            case "kms" -> ServerSideEncryption.AWS_KMS;
            case "kms-dsse" -> ServerSideEncryption.AWS_KMS_DSSE;
            default -> throw new ConfigurationException("The setting s3.encryption is wrong: write s3, kms or kms-dsse, or nothing for what the bucket says.");
        };
        boolean isKms = encryption == ServerSideEncryption.AWS_KMS || encryption == ServerSideEncryption.AWS_KMS_DSSE;
        if (settings.has("s3.kms-key") && !isKms) {
            throw new ConfigurationException("The setting s3.kms-key has a value, but s3.encryption is not kms. Set both, or neither.");
        }
        this.kmsKey = settings.has("s3.kms-key") ? settings.required("s3.kms-key") : null;
        this.bucketKey = encryption == ServerSideEncryption.AWS_KMS && settings.flag("s3.bucket-key-enabled") ? Boolean.TRUE : null;
        this.storageClass = settings.has("s3.storage-class") ? settings.required("s3.storage-class") : null;
        if (storageClass != null && !STORAGE_CLASS.matcher(storageClass).matches()) {
            throw new ConfigurationException("The setting s3.storage-class is wrong: '" + storageClass + "' is no class such as STANDARD_IA.");
        }
        Map<String, String> pairs = pairs(settings, "s3.tags");
        if (pairs.size() > MOST_TAGS || pairs.entrySet().stream().anyMatch(tag -> tag.getKey().length() > 128 || !TAG.matcher(tag.getKey()).matches()
                || !tag.getValue().isEmpty() && !TAG.matcher(tag.getValue()).matches())) {
            throw new ConfigurationException("The setting s3.tags is wrong: S3 takes at most 10 tags, of letters, digits, spaces and + - . : = _ / @.");
        }
        this.tags = pairs.isEmpty() ? null : Tagging.builder()
                .tagSet(pairs.entrySet().stream().map(tag -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build()).toList()).build();
        this.metadata = pairs(settings, "s3.metadata");
        if (metadata.entrySet().stream().anyMatch(each -> !METADATA_NAME.matcher(each.getKey()).matches() || !each.getValue().chars().allMatch(c -> c >= 0x20 && c < 0x7F))) {
            throw new ConfigurationException("The setting s3.metadata is wrong: names are of small letters, digits and -, values of ASCII.");
        }
        this.checksums = switch (settings.required("s3.checksums")) {
            case "when-supported" -> true;
            case "when-required" -> false;
            default -> throw new ConfigurationException("The setting s3.checksums is wrong: write when-supported, or when-required for a store"
                    + " that does not take checksums.");
        };
        this.overwrite = settings.flag("s3.overwrite");
    }

    private static Map<String, String> pairs(Settings settings, String key) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String pair : settings.text(key).split(",")) {
            int equals = pair.indexOf('=');
            if (equals < 1 && !pair.isBlank()) {
                throw new ConfigurationException("The setting " + key + " is wrong: write name=value,name=value.");
            }
            if (equals > 0) {
                pairs.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
            }
        }
        return pairs;
    }

    /** Whether checksums are sent that S3 checks before it stores. */
    boolean checksums() {
        return checksums;
    }

    /** The request with what belongs to it; others as they are. */
    @SuppressWarnings("unchecked")
    <T extends S3Request> T with(T request) {
        if (request instanceof PutObjectRequest put) {
            PutObjectRequest.Builder all = put.toBuilder().checksumAlgorithm(algorithm()).serverSideEncryption(encryption).ssekmsKeyId(kmsKey)
                    .bucketKeyEnabled(bucketKey).storageClass(storageClass).metadata(metadata(put.metadata())).ifNoneMatch(condition(put.key()));
            // no tags given is not the same as none: it would be sent as an empty header
            return (T) (tags == null ? all : all.tagging(tags)).build();
        }
        if (request instanceof CreateMultipartUploadRequest create) {
            CreateMultipartUploadRequest.Builder all = create.toBuilder().checksumAlgorithm(algorithm()).checksumType(type()).serverSideEncryption(encryption)
                    .ssekmsKeyId(kmsKey).bucketKeyEnabled(bucketKey).storageClass(storageClass).metadata(metadata(create.metadata()));
            return (T) (tags == null ? all : all.tagging(tags)).build();
        }
        if (request instanceof UploadPartRequest part) {
            return (T) part.toBuilder().checksumAlgorithm(part.checksumCRC32C() == null ? algorithm() : null).build();
        }
        if (request instanceof CompleteMultipartUploadRequest complete) {
            return (T) complete.toBuilder().ifNoneMatch(condition(complete.key())).build();
        }
        return request;
    }

    private Map<String, String> metadata(Map<String, String> own) {
        Map<String, String> all = new LinkedHashMap<>(own);
        all.putAll(metadata);
        return all;
    }

    private ChecksumAlgorithm algorithm() {
        return checksums ? ChecksumAlgorithm.CRC32_C : null;
    }

    private ChecksumType type() {
        return checksums ? ChecksumType.FULL_OBJECT : null;
    }

    // a manifest says what is there now: the one of a new attempt takes the place of the one before
    private String condition(String key) {
        return overwrite || key.endsWith("/" + ArchiveKey.MANIFEST) ? null : "*";
    }
}
