package io.mediajobs.demo.media;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Bytes of a known number that can be read at any place and read the same every time. Safe for any number of threads. */
public interface Content {

    /** Number of bytes. */
    long size();

    /**
     * Fills the whole of {@code into} with the bytes from {@code position} on.
     *
     * @throws IndexOutOfBoundsException when the content ends before {@code into} is full
     */
    void read(long position, byte[] into);

    /** SHA-256 of all bytes in hex; reads them all, in constant memory. */
    default String sha256() {
        MessageDigest digest = newSha256();
        long size = size();
        byte[] chunk = new byte[(int) Math.min(size, 1 << 16)];
        for (long at = 0; at < size; at += chunk.length) {
            if (size - at < chunk.length) {
                chunk = new byte[(int) (size - at)];
            }
            read(at, chunk);
            digest.update(chunk);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** All bytes; for content that fits into memory. */
    default byte[] bytes() {
        byte[] all = new byte[Math.toIntExact(size())];
        read(0, all);
        return all;
    }

    /** A fresh SHA-256. */
    static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
