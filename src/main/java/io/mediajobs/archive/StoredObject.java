package io.mediajobs.archive;

import io.mediajobs.config.Settings;
import io.mediajobs.store.UploadPart;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * Asks S3 what it has under a key and compares that with what was sent.
 *
 * <p>Always compared is the length. Of S3's own sums the CRC32C of the whole, where it gives one; and the ETag where it is the MD5 of the bytes, or
 * of the parts' MD5s: not so under encryption with KMS or customer keys (S3 API reference, "Object", ETag).
 */
public final class StoredObject {

    /** What a comparison says. */
    enum Likeness {
        /** length and a sum agree */
        SAME,
        /** the length agrees, and there is no sum to compare */
        UNKNOWN,
        /** length or a sum differs */
        OTHER,
        /** there is no such object */
        NONE
    }

    private static final Pattern PLAIN_ETAG = Pattern.compile("[0-9a-f]{32}(-[0-9]+)?");

    private final S3Client s3;
    private final AnsweredSums answered;
    private final String bucket;

    /** @param s3 whose repeating client is asked */
    public StoredObject(Settings settings, S3Access s3) {
        this.s3 = s3.repeating();
        this.answered = s3.sums();
        this.bucket = settings.required("s3.bucket");
    }

    /** Asks S3 unless it has just said, when it took the object, that it has the same. */
    Likeness compare(Sent sent) {
        if (sent.crc32c().equals(answered.take(bucket(sent), sent.key()))) {
            return Likeness.SAME;
        }
        HeadObjectResponse stored;
        try {
            stored = s3.headObject(head -> head.bucket(bucket(sent)).key(sent.key()).checksumMode(ChecksumMode.ENABLED));
        } catch (S3Exception e) {
            // the answer to a HEAD has no body, and so no code
            if (e.statusCode() == 404) {
                return Likeness.NONE;
            }
            throw e;
        }
        if (stored.contentLength() != sent.bytes()) {
            return Likeness.OTHER;
        }
        Boolean sameCrc32c = comparable(stored.checksumCRC32C(), sent.crc32c()) ? stored.checksumCRC32C().equals(sent.crc32c()) : null;
        String etag = stored.eTag() == null ? "" : stored.eTag().replace("\"", "");
        boolean isMd5 = PLAIN_ETAG.matcher(etag).matches() && comparable(etag, sent.etag())
                && stored.serverSideEncryption() != ServerSideEncryption.AWS_KMS && stored.serverSideEncryption() != ServerSideEncryption.AWS_KMS_DSSE
                && stored.sseCustomerAlgorithm() == null;
        Boolean sameETag = isMd5 ? etag.equals(sent.etag()) : null;
        if (Boolean.FALSE.equals(sameCrc32c) || Boolean.FALSE.equals(sameETag)) {
            return Likeness.OTHER;
        }
        return sameCrc32c == null && sameETag == null ? Likeness.UNKNOWN : Likeness.SAME;
    }

    // a sum of the whole says nothing about a sum of sums
    private static boolean comparable(String theirs, String ours) {
        return theirs != null && ours != null && theirs.contains("-") == ours.contains("-");
    }

    /** Whether what was found is what was sent; where there is no sum to go by, it is read back. */
    boolean isSame(Likeness found, Sent sent) {
        return found == Likeness.SAME || found == Likeness.UNKNOWN && readBack(sent) != null;
    }

    /**
     * Reads the object back and compares each part's sum, and that of the whole where it is known.
     *
     * @return its SHA-256 in hex; null if it is another object
     * @throws S3UnavailableException if it cannot be read to its end
     */
    String readBack(Sent sent) {
        MessageDigest sha256 = Digests.digest("SHA-256");
        try (ResponseInputStream<GetObjectResponse> object = s3.getObject(get -> get.bucket(bucket(sent)).key(sent.key()))) {
            boolean same = sameParts(object, parts(sent), sha256) && object.read() < 0;
            if (!same) {
                // closing would read what is left
                object.abort();
                return null;
            }
        } catch (IOException e) {
            throw new S3UnavailableException("Reading " + sent.planned() + " back from S3 failed: " + e, e);
        }
        String read = Digests.hex(sha256);
        return sent.sha256() == null || sent.sha256().equals(read) ? read : null;
    }

    private static List<UploadPart> parts(Sent sent) {
        return sent.upload() == null ? List.of(new UploadPart(1, sent.bytes(), null, null, sent.crc32c())) : sent.upload().parts();
    }

    private static boolean sameParts(InputStream object, List<UploadPart> parts, MessageDigest sha256) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (UploadPart part : parts) {
            CRC32C sum = new CRC32C();
            for (long left = part.bytes(); left > 0; ) {
                int read = object.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (read < 0) {
                    return false;
                }
                sum.update(buffer, 0, read);
                sha256.update(buffer, 0, read);
                left -= read;
            }
            if (!Crc32cSums.text(sum).equals(part.crc32c())) {
                return false;
            }
        }
        return true;
    }

    private String bucket(Sent sent) {
        return sent.upload() == null ? bucket : sent.upload().bucket();
    }
}
