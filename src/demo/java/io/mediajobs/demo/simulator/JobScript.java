package io.mediajobs.demo.simulator;

import java.time.Duration;
import java.util.List;

/**
 * The life of a job, counted from its registration at the simulator. Immutable.
 *
 * @param queued     how long it waits
 * @param processing how long it is worked on
 * @param end        what comes then
 * @param faults     by the number of the status call
 */
public record JobScript(Duration queued, Duration processing, JobEnd end, List<FaultAt> faults) {

    /** Processing at once and for ever. */
    public static final JobScript ENDLESS = new JobScript(Duration.ZERO, Duration.ZERO, new JobEnd.Never(), List.of());

    public JobScript {
        faults = List.copyOf(faults);
        if (queued.isNegative() || processing.isNegative()) {
            throw new IllegalArgumentException("A negative time: queued " + queued + ", processing " + processing);
        }
    }
}
