package io.mediajobs.archive;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** The digests of an asset that goes to S3 in one PUT. */
final class Digests implements CheckedStream.Tap {

    private final MessageDigest sha256 = digest("SHA-256");
    private final MessageDigest md5 = digest("MD5");
    private final CRC32C crc32c = new CRC32C();

    @Override
    public void bytes(byte[] buffer, int offset, int length) {
        sha256.update(buffer, offset, length);
        md5.update(buffer, offset, length);
        crc32c.update(buffer, offset, length);
    }

    /** Hex; ends the digesting. */
    String sha256() {
        return hex(sha256);
    }

    /** Hex; ends the digesting. */
    String md5() {
        return hex(md5);
    }

    /** As S3 writes it. */
    String crc32c() {
        return Crc32cSums.text(crc32c);
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
