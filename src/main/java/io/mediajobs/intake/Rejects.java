package io.mediajobs.intake;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The lines of one file that were not taken, as they were, and a second file with the reasons. Both appear when all is written, so
 * that what a crash leaves behind is not taken for the whole.
 */
final class Rejects implements AutoCloseable {

    private final Path folder;
    private final String name;
    private final Path unfinishedLines;
    private final Path unfinishedReasons;
    private RawLines.Line header;
    private OutputStream lines;
    private OutputStream reasons;
    private long count;

    Rejects(Path folder, String name) {
        this.folder = folder;
        this.name = name;
        this.unfinishedLines = folder.resolve(".lines.part");
        this.unfinishedReasons = folder.resolve(".reasons.part");
    }

    void add(RawLines.Line line, Result.Refused why) throws IOException {
        keep(line);
        reasons.write(("line " + line.number() + ": " + why.sentence() + "\n").getBytes(StandardCharsets.UTF_8));
        count++;
    }

    /** Begins the rejected lines, if there will be any, with the header of a CSV, so that they can be dropped into the inbox again. */
    void header(RawLines.Line line) {
        header = line;
    }

    /** Keeps a line that goes with one before, for the same reason. */
    void keep(RawLines.Line line) throws IOException {
        if (lines == null) {
            Files.createDirectories(folder);
            lines = new BufferedOutputStream(Files.newOutputStream(unfinishedLines));
            reasons = new BufferedOutputStream(Files.newOutputStream(unfinishedReasons));
            if (header != null) {
                write(header);
            }
        }
        write(line);
    }

    private void write(RawLines.Line line) throws IOException {
        lines.write(line.bytes());
        lines.write('\n');
    }

    long count() {
        return count;
    }

    /** @return the file with the lines; null if there are none */
    Path finish() throws IOException {
        close();
        if (lines == null) {
            return null;
        }
        Path target = FreeName.in(folder, name);
        Files.move(unfinishedReasons, target.resolveSibling(target.getFileName() + ".reasons"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(unfinishedLines, target);
        return target;
    }

    @Override
    public void close() throws IOException {
        if (lines != null) {
            try (OutputStream first = lines; OutputStream second = reasons) {
                first.flush();
                second.flush();
            }
        }
    }
}
