package io.mediajobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HistogramTest {

    @Test
    void quantilesAreWithinTheWidthOfABucket() {
        Histogram histogram = Histogram.EMPTY;
        for (int i = 1; i <= 100; i++) {
            histogram = histogram.with(i * 1000);
        }
        assertThat(histogram.quantile(0.5, 0).orElseThrow()).isCloseTo(50_000, within(1_500.0));
        assertThat(histogram.quantile(1, 0).orElseThrow()).isCloseTo(100_000, within(2_000.0));
        assertThat(histogram.quantile(0.5, 80_500).orElseThrow()).isCloseTo(90_000, within(2_500.0));
        assertThat(histogram.quantile(0.5, 200_000)).isEmpty();
        assertThat(Histogram.parse(histogram.toJson()).quantile(0.5, 0)).isEqualTo(histogram.quantile(0.5, 0));
    }

    @Test
    void aSampleStandsForAll() {
        Histogram histogram = Histogram.EMPTY;
        for (int i = 0; i < 100; i++) {
            histogram = histogram.with(i % 4 == 0 ? 60_000 : 10_000);
        }
        double[] all = histogram.sample(8, 0);
        assertThat(all).isSorted().hasSize(8);
        assertThat(all[5]).isCloseTo(10_000, within(200.0));
        assertThat(all[6]).isCloseTo(60_000, within(1_200.0));
        assertThat(histogram.sample(4, 20_000)).usingComparatorWithPrecision(1_200.0).containsOnly(60_000);
        assertThat(histogram.sample(4, 100_000)).isEmpty();
    }

    @Test
    void whatIsRareDoesNotGetLostAtOnce() {
        Histogram histogram = Histogram.EMPTY;
        for (int i = 0; i < 5 * Histogram.MOST; i++) {
            histogram = histogram.with(i % 20 == 0 ? 30_000 + i : 10_000);
        }
        assertThat(histogram.quantile(0.97, 0).orElseThrow()).isGreaterThan(29_000);
    }

    @Test
    void theOldFadesAway() {
        Histogram histogram = Histogram.EMPTY;
        for (int i = 0; i < 2 * Histogram.MOST; i++) {
            histogram = histogram.with(60_000);
        }
        for (int i = 0; i < 2 * Histogram.MOST; i++) {
            histogram = histogram.with(10_000);
        }
        assertThat(histogram.count()).isLessThanOrEqualTo(Histogram.MOST);
        assertThat(histogram.quantile(0.8, 0).orElseThrow()).isCloseTo(10_000, within(200.0));
    }
}
