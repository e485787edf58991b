package io.mediajobs.archive;

import io.mediajobs.job.Job;
import io.mediajobs.store.Upload;
import java.time.Duration;

/**
 * An asset as it was sent to S3.
 *
 * @param planned     which asset
 * @param key         of the object
 * @param contentType of the object
 * @param bytes       length
 * @param sha256      hex; null if no one process saw all bytes
 * @param etag        that S3 gives these bytes, where it makes ETags of MD5s
 * @param crc32c      of all bytes, as S3 writes it
 * @param upload      with the parts it went in; null for one PUT
 * @param startedAt   by {@link System#nanoTime()}
 */
public record Sent(Job job, PlannedAsset planned, String key, String contentType, long bytes, String sha256, String etag, String crc32c,
                   Upload upload, long startedAt) {

    /** The same with its hash. */
    Sent withSha256(String hash) {
        return new Sent(job, planned, key, contentType, bytes, hash, etag, crc32c, upload, startedAt);
    }

    Duration took() {
        return Duration.ofNanos(System.nanoTime() - startedAt);
    }

    @Override
    public String toString() {
        return planned + " to " + key;
    }
}
