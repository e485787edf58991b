package io.mediajobs.archive;

import io.mediajobs.store.UploadPart;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * CRC32C as S3 writes it: Base64 of four bytes, most significant first. That of a whole object follows from those of its parts (S3 user
 * guide, "Checking object integrity": full object checksums), so that an upload which several processes sent has one too.
 *
 * <p>The combination is zlib's {@code crc32_combine} over the polynomial of Castagnoli: the CRC of the first bytes is moved on by as many
 * zero bytes as come after them. Java has no such method; the AWS SDK's is internal.
 */
final class Crc32cSums {

    private static final int POLYNOMIAL = 0x82F63B78;

    private Crc32cSums() {
    }

    static String text(CRC32C sum) {
        return text((int) sum.getValue());
    }

    private static String text(int sum) {
        return Base64.getEncoder().encodeToString(ByteBuffer.allocate(Integer.BYTES).putInt(sum).array());
    }

    /** That of the object that the parts make. */
    static String ofWhole(List<UploadPart> parts) {
        int whole = 0;
        for (UploadPart part : parts) {
            whole = moved(whole, part.bytes()) ^ ByteBuffer.wrap(Base64.getDecoder().decode(part.crc32c())).getInt();
        }
        return text(whole);
    }

    private static int moved(int sum, long zeros) {
        int moved = sum;
        // x to the power of 8, squared again and again: one, two, four … bytes further
        int power = 0x00800000;
        for (long left = zeros; left != 0; left >>>= 1) {
            if ((left & 1) == 1) {
                moved = product(power, moved);
            }
            power = product(power, power);
        }
        return moved;
    }

    // of two polynomials over GF(2) modulo the polynomial, both with their highest power in the lowest bit
    private static int product(int one, int other) {
        int product = 0;
        int shifted = other;
        for (int bit = 1 << 31; bit != 0; bit >>>= 1) {
            if ((one & bit) != 0) {
                product ^= shifted;
            }
            shifted = (shifted & 1) == 0 ? shifted >>> 1 : shifted >>> 1 ^ POLYNOMIAL;
        }
        return product;
    }
}
