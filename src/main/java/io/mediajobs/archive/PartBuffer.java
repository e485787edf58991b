package io.mediajobs.archive;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The bytes of one part, to be read as often as S3 is sent them. It takes memory as bytes come, and gives it back when it is closed: from then
 * on it has none. Filled by one thread; once it is filled, read by any.
 */
final class PartBuffer implements AutoCloseable {

    private static final int PIECE = PartMemory.PIECE;

    private final PartMemory memory;
    private final int size;
    private final List<ByteBuffer> pieces = new ArrayList<>();
    private int length;

    /** @param size bytes that it takes, at most */
    PartBuffer(PartMemory memory, int size) {
        this.memory = memory;
        this.size = size;
    }

    /** Bytes that it has. */
    int length() {
        return length;
    }

    /** Bytes that it takes yet. */
    int room() {
        return size - length;
    }

    /**
     * Takes the first {@code count} bytes of {@code bytes}.
     *
     * @throws IndexOutOfBoundsException if there is no room for them; then it takes none
     */
    void add(byte[] bytes, int count) {
        Objects.checkFromIndexSize(0, count, Math.min(bytes.length, room()));
        for (int added = 0; added < count; ) {
            if (length == pieces.size() * PIECE) {
                pieces.add(memory.take());
            }
            int at = length % PIECE;
            int now = Math.min(PIECE - at, count - added);
            pieces.get(length / PIECE).put(at, bytes, added, now);
            added += now;
            length += now;
        }
    }

    /** Shows all its bytes, in order. */
    void showTo(Consumer<ByteBuffer> reader) {
        for (int at = 0; at < length; at += PIECE) {
            reader.accept(pieces.get(at / PIECE).slice(0, Math.min(PIECE, length - at)));
        }
    }

    /** Its bytes from the first on. Each stream has a place of its own in them. */
    InputStream stream() {
        return new InputStream() {

            private int position;

            @Override
            public int read() {
                return position == length ? -1 : pieces.get(position / PIECE).get(position++ % PIECE) & 0xFF;
            }

            @Override
            public int read(byte[] target, int from, int most) {
                Objects.checkFromIndexSize(from, most, target.length);
                if (most == 0) {
                    return 0;
                }
                if (position == length) {
                    return -1;
                }
                int at = position % PIECE;
                int count = Math.min(Math.min(most, PIECE - at), length - position);
                pieces.get(position / PIECE).get(at, target, from, count);
                position += count;
                return count;
            }

            @Override
            public int available() {
                return length - position;
            }
        };
    }

    @Override
    public void close() {
        pieces.forEach(memory::giveBack);
        pieces.clear();
        length = 0;
    }
}
