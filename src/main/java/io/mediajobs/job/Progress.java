package io.mediajobs.job;

import java.time.Instant;

/**
 * How far a job was seen to be.
 *
 * @param percent 0 to 100
 * @param at      when it was first seen to be that far, by the store's clock
 */
public record Progress(int percent, Instant at) {

    /** The ten per cent that it is in, 0 to 10. */
    public int tenth() {
        return percent / 10;
    }
}
