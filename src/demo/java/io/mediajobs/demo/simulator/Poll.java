package io.mediajobs.demo.simulator;

import java.time.Instant;
import java.util.SortedSet;

/**
 * One status call.
 *
 * @param at         when it arrived
 * @param number     of the calls for this job, from 1
 * @param authorized whether the key was right
 * @param status     HTTP status that was answered, 0 when the connection was reset or nothing was answered
 * @param fault      the misbehaviour, null for the plain answer
 * @param headers    names of the request's headers in lower case; never the values
 */
public record Poll(Instant at, int number, boolean authorized, int status, Misbehaviour.Kind fault,
                   SortedSet<String> headers) {
}
