package io.mediajobs.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The JSON-lines file that a node tells its events into, read as it grows. */
final class EventsFile {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private long read;

    EventsFile(Path file) {
        this.file = file;
    }

    /** The whole lines that have come since the last call. */
    synchronized List<String> more() {
        if (!Files.exists(file)) {
            return List.of();
        }
        try (RandomAccessFile lines = new RandomAccessFile(file.toFile(), "r")) {
            if (lines.length() <= read) {
                return List.of();
            }
            lines.seek(read);
            byte[] bytes = new byte[(int) (lines.length() - read)];
            lines.readFully(bytes);
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] != '\n') {
                end--;
            }
            read += end;
            List<String> more = new ArrayList<>(new String(bytes, 0, end, StandardCharsets.UTF_8).lines().toList());
            more.removeIf(String::isEmpty);
            return more;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Makes of the last line what a kill in the middle of its writing would have left: a part of it, or all of it without the line's
     * end. Only while no process has the file, and only if that event is not taken down as published yet.
     *
     * @param keep of the line, in 0 to 1
     * @return false if there is no line
     */
    synchronized boolean tearLastLine(double keep) {
        if (!Files.exists(file)) {
            return false;
        }
        try (RandomAccessFile lines = new RandomAccessFile(file.toFile(), "rw")) {
            long end = lines.length();
            long begin = lastLine(lines);
            if (begin < 0) {
                return false;
            }
            lines.setLength(begin + Math.max(1, Math.round((end - 1 - begin) * keep)));
            read = Math.min(read, begin);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The id of the event in the last line; null if there is none. */
    synchronized String lastId() {
        if (!Files.exists(file)) {
            return null;
        }
        try (RandomAccessFile lines = new RandomAccessFile(file.toFile(), "r")) {
            long begin = lastLine(lines);
            if (begin < 0) {
                return null;
            }
            byte[] line = new byte[(int) (lines.length() - begin)];
            lines.seek(begin);
            lines.readFully(line);
            return JSON.readTree(line).path("id").asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long lastLine(RandomAccessFile lines) throws IOException {
        long at = lines.length() - 1;
        if (at < 0) {
            return -1;
        }
        lines.seek(at);
        if (lines.read() != '\n') {
            return -1;
        }
        while (at > 0) {
            lines.seek(at - 1);
            if (lines.read() == '\n') {
                return at;
            }
            at--;
        }
        return 0;
    }

    /** @throws IOException if it is no JSON */
    static JsonNode parse(String line) throws IOException {
        JsonNode event = JSON.reader().with(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS).readTree(line);
        if (!event.isObject()) {
            throw new IOException("not an object");
        }
        return event;
    }
}
