package io.mediajobs.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartBufferTest {

    private static final int PIECE = PartMemory.PIECE;

    private final Random random = new Random(1);
    private final PartMemory memory = new PartMemory(4 * PIECE);

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    // in steps of any length, as a connection gives them
    private void fill(PartBuffer part, byte[] bytes) {
        for (int at = 0; at < bytes.length; ) {
            int count = Math.min(bytes.length - at, random.nextInt(3 * PIECE / 2));
            part.add(Arrays.copyOfRange(bytes, at, at + count), count);
            at += count;
        }
    }

    private PartBuffer filled(byte[] bytes) {
        PartBuffer part = new PartBuffer(memory, bytes.length);
        fill(part, bytes);
        return part;
    }

    private static byte[] inSteps(InputStream stream, int step) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[step + 5];
        for (int read; (read = stream.read(buffer, 3, step)) >= 0; ) {
            all.write(buffer, 3, read);
        }
        return all.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 5 * PIECE + 7})
    void streamsAndSumsHaveTheBytesThatItTook(int length) throws Exception {
        byte[] bytes = bytes(length);
        PartBuffer part = filled(bytes);

        assertThat(part.length()).isEqualTo(length);
        assertThat(part.room()).isZero();
        assertThat(part.stream().readAllBytes()).isEqualTo(bytes);
        assertThat(inSteps(part.stream(), 4096)).isEqualTo(bytes);
        assertThat(inSteps(part.stream(), PIECE + 11)).isEqualTo(bytes);
        CRC32C expected = new CRC32C();
        expected.update(bytes);
        CRC32C sum = new CRC32C();
        part.showTo(sum::update);
        assertThat(sum.getValue()).isEqualTo(expected.getValue());
        MessageDigest sha256 = Digests.digest("SHA-256");
        part.showTo(sha256::update);
        assertThat(sha256.digest()).isEqualTo(Digests.digest("SHA-256").digest(bytes));
        assertThat(Digests.md5(part)).isEqualTo(Digests.hex(md5(bytes)));
    }

    private static MessageDigest md5(byte[] bytes) {
        MessageDigest md5 = Digests.digest("MD5");
        md5.update(bytes);
        return md5;
    }

    @Test
    void eachStreamHasAPlaceOfItsOwn() throws Exception {
        byte[] bytes = bytes(2 * PIECE + 9);
        PartBuffer part = filled(bytes);

        InputStream brokenOff = part.stream();
        assertThat(brokenOff.readNBytes(PIECE + 3)).isEqualTo(Arrays.copyOf(bytes, PIECE + 3));
        InputStream again = part.stream();
        assertThat(again.read()).isEqualTo(bytes[0] & 0xFF);
        assertThat(brokenOff.read()).isEqualTo(bytes[PIECE + 3] & 0xFF);
        assertThat(again.available()).isEqualTo(bytes.length - 1);
        assertThat(again.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, 1, bytes.length));
        assertThat(again.read()).isEqualTo(-1);
        assertThat(again.read(new byte[1])).isEqualTo(-1);
        assertThat(again.read(new byte[0])).isZero();
        assertThatThrownBy(() -> part.stream().read(new byte[2], 1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void whatOneReadsDoesNotMoveOthers() throws Exception {
        byte[] bytes = bytes(PIECE + 1);
        PartBuffer part = filled(bytes);

        part.showTo(ByteBuffer::get);
        part.showTo(piece -> assertThat(piece.remaining()).isIn(PIECE, 1));
        assertThat(part.stream().readAllBytes()).isEqualTo(bytes);
    }

    @Test
    void aLastPartIsSmallerThanItMightBe() throws Exception {
        byte[] bytes = bytes(PIECE + 100);
        PartBuffer part = new PartBuffer(memory, 3 * PIECE);

        fill(part, bytes);

        assertThat(part.length()).isEqualTo(bytes.length);
        assertThat(part.room()).isEqualTo(3 * PIECE - bytes.length);
        assertThat(part.stream().readAllBytes()).isEqualTo(bytes);
    }

    @Test
    void takesNothingOfWhatItHasNoRoomFor() throws Exception {
        PartBuffer part = new PartBuffer(memory, 10);
        part.add(new byte[] {1, 2, 3, 4, 5, 6, 7}, 6);

        assertThatThrownBy(() -> part.add(new byte[5], 5)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> part.add(new byte[1], 2)).isInstanceOf(IndexOutOfBoundsException.class);

        assertThat(part.stream().readAllBytes()).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void takesMemoryAsBytesComeAndGivesItToTheNextPart() throws Exception {
        PartBuffer first = new PartBuffer(memory, 1 << 30);
        first.add(new byte[PIECE + 1], PIECE + 1);
        assertThat(memory.free()).isZero();
        first.close();
        first.close();
        assertThat(memory.free()).isEqualTo(2 * PIECE);

        byte[] bytes = bytes(PIECE + 50);
        PartBuffer next = filled(bytes);
        assertThat(memory.free()).isZero();
        PartBuffer beside = filled(new byte[PIECE]);
        assertThat(next.stream().readAllBytes()).isEqualTo(bytes);
        beside.close();
        assertThat(memory.free()).isEqualTo(PIECE);
    }

    @Test
    void whereJavaHasNoMoreMemoryTheSettingsThatHelpAreNamed() {
        PartBuffer part = new PartBuffer(new PartMemory(PIECE, size -> {
            throw new OutOfMemoryError("Cannot reserve 65536 bytes of direct buffer memory");
        }), PIECE);

        // no Error: a transfer that ends with one would leave its upload to nobody
        assertThatThrownBy(() -> part.add(new byte[1], 1)).isInstanceOf(IllegalStateException.class).hasNoCause()
                .hasMessageContainingAll("Cannot reserve 65536 bytes", "-XX:MaxDirectMemorySize", "archive.at-once", "archive.parts-at-once");
        assertThat(part.length()).isZero();
    }

    @Test
    void noMoreMemoryIsKeptThanIsSaid() {
        filled(new byte[6 * PIECE]).close();

        assertThat(memory.free()).isEqualTo(4 * PIECE);
    }
}
