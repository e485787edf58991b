package io.mediajobs.demo.media;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Any number of bytes that are computed when read: word n is SplitMix64 of the seed and n, so any range costs the same and
 * nothing is stored. Not compressible.
 */
public final class GeneratedBytes implements Content {

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final long size;
    private final long seed;

    public GeneratedBytes(long size, long seed) {
        if (size < 0) {
            throw new IllegalArgumentException("size is " + size);
        }
        this.size = size;
        this.seed = seed;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long position, byte[] into) {
        Objects.checkFromIndexSize(position, into.length, size);
        int at = 0;
        while (at < into.length && ((position + at) & 7) != 0) {
            into[at] = byteAt(position + at);
            at++;
        }
        for (long index = (position + at) >>> 3; at + 8 <= into.length; at += 8, index++) {
            WORD.set(into, at, word(index));
        }
        for (; at < into.length; at++) {
            into[at] = byteAt(position + at);
        }
    }

    private byte byteAt(long position) {
        return (byte) (word(position >>> 3) >>> ((position & 7) * 8));
    }

    private long word(long index) {
        long z = seed + (index + 1) * GOLDEN_GAMMA;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
