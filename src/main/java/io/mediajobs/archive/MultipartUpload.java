package io.mediajobs.archive;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * Sends an asset whose length is unknown, or too large for one PUT, in parts, one after the other. It holds one part in memory.
 *
 * <p>This is not camel-aws2-s3's {@code multiPartUpload}, which reads a body of unknown length into memory to count it.
 */
public final class MultipartUpload {

    /** S3 user guide, "Amazon S3 multipart upload limits": 1 to 10,000 parts of 5 MiB to 5 GiB, the last one may be smaller. */
    static final int MOST_PARTS = 10_000;
    static final long SMALLEST_PART = 5L << 20;
    /** A part is a Java array. */
    static final long LARGEST_PART = 1L << 30;
    /** Where the length is unknown, parts of each next thousand are twice as large: 10,000 that begin with 8 MiB hold 3.9 TiB. */
    private static final int PARTS_OF_ONE_SIZE = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(MultipartUpload.class);

    private final S3Client s3;
    private final String bucket;
    private final long partSize;

    /**
     * @param settings {@code archive.part-size} and {@code s3.bucket}
     * @throws ConfigurationException if the size is none that S3 takes
     */
    public MultipartUpload(Settings settings, S3Client s3) {
        this.s3 = s3;
        this.bucket = settings.required("s3.bucket");
        this.partSize = settings.bytes("archive.part-size");
        if (partSize < SMALLEST_PART || partSize > LARGEST_PART) {
            throw new ConfigurationException("The setting archive.part-size is wrong: S3 takes parts of at least 5MB, and more than 1GB is held in no memory.");
        }
    }

    /**
     * Sends the body of {@code download}; what was sent is given up if it fails.
     *
     * @throws AssetUnavailableException if the body cannot be read to its end or is empty
     * @throws SdkException              if S3 fails
     */
    public void upload(Download download) {
        String key = download.getKey();
        String contentType = download.getContentType();
        CreateMultipartUploadRequest request = CreateMultipartUploadRequest.builder().bucket(bucket).key(key).contentType(contentType).build();
        String uploadId = s3.createMultipartUpload(request).uploadId();
        try {
            MessageDigest partDigests = CheckedStream.digest("MD5");
            List<CompletedPart> parts = sendParts(download, key, uploadId, partDigests);
            s3.completeMultipartUpload(complete -> complete.bucket(bucket).key(key).uploadId(uploadId).multipartUpload(all -> all.parts(parts)));
            download.setETag(HexFormat.of().formatHex(partDigests.digest()) + "-" + parts.size());
        } catch (RuntimeException e) {
            abort(key, uploadId, e);
            throw e;
        }
    }

    private List<CompletedPart> sendParts(Download download, String key, String uploadId, MessageDigest partDigests) {
        List<CompletedPart> parts = new ArrayList<>();
        byte[] buffer = new byte[0];
        while (true) {
            int size = partSize(partSize, download.getLength(), parts.size());
            if (buffer.length != size) {
                // the old one may go before the new one comes
                buffer = null;
                buffer = new byte[size];
            }
            int filled = fill(download, buffer);
            if (filled == 0 && parts.isEmpty()) {
                throw new AssetUnavailableException("The host of " + download.getPlanned() + " sent an empty body.");
            }
            if (filled > 0) {
                if (parts.size() == MOST_PARTS) {
                    throw new AssetUnavailableException(download.getPlanned() + " is larger than an object in S3 can be.");
                }
                parts.add(send(key, uploadId, parts.size() + 1, buffer, filled, partDigests));
            }
            if (filled < size) {
                return parts;
            }
        }
    }

    private CompletedPart send(String key, String uploadId, int number, byte[] buffer, int length, MessageDigest partDigests) {
        MessageDigest md5 = CheckedStream.digest("MD5");
        md5.update(buffer, 0, length);
        partDigests.update(md5.digest());
        InputStream part = new ByteArrayInputStream(buffer, 0, length);
        UploadPartResponse sent = s3.uploadPart(request -> request.bucket(bucket).key(key).uploadId(uploadId).partNumber(number)
                .contentLength((long) length), RequestBody.fromInputStream(part, length));
        return CompletedPart.builder().partNumber(number).eTag(sent.eTag())
                .checksumCRC32(sent.checksumCRC32()).checksumCRC32C(sent.checksumCRC32C()).checksumCRC64NVME(sent.checksumCRC64NVME())
                .checksumSHA1(sent.checksumSHA1()).checksumSHA256(sent.checksumSHA256())
                .build();
    }

    private static int fill(Download download, byte[] buffer) {
        try {
            return download.getBody().readNBytes(buffer, 0, buffer.length);
        } catch (IOException e) {
            throw new AssetUnavailableException("The host of " + download.getPlanned() + " broke off: " + e, e);
        }
    }

    /**
     * How large the next part is.
     *
     * @param configured bytes of an ordinary part
     * @param length     of the whole; negative if unknown
     * @param sent       parts before it
     */
    static int partSize(long configured, long length, int sent) {
        long size = length >= 0
                // all of one size, as some stores demand
                ? Math.max(configured, (length + MOST_PARTS - 1) / MOST_PARTS)
                : configured << Math.min(20, sent / PARTS_OF_ONE_SIZE);
        return (int) Math.min(size, LARGEST_PART);
    }

    private void abort(String key, String uploadId, RuntimeException because) {
        try {
            s3.abortMultipartUpload(abort -> abort.bucket(bucket).key(key).uploadId(uploadId));
        } catch (SdkException e) {
            because.addSuppressed(e);
            LOG.warn("An unfinished upload to {} stays in bucket {} because S3 did not take it back: {}", key, bucket, S3Failure.root(e));
        }
    }
}
