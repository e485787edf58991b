package io.mediajobs.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32;

/**
 * The body of an asset on its way: counts and digests what passes, and fails where the body is shorter or longer than its host said.
 * It remembers a failure of its own, because S3's client reports that as if S3 had failed. Cannot be read twice.
 */
final class CheckedStream extends FilterInputStream {

    private final long expected;
    private final MessageDigest sha256 = digest("SHA-256");
    private final MessageDigest md5 = digest("MD5");
    private final CRC32 crc32 = new CRC32();
    private long count;
    private IOException failure;

    /** @param expected bytes that the host said; negative if it did not */
    CheckedStream(InputStream body, long expected) {
        super(body);
        this.expected = expected;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        try {
            int read = in.read(buffer, offset, length);
            if (read < 0) {
                if (expected >= 0 && count < expected) {
                    throw new IOException("the body ended after " + count + " of " + expected + " bytes");
                }
                return read;
            }
            count += read;
            if (expected >= 0 && count > expected) {
                throw new IOException("the body is longer than the " + expected + " bytes that were announced");
            }
            sha256.update(buffer, offset, read);
            md5.update(buffer, offset, read);
            crc32.update(buffer, offset, read);
            return read;
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public long skip(long bytes) throws IOException {
        // a byte that is skipped is not digested
        long left = bytes;
        byte[] buffer = new byte[8192];
        while (left > 0) {
            int read = read(buffer, 0, (int) Math.min(left, buffer.length));
            if (read < 0) {
                break;
            }
            left -= read;
        }
        return bytes - left;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    @Override
    public void close() {
        // whoever opened the download closes it; S3's client would read the rest of a body that it closes
    }

    /** Why the body could not be read; null if it could. */
    IOException failure() {
        return failure;
    }

    /** Bytes that passed so far. */
    long count() {
        return count;
    }

    /** True if all announced bytes passed; for a body without announced length only whoever read its end knows. */
    boolean isComplete() {
        return failure == null && (expected < 0 || count == expected);
    }

    /** Hex, of what passed; ends the digesting. */
    String sha256() {
        return HexFormat.of().formatHex(sha256.digest());
    }

    /** Of what passed; ends the digesting. */
    byte[] md5() {
        return md5.digest();
    }

    int crc32() {
        return (int) crc32.getValue();
    }

    static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
