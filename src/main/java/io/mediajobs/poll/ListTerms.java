package io.mediajobs.poll;

import io.mediajobs.config.Durations;
import java.time.Duration;
import java.util.Map;

/**
 * How a provider's list of its jobs is used, as the parameters of {@code kamelet:due-list} say.
 *
 * @param atLeast       due jobs from which on the list is asked for; at least 2, or a list would cost as much as it spares
 * @param pages         of one round at the most; at least 1
 * @param every         shortest time between the beginnings of two rounds; null for a quarter of the provider's interval, at the most 15 s
 * @param discoverEvery how often the whole list is read for jobs that nobody registered; null for never
 */
public record ListTerms(int atLeast, int pages, Duration every, Duration discoverEvery) {

    /** Jobs that come in groups wait for their first ask no longer than this, however seldom the provider is asked otherwise. */
    private static final Duration LONGEST_EVERY = Duration.ofSeconds(15);

    /**
     * @param parameters by name, placeholders resolved
     * @throws ProviderTerms.WrongTermException at the first that is wrong
     */
    public static ListTerms parse(Map<String, String> parameters) {
        return new ListTerms(
                ProviderTerms.term(parameters, "atLeast", "10", ListTerms::several),
                ProviderTerms.term(parameters, "pages", "100", ProviderTerms::count),
                ProviderTerms.term(parameters, "every", "none", ListTerms::timeOrNone),
                ProviderTerms.term(parameters, "discoverEvery", "none", ListTerms::timeOrNone));
    }

    /** Shortest time between the beginnings of two rounds. @param interval the provider's */
    public Duration every(Duration interval) {
        return every == null ? Durations.shorter(interval.dividedBy(4), LONGEST_EVERY) : every;
    }

    private static int several(String text) {
        int number = ProviderTerms.count(text);
        if (number < 2) {
            throw new IllegalArgumentException("a list for one job spares nothing; it must be 2 or more");
        }
        return number;
    }

    private static Duration timeOrNone(String text) {
        return text.strip().equals("none") ? null : ProviderTerms.time(text);
    }
}
