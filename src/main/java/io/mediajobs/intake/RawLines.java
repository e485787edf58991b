package io.mediajobs.intake;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The lines of a file as bytes, ended by LF or CRLF, without a byte order mark before the first; memory for one line at a time. */
final class RawLines implements AutoCloseable {

    /** Bytes; the longest registration, with every character escaped, is shorter. */
    static final int LONGEST = 256 * 1024;

    private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final InputStream in;
    private long number;

    /**
     * @param number counts from 1
     * @param bytes  without the line's end; only its beginning if it is not whole
     * @param whole  false if it is longer than {@link #LONGEST}
     */
    record Line(long number, byte[] bytes, boolean whole) {

        boolean isBlank() {
            for (byte b : bytes) {
                if (b != ' ' && b != '\t') {
                    return false;
                }
            }
            return true;
        }

        /** @throws RefusedException if it is too long or not UTF-8 */
        String text() throws RefusedException {
            if (!whole) {
                throw new RefusedException(Result.Refused.UNREADABLE, "The line is longer than " + LONGEST + " bytes; only its beginning is kept.", null);
            }
            try {
                return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            } catch (CharacterCodingException e) {
                throw new RefusedException(Result.Refused.UNREADABLE, "The line is not UTF-8.", null);
            }
        }
    }

    RawLines(Path file) throws IOException {
        in = new BufferedInputStream(Files.newInputStream(file), 64 * 1024);
        in.mark(BOM.length);
        if (!Arrays.equals(in.readNBytes(BOM.length), BOM)) {
            in.reset();
        }
    }

    /** @return null at the end of the file */
    Line next() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        boolean whole = true;
        int b = in.read();
        if (b < 0) {
            return null;
        }
        while (b >= 0 && b != '\n') {
            if (bytes.size() < LONGEST) {
                bytes.write(b);
            } else {
                whole = false;
            }
            b = in.read();
        }
        byte[] line = bytes.toByteArray();
        if (line.length > 0 && line[line.length - 1] == '\r') {
            line = Arrays.copyOf(line, line.length - 1);
        }
        return new Line(++number, line, whole);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
