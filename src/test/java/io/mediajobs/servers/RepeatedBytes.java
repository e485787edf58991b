package io.mediajobs.servers;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * A file of any size that begins as an MP4 does and goes on with a block of random bytes again and again. The block's length divides no size of
 * a part, so that bytes in a wrong place are other bytes.
 */
public final class RepeatedBytes {

    private static final byte[] BLOCK = new byte[(4 << 20) - 3];
    private static final int CHUNK = 1 << 17;
    /** ISO/IEC 14496-12: the box that says what kind of file this is. */
    private static final byte[] HEAD = HttpInput.ascii("\0\0\0\u0018ftypisom\0\0\u0002\0isomiso2");
    private static final byte[] LINE_END = HttpInput.ascii("\r\n");

    static {
        new Random(1).nextBytes(BLOCK);
    }

    private final long length;
    private final int shift;

    /** @param shift where in the block it begins: files with another shift are others */
    public RepeatedBytes(long length, int shift) {
        this.length = length;
        this.shift = Math.floorMod(shift, BLOCK.length);
    }

    public long length() {
        return length;
    }

    void write(OutputStream out, long from, boolean chunked) throws IOException {
        for (long at = from; at < length; ) {
            boolean head = at < HEAD.length;
            int begin = head ? (int) at : (int) ((at + shift) % BLOCK.length);
            int size = (int) Math.min(Math.min(CHUNK, length - at), (head ? HEAD : BLOCK).length - begin);
            if (chunked) {
                out.write(HttpInput.ascii(Integer.toHexString(size) + "\r\n"));
            }
            out.write(head ? HEAD : BLOCK, begin, size);
            if (chunked) {
                out.write(LINE_END);
            }
            at += size;
        }
        if (chunked) {
            out.write(HttpInput.ascii("0\r\n\r\n"));
        }
    }

    /** CRC32C of the whole. */
    public int crc32c() {
        CRC32C sum = new CRC32C();
        each(sum::update);
        return (int) sum.getValue();
    }

    /** SHA-256 of the whole, in hex. */
    public String sha256() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            each(digest::update);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private interface Sum {
        void update(byte[] bytes, int from, int count);
    }

    private void each(Sum sum) {
        for (long at = 0; at < length; ) {
            boolean head = at < HEAD.length;
            int begin = head ? (int) at : (int) ((at + shift) % BLOCK.length);
            int size = (int) Math.min(length - at, (head ? HEAD : BLOCK).length - begin);
            sum.update(head ? HEAD : BLOCK, begin, size);
            at += size;
        }
    }
}
