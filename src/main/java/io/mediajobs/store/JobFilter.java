package io.mediajobs.store;

/**
 * Which jobs a list shows, newest first.
 *
 * @param state    word of the state; null for all
 * @param provider null for all
 * @param query    part of a job id; null for all
 * @param before   only rows older than this one; null from the newest
 * @param limit    1 to 1,000
 */
public record JobFilter(String state, String provider, String query, Long before, int limit) {
}
