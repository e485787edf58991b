package io.mediajobs.demo.media;

import java.util.List;
import java.util.Objects;

/** Byte arrays one after another. The arrays are shared, not copied: thousands of jobs have the same film and a stamp each. */
public final class JoinedBytes implements Content {

    private final List<byte[]> parts;
    private final long size;

    /** @param parts not to be changed afterwards */
    public JoinedBytes(byte[]... parts) {
        this.parts = List.of(parts);
        this.size = this.parts.stream().mapToLong(part -> part.length).sum();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long position, byte[] into) {
        Objects.checkFromIndexSize(position, into.length, size);
        long partStart = 0;
        for (byte[] part : parts) {
            long from = Math.max(position, partStart);
            long to = Math.min(position + into.length, partStart + part.length);
            if (from < to) {
                System.arraycopy(part, (int) (from - partStart), into, (int) (from - position), (int) (to - from));
            }
            partStart += part.length;
        }
    }
}
