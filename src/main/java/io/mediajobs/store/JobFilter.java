package io.mediajobs.store;

/**
 * Which jobs a list shows, newest first.
 *
 * @param state    word of the state; null for all
 * @param provider null for all
 * @param query    part of a job id; null for all
 * @param stalled  only those that do not get on
 * @param before   only rows older than this one; null from the newest
 * @param limit    1 to 1,000
 */
public record JobFilter(String state, String provider, String query, boolean stalled, Long before, int limit) {

    /** Whether they get on or not. */
    public JobFilter(String state, String provider, String query, Long before, int limit) {
        this(state, provider, query, false, before, limit);
    }
}
