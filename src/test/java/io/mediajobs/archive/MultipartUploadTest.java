package io.mediajobs.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
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

    @Test
    void partsOfOneTransferThatJavaHasNoMemoryForStopTheStart() {
        Settings settings = Settings.load(Path.of("").toAbsolutePath(), List.of(), Map.of(), new Properties(),
                Map.of("archive.part-size", "1GB", "archive.parts-at-once", "100000"));

        assertThatThrownBy(() -> new MultipartUpload(settings, null, null, null, null, null)).isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll("archive.part-size", "archive.parts-at-once", "100000 parts of 1073741824 bytes", "-XX:MaxDirectMemorySize");
    }
}
