package io.mediajobs.store;

/**
 * A part of an upload that S3 has taken.
 *
 * @param number from 1
 * @param bytes  its length
 * @param etag   as S3 answered
 * @param md5    of its bytes, hex; null if S3 named the checksum of what it took
 * @param crc32c of its bytes, Base64 as S3 writes it
 */
public record UploadPart(int number, long bytes, String etag, String md5, String crc32c) {
}
