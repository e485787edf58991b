package io.mediajobs.servers;

/**
 * The CRC32C of two runs of bytes from that of each: a CRC is linear over GF(2), so a matrix moves the first on by one zero bit, and its
 * powers by as many as the second has. Another way than the product's, which it is a check of.
 */
final class Crc32cJoin {

    private Crc32cJoin() {
    }

    static int join(int first, int second, long bytesOfSecond) {
        int[] step = new int[32];
        step[0] = 0x82F63B78;
        for (int bit = 1; bit < 32; bit++) {
            step[bit] = 1 << (bit - 1);
        }
        int moved = first;
        for (long zeros = bytesOfSecond * 8; zeros != 0; zeros >>= 1) {
            if ((zeros & 1) == 1) {
                moved = times(step, moved);
            }
            int[] square = new int[32];
            for (int bit = 0; bit < 32; bit++) {
                square[bit] = times(step, step[bit]);
            }
            step = square;
        }
        return moved ^ second;
    }

    private static int times(int[] matrix, int vector) {
        int sum = 0;
        for (int bit = 0; bit < 32; bit++) {
            if ((vector >>> bit & 1) == 1) {
                sum ^= matrix[bit];
            }
        }
        return sum;
    }
}
