package io.mediajobs.archive;

import io.mediajobs.config.Settings;
import io.mediajobs.store.Upload;
import io.mediajobs.store.UploadPart;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** The calls to S3 about uploads in parts. What they throw is S3's {@link SdkException}. */
public final class S3Multipart {

    /** How far S3's clock may be from the database's. */
    private static final Duration CLOCKS = Duration.ofMinutes(15);

    private static final int NO_CONTENT = 204;

    private final S3Client once;
    private final S3Client repeating;
    private final String bucket;
    private final boolean checksums;

    /**
     * @param once      asks once
     * @param repeating asks again after a failure that may pass
     */
    public S3Multipart(Settings settings, S3Client once, S3Client repeating) {
        this.once = once;
        this.repeating = repeating;
        this.checksums = new ObjectOptions(settings).checksums();
        this.bucket = settings.required("s3.bucket");
    }

    /** The bucket that uploads begun now go to. */
    String bucket() {
        return bucket;
    }

    /** Begins the upload; asked once, because each time S3 is asked it begins another. */
    String create(Upload upload) {
        return once.createMultipartUpload(create -> create.bucket(upload.bucket()).key(upload.key()).contentType(upload.contentType())
                .contentDisposition(MediaTypes.disposition(upload.contentType()))).uploadId();
    }

    /**
     * Sends a part; a repetition sends the same bytes. Its sum goes before it and not behind it: that takes no encoding of the body of its own.
     *
     * @throws S3UnavailableException if S3 says that it has other bytes, or does not say that it has any
     */
    UploadPart send(Upload upload, int number, PartBuffer buffer, String crc32c) {
        long length = buffer.length();
        UploadPartResponse sent = repeating.uploadPart(part -> part.bucket(upload.bucket()).key(upload.key()).uploadId(upload.uploadId())
                        .partNumber(number).contentLength(length).checksumCRC32C(checksums ? crc32c : null),
                RequestBody.fromContentProvider(buffer::stream, length, "application/octet-stream"));
        if (sent.checksumCRC32C() != null && !sent.checksumCRC32C().equals(crc32c)) {
            throw new S3UnavailableException("S3 has other bytes of part " + number + " of " + upload.key() + " than were sent.");
        }
        if (sent.eTag() == null) {
            throw new S3UnavailableException("S3 was sent part " + number + " of " + upload.key() + " and did not say that it has it.");
        }
        // a store that names no checksum has ETags that are MD5s, as a rule; otherwise it need not be found out
        return new UploadPart(number, length, sent.eTag(), sent.checksumCRC32C() == null ? Digests.md5(buffer) : null, crc32c);
    }

    /** The parts that S3 has, by number. */
    Map<Integer, Part> parts(Upload upload) {
        return parts(upload, upload.uploadId());
    }

    private Map<Integer, Part> parts(Upload upload, String uploadId) {
        Map<Integer, Part> parts = new HashMap<>();
        repeating.listPartsPaginator(list -> list.bucket(upload.bucket()).key(upload.key()).uploadId(uploadId)).parts()
                .forEach(part -> parts.put(part.partNumber(), part));
        return parts;
    }

    /** @throws SdkException also if there is such an object and none is written over */
    void complete(Upload upload) {
        String whole = checksums ? Crc32cSums.ofWhole(upload.parts()) : null;
        List<CompletedPart> parts = upload.parts().stream().map(part -> CompletedPart.builder().partNumber(part.number()).eTag(part.etag())
                .checksumCRC32C(checksums ? part.crc32c() : null).build()).toList();
        repeating.completeMultipartUpload(complete -> complete.bucket(upload.bucket()).key(upload.key()).uploadId(upload.uploadId())
                .checksumCRC32C(whole).checksumType(whole == null ? null : ChecksumType.FULL_OBJECT).multipartUpload(all -> all.parts(parts)));
    }

    /** Takes the upload back; one that S3 does not know is taken back already. */
    void abort(Upload upload) {
        abort(upload, upload.uploadId());
    }

    void abort(Upload upload, String uploadId) {
        try {
            var answer = repeating.abortMultipartUpload(abort -> abort.bucket(upload.bucket()).key(upload.key()).uploadId(uploadId));
            if (answer.sdkHttpResponse().statusCode() != NO_CONTENT) {
                // there are proxies that answer 200 to what was not done; if it was, this says that there is no such upload
                parts(upload, uploadId);
                throw SdkClientException.create("S3 answered HTTP " + answer.sdkHttpResponse().statusCode() + " and has it still");
            }
        } catch (SdkException e) {
            if (!S3Failure.isWithoutUpload(e) && !(e instanceof NoSuchBucketException)) {
                throw e;
            }
        }
    }

    /**
     * Names of unfinished uploads to exactly this key that were begun since this one was to begin: of those, one may be the answer that
     * never came. Uploads to other keys, and older ones, are somebody else's.
     */
    List<String> strays(Upload upload) {
        return repeating.listMultipartUploadsPaginator(list -> list.bucket(upload.bucket()).prefix(upload.key())).uploads().stream()
                .filter(each -> each.key().equals(upload.key()))
                .filter(each -> each.initiated() == null || each.initiated().isAfter(upload.startedAt().minus(CLOCKS)))
                .map(MultipartUpload::uploadId).toList();
    }

    /** S3 user guide, "Checking object integrity": an ETag of parts is the MD5 of their MD5s and their number. Null if not all are known. */
    static String etag(List<UploadPart> parts) {
        if (parts.stream().anyMatch(part -> part.md5() == null)) {
            return null;
        }
        var all = Digests.digest("MD5");
        parts.forEach(part -> all.update(HexFormat.of().parseHex(part.md5())));
        return Digests.hex(all) + "-" + parts.size();
    }
}
