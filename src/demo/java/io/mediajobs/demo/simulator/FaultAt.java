package io.mediajobs.demo.simulator;

import java.util.List;

/**
 * A misbehaviour at some of the requests for one thing, counted from 1.
 *
 * @param from  first request that it concerns
 * @param to    last request that it concerns, {@link Integer#MAX_VALUE} for all later ones
 * @param fault what happens then
 */
public record FaultAt(int from, int to, Misbehaviour fault) {

    public FaultAt {
        if (from < 1 || to < from) {
            throw new IllegalArgumentException("Requests " + from + " to " + to);
        }
    }

    /** The first that concerns this request, or null. */
    static Misbehaviour find(List<FaultAt> faults, int request) {
        for (FaultAt each : faults) {
            if (request >= each.from && request <= each.to) {
                return each.fault;
            }
        }
        return null;
    }
}
