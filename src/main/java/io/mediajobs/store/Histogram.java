package io.mediajobs.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * How often values of each size were seen, in buckets that are two per cent wide: small to keep, exact enough to plan with. Older ones
 * fade with each new one, so that what it says is about the last {@link #MOST} and a provider that has become faster is believed soon.
 * Immutable.
 */
public final class Histogram {

    public static final Histogram EMPTY = new Histogram(new TreeMap<>());

    /** What the weights of all values add up to at the most. */
    static final long MOST = 200;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<TreeMap<Integer, Double>> WEIGHTS = new TypeReference<>() {
    };
    private static final double WIDTH = Math.log(1.02);
    /** What weighs less is not kept: nothing can be planned by it. */
    private static final double LEAST = 0.02;

    private final TreeMap<Integer, Double> weights;
    private final double total;

    private Histogram(TreeMap<Integer, Double> weights) {
        this.weights = weights;
        this.total = weights.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** @param value more than zero */
    public Histogram with(double value) {
        TreeMap<Integer, Double> more = new TreeMap<>(weights);
        double fade = Math.min(1, (MOST - 1) / Math.max(total, 1));
        more.replaceAll((bucket, weight) -> Math.round(weight * fade * 10_000) / 10_000.0);
        more.values().removeIf(weight -> weight < LEAST);
        more.merge((int) Math.floor(Math.log(value) / WIDTH), 1.0, Double::sum);
        return new Histogram(more);
    }

    /** How many values it stands for, at the most {@link #MOST}. */
    public long count() {
        return Math.round(total);
    }

    /**
     * The value that a share of those above {@code floor} do not exceed.
     *
     * @param share 0 to 1
     * @param floor 0 for all
     * @return empty if none is above
     */
    public OptionalDouble quantile(double share, double floor) {
        double[] values = above(floor, share);
        return values.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(values[0]);
    }

    /**
     * So many values, in their order, that stand for all that are above {@code floor}, each for as many as any other.
     *
     * @param floor 0 for all
     * @return empty if none is above
     */
    public double[] sample(int size, double floor) {
        double[] shares = new double[size];
        for (int i = 0; i < size; i++) {
            shares[i] = (i + 0.5) / size;
        }
        return above(floor, shares);
    }

    /** @param shares rising */
    private double[] above(double floor, double... shares) {
        double above = 0;
        for (Map.Entry<Integer, Double> bucket : weights.tailMap(bucketOf(floor)).entrySet()) {
            above += bucket.getValue() * part(bucket.getKey(), floor);
        }
        if (above < LEAST) {
            return new double[0];
        }
        double[] values = new double[shares.length];
        int next = 0;
        double seen = 0;
        double last = 0;
        for (Map.Entry<Integer, Double> bucket : weights.tailMap(bucketOf(floor)).entrySet()) {
            double begin = Math.max(lower(bucket.getKey()), floor);
            double weight = bucket.getValue() * part(bucket.getKey(), floor);
            last = lower(bucket.getKey() + 1);
            while (next < shares.length && seen + weight >= shares[next] * above) {
                values[next] = begin + (last - begin) * (weight == 0 ? 1 : (shares[next] * above - seen) / weight);
                next++;
            }
            seen += weight;
        }
        while (next < shares.length) {
            values[next++] = last;
        }
        return values;
    }

    /** What part of a bucket is above: its values lie evenly within it. */
    private static double part(int bucket, double floor) {
        double begin = lower(bucket);
        double end = lower(bucket + 1);
        return Math.min(1, Math.max(0, (end - floor) / (end - begin)));
    }

    private static int bucketOf(double value) {
        return value <= 0 ? Integer.MIN_VALUE : (int) Math.floor(Math.log(value) / WIDTH);
    }

    private static double lower(int bucket) {
        return Math.exp(bucket * WIDTH);
    }

    String toJson() {
        try {
            return JSON.writeValueAsString(weights);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers can always be written", e);
        }
    }

    static Histogram parse(String json) {
        try {
            return new Histogram(JSON.readValue(json, WEIGHTS));
        } catch (JsonProcessingException e) {
            throw new StoreException("The store holds a histogram that is not JSON: " + e.getMessage(), e);
        }
    }
}
