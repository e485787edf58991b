package io.mediajobs.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * How often values of each size were seen, in buckets that are two per cent wide: small to keep, exact enough to plan with. The oldest
 * fade: at {@link #MOST} values every count is halved, so that a provider that has become faster is believed after some hundred jobs.
 * Immutable.
 */
public final class Histogram {

    public static final Histogram EMPTY = new Histogram(new TreeMap<>());

    /** Values kept at the most. */
    static final long MOST = 1_000;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<TreeMap<Integer, Long>> COUNTS = new TypeReference<>() {
    };
    private static final double WIDTH = Math.log(1.02);

    private final TreeMap<Integer, Long> counts;
    private final long count;

    private Histogram(TreeMap<Integer, Long> counts) {
        this.counts = counts;
        this.count = counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** @param value more than zero */
    public Histogram with(double value) {
        TreeMap<Integer, Long> more = new TreeMap<>(counts);
        more.merge((int) Math.floor(Math.log(value) / WIDTH), 1L, Long::sum);
        if (count + 1 >= MOST) {
            more.replaceAll((bucket, seen) -> seen / 2);
            more.values().removeIf(seen -> seen == 0);
        }
        return new Histogram(more);
    }

    /** How many values it stands for. */
    public long count() {
        return count;
    }

    /**
     * The value that a share of those above {@code floor} do not exceed.
     *
     * @param share 0 to 1
     * @param floor 0 for all
     * @return empty if none is above
     */
    public OptionalDouble quantile(double share, double floor) {
        long above = 0;
        for (Map.Entry<Integer, Long> bucket : counts.entrySet()) {
            above += value(bucket.getKey()) > floor ? bucket.getValue() : 0;
        }
        if (above == 0) {
            return OptionalDouble.empty();
        }
        double wanted = share * above;
        double seen = 0;
        double last = 0;
        for (Map.Entry<Integer, Long> bucket : counts.entrySet()) {
            last = value(bucket.getKey());
            if (last > floor) {
                seen += bucket.getValue();
                if (seen >= wanted) {
                    break;
                }
            }
        }
        return OptionalDouble.of(last);
    }

    /** The middle of a bucket. */
    private static double value(int bucket) {
        return Math.exp((bucket + 0.5) * WIDTH);
    }

    String toJson() {
        try {
            return JSON.writeValueAsString(counts);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers can always be written", e);
        }
    }

    static Histogram parse(String json) {
        try {
            return new Histogram(JSON.readValue(json, COUNTS));
        } catch (JsonProcessingException e) {
            throw new StoreException("The store holds a histogram that is not JSON: " + e.getMessage(), e);
        }
    }
}
