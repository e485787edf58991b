package io.mediajobs.archive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MultipartUploadTest {

    private static final long MIB = 1 << 20;

    @Test
    void knownLengthHasPartsOfOneSizeAndNoMoreThanTenThousand() {
        assertThat(MultipartUpload.partSize(8 * MIB, 10 * 1024 * MIB, 0)).isEqualTo((int) (8 * MIB));
        long large = 5L << 40;
        int size = MultipartUpload.partSize(8 * MIB, large, 0);
        assertThat(size).isEqualTo(MultipartUpload.partSize(8 * MIB, large, 9_000));
        assertThat((large + size - 1) / size).isLessThanOrEqualTo(10_000);
    }

    @Test
    void unknownLengthHasPartsThatGrowSoThatTenThousandHoldTerabytes() {
        long sum = 0;
        for (int sent = 0; sent < 10_000; sent++) {
            sum += MultipartUpload.partSize(8 * MIB, -1, sent);
        }
        assertThat(sum).isGreaterThan(3L << 40);
        assertThat(MultipartUpload.partSize(8 * MIB, -1, 999)).isEqualTo((int) (8 * MIB));
        assertThat(MultipartUpload.partSize(8 * MIB, -1, 9_999)).isLessThanOrEqualTo(1 << 30);
    }
}
