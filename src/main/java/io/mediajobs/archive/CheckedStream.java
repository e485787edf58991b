package io.mediajobs.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * The body of one answer of an asset's host: counts what passes, shows it to whoever digests it, and fails where the body is shorter or
 * longer than its host said, or the transfer breaks a limit. It remembers a failure of its own, because S3's client reports that as if
 * S3 had failed. Cannot be read twice.
 */
final class CheckedStream extends FilterInputStream {

    /** Sees the bytes that pass, in order. */
    interface Tap {
        void bytes(byte[] buffer, int offset, int length);
    }

    private final long offset;
    private final long expected;
    private final TransferWatch watch;
    private final Tap tap;
    private final UnaryOperator<IOException> told;
    private long count;
    private byte[] ahead = new byte[0];
    private int served;
    private Exception failure;

    /**
     * @param offset   bytes of the asset before this body
     * @param expected bytes that the host said this body has; negative if it did not
     * @param told     what may be said of a failure to read: it may quote the host, and the host its URL
     */
    CheckedStream(InputStream body, long offset, long expected, TransferWatch watch, Tap tap, UnaryOperator<IOException> told) {
        super(body);
        this.offset = offset;
        this.expected = expected;
        this.watch = watch;
        this.tap = tap;
        this.told = told;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int at, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (served < ahead.length) {
            int again = Math.min(length, ahead.length - served);
            System.arraycopy(ahead, served, buffer, at, again);
            served += again;
            return again;
        }
        return readOn(buffer, at, length);
    }

    /**
     * The first bytes, before any are read; they are read once more afterwards.
     *
     * @param most bytes; fewer come only if the body has fewer
     */
    byte[] peek(int most) throws IOException {
        byte[] first = new byte[most];
        int filled = 0;
        for (int read = 0; read >= 0 && filled < most && (expected < 0 || count < expected); filled += Math.max(0, read)) {
            read = readOn(first, filled, most - filled);
        }
        ahead = Arrays.copyOf(first, filled);
        return ahead;
    }

    private int readOn(byte[] buffer, int at, int length) throws IOException {
        try {
            long since = watch.nanos();
            int read = in.read(buffer, at, length);
            if (read < 0) {
                if (expected >= 0 && count < expected) {
                    throw new IOException("the body ended after " + (offset + count) + " of " + (offset + expected) + " bytes");
                }
                return read;
            }
            count += read;
            if (expected >= 0 && count > expected) {
                throw new IOException("the body is longer than the " + (offset + expected) + " bytes that were announced");
            }
            watch.size(offset + count);
            watch.read(since, read);
            tap.bytes(buffer, at, read);
            return read;
        } catch (IOException e) {
            IOException clean = told.apply(e);
            failure = clean;
            throw clean;
        } catch (ArchiveException e) {
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
    Exception failure() {
        return failure;
    }

    /** Bytes that came so far. */
    long count() {
        return count;
    }

    /** True if all announced bytes passed; for a body without announced length only whoever read its end knows. */
    boolean isComplete() {
        return failure == null && served == ahead.length && (expected < 0 || count == expected);
    }
}
