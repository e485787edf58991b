package io.mediajobs.store;

import java.time.Instant;
import java.util.List;

/**
 * An upload in parts that was begun for an asset and is not known to have ended.
 *
 * @param id            ours
 * @param job           row of its job, which may be gone
 * @param attempt       of the job
 * @param position      of the asset in the provider's answer, from 0
 * @param bucket        where it goes
 * @param key           of the object that it becomes
 * @param contentType   of the object
 * @param partSize      bytes of an ordinary part
 * @param sourceUrl     where its bytes come from, without query
 * @param sourceBytes   length that the host announced; null if it did not
 * @param sourceVersion strong ETag, in its quotes, or else the time of last modification; null if the host gave neither, so that
 *                      nobody can tell whether later bytes belong to these
 * @param uploadId      S3's; null if S3 was to be asked for one and its answer is not known
 * @param bytes         length of the whole; null until all parts are in S3
 * @param sha256        of the whole, hex; null until then, and if no one process saw all bytes
 * @param startedAt     by the database's clock
 * @param parts         those that S3 has taken, by number
 */
public record Upload(String id, long job, int attempt, int position, String bucket, String key, String contentType, long partSize,
                     String sourceUrl, Long sourceBytes, String sourceVersion, String uploadId, Long bytes, String sha256,
                     Instant startedAt, List<UploadPart> parts) {

    /** True if all parts are in S3, and nothing but to put them together is missing. */
    public boolean sentAll() {
        return bytes != null;
    }

    /** Bytes of all parts in it. */
    public long partBytes() {
        return parts.stream().mapToLong(UploadPart::bytes).sum();
    }

    /** The same under S3's name. */
    public Upload withUploadId(String name) {
        return new Upload(id, job, attempt, position, bucket, key, contentType, partSize, sourceUrl, sourceBytes, sourceVersion, name, bytes,
                sha256, startedAt, parts);
    }

    /** The same with these parts. */
    public Upload withParts(List<UploadPart> others) {
        return new Upload(id, job, attempt, position, bucket, key, contentType, partSize, sourceUrl, sourceBytes, sourceVersion, uploadId, bytes,
                sha256, startedAt, List.copyOf(others));
    }

    /** The same with all parts sent. */
    public Upload withAllSent(long length, String hash) {
        return new Upload(id, job, attempt, position, bucket, key, contentType, partSize, sourceUrl, sourceBytes, sourceVersion, uploadId, length,
                hash, startedAt, parts);
    }
}
