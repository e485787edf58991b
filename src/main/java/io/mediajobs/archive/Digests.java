package io.mediajobs.archive;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** The digests of an asset that goes to S3 in one PUT. */
final class Digests implements CheckedStream.Tap {

    private final MessageDigest sha256 = digest("SHA-256");
    private final MessageDigest md5;
    private final CRC32C crc32c = new CRC32C();

    /** @param withMd5 whether S3 will be asked for an ETag that is an MD5; it takes longer than the two others together */
    Digests(boolean withMd5) {
        md5 = withMd5 ? digest("MD5") : null;
    }

    @Override
    public void bytes(byte[] buffer, int offset, int length) {
        sha256.update(buffer, offset, length);
        if (md5 != null) {
            md5.update(buffer, offset, length);
        }
        crc32c.update(buffer, offset, length);
    }

    /** Hex; ends the digesting. */
    String sha256() {
        return hex(sha256);
    }

    /** Hex, or null if it is not asked for; ends the digesting. */
    String md5() {
        return md5 == null ? null : hex(md5);
    }

    /** As S3 writes it. */
    String crc32c() {
        return Crc32cSums.text(crc32c);
    }

    /** Hex. */
    static String md5(PartBuffer part) {
        MessageDigest md5 = digest("MD5");
        part.showTo(md5::update);
        return hex(md5);
    }

    static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
