package io.mediajobs.events;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of JSON lines that events are told into. When {@link #append} returns, the line is on disk; and every line is whole, also
 * after a kill or a full disk in the middle of one. Camel's {@code file:} with {@code appendChars} writes a line and its end one after
 * the other, so that a kill in between puts the next event on the same line.
 */
public final class JsonLinesFile {

    private static final Logger LOG = LoggerFactory.getLogger(JsonLinesFile.class);
    private static final int BLOCK = 8192;

    private final Path file;

    /** @param file made with its folder when the first line comes; it may be moved away at any time, as log rotation does */
    public JsonLinesFile(Path file) {
        this.file = file;
    }

    /**
     * Appends a line and its end. What stands behind the last end of a line is cut off before: nobody was told that it was written, so
     * it is written again.
     *
     * @param line JSON without line breaks
     */
    public synchronized void append(String line) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long end = endOfLastLine(channel);
            if (end < channel.size()) {
                LOG.warn("{} ends with {} bytes of a line that was not written to its end; they are cut off", file, channel.size() - end);
                channel.truncate(end);
            }
            channel.position(end);
            ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(false);
        }
    }

    /** Position behind the last line break; 0 if there is none. */
    private static long endOfLastLine(FileChannel channel) throws IOException {
        long end = channel.size();
        while (end > 0) {
            long begin = Math.max(0, end - BLOCK);
            ByteBuffer block = ByteBuffer.allocate((int) (end - begin));
            while (block.hasRemaining() && channel.read(block, begin + block.position()) > 0) {
                // the rest of the block
            }
            for (int i = block.position() - 1; i >= 0; i--) {
                if (block.get(i) == '\n') {
                    return begin + i + 1;
                }
            }
            end = begin;
        }
        return 0;
    }
}
