package io.mediajobs.archive;

import java.nio.ByteBuffer;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;

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

    /** @param most bytes that are kept while nobody needs them */
    PartMemory(long most) {
        free = new LinkedBlockingDeque<>((int) Math.max(1, Math.min(Integer.MAX_VALUE, most / PIECE)));
    }

    /** A piece with whatever bytes it had before; nobody else has it until it is given back. */
    ByteBuffer take() {
        ByteBuffer piece = free.pollFirst();
        return piece == null ? ByteBuffer.allocateDirect(PIECE) : piece;
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
