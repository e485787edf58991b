package io.mediajobs.archive;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.function.IntFunction;

/**
 * The memory that parts lie in while they are sent, in pieces, for all transfers of the process. It is outside of Java's heap. In it a part
 * costs nearly twice its size: G1 gives an array of more than half a region (1 MB in a small heap) whole regions of its own and takes them back
 * late, and it makes the heap so large that, as a rule, 40 % of it are free ({@code -XX:MinHeapFreeRatio}). What lies outside is given back
 * only when the collector comes across it, and that does not see how large it is; so pieces are kept and used again.
 *
 * <p>How much there may be is Java's {@code -XX:MaxDirectMemorySize}, by default as much as {@code -Xmx}.
 */
final class PartMemory {

    /** Bytes of a piece. */
    static final int PIECE = 64 * 1024;

    private final BlockingDeque<ByteBuffer> free;
    private final IntFunction<ByteBuffer> allocate;

    /** @param most bytes that are kept while nobody needs them */
    PartMemory(long most) {
        this(most, ByteBuffer::allocateDirect);
    }

    /** @param allocate takes so many bytes, for tests */
    PartMemory(long most, IntFunction<ByteBuffer> allocate) {
        this.allocate = allocate;
        free = new LinkedBlockingDeque<>((int) Math.max(1, Math.min(Integer.MAX_VALUE, most / PIECE)));
    }

    /** Bytes that this Java may have outside of its heap, for parts and all else; {@link Long#MAX_VALUE} where it does not say. */
    static long limit() {
        HotSpotDiagnosticMXBean java = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        if (java == null) {
            return Long.MAX_VALUE;
        }
        long set = Long.parseLong(java.getVMOption("MaxDirectMemorySize").getValue());
        return set == 0 ? Runtime.getRuntime().maxMemory() : set;
    }

    /**
     * A piece with whatever bytes it had before; nobody else has it until it is given back.
     *
     * @throws IllegalStateException if Java may take no more
     */
    ByteBuffer take() {
        ByteBuffer piece = free.pollFirst();
        if (piece != null) {
            return piece;
        }
        try {
            return allocate.apply(PIECE);
        } catch (OutOfMemoryError e) {
            // not as its cause: whoever reads the job's error is told the root's message, which names neither setting
            throw new IllegalStateException("Java has no memory left outside of its heap for parts of assets (" + e.getMessage()
                    + "). Give it a larger -XX:MaxDirectMemorySize, or make archive.at-once or archive.parts-at-once smaller.");
        }
    }

    /** @param piece that nobody reads or writes any more */
    void giveBack(ByteBuffer piece) {
        // one too many is left to the collector
        free.offerFirst(piece);
    }

    /** Bytes that are kept and that nobody needs now. */
    long free() {
        return (long) free.size() * PIECE;
    }
}
