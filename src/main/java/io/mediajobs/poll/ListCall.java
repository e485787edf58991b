package io.mediajobs.poll;

import io.mediajobs.job.Job;
import io.mediajobs.store.ListRounds;

/**
 * The turn of one page of a provider's list: variable {@code list} of the provider's list route.
 *
 * @param provider  whose list
 * @param page      counts from 1, which is the first of its round
 * @param offset    entries on the pages before
 * @param cursor    what the page before says that this one is asked for by; null on the first, and where pages are counted
 * @param told      jobs that the round is for and that the pages before told of
 * @param round     in the store
 * @param terms     that the round keeps to
 */
public record ListCall(String provider, int page, int offset, String cursor, int told, ListRounds.Round round, ListRounds.Terms terms) {

    /** Whether jobs on the page that nobody registered are followed from now on. */
    public boolean discovers() {
        return round.discovers();
    }

    /** {@link #cursor()} as a value in a URL's query; empty on the first page. */
    public String encodedCursor() {
        return cursor == null ? "" : Job.encoded(cursor);
    }
}
