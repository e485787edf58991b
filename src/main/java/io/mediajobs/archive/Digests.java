package io.mediajobs.archive;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.CRC32;

/** The digests of an asset that goes to S3 in one PUT. */
final class Digests implements CheckedStream.Tap {

    private final MessageDigest sha256 = digest("SHA-256");
    private final MessageDigest md5 = digest("MD5");
    private final CRC32 crc32 = new CRC32();

    @Override
    public void bytes(byte[] buffer, int offset, int length) {
        sha256.update(buffer, offset, length);
        md5.update(buffer, offset, length);
        crc32.update(buffer, offset, length);
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
    String crc32() {
        return base64(crc32);
    }

    static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    static String base64(CRC32 sum) {
        return Base64.getEncoder().encodeToString(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
    }

    static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
