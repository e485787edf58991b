package io.mediajobs.poll;

import java.time.Duration;

/**
 * A provider as its route file declares it, in the parameters of {@code kamelet:due-jobs}.
 *
 * @param name      also the id of its route
 * @param every     time between two asks for the same job
 * @param firstAfter time from a registration to the first ask
 * @param deadline  how long a job may take unless its registration says otherwise
 * @param perSecond status calls a second at the most; infinite for no limit
 * @param atOnce    status calls at the same time at the most
 * @param predicted whether asks are planned by when a job may be finished; false for one after each interval
 * @param stalledAfter how long the same progress may be told before a job counts as stalled; {@code none} for ever
 * @param account   what providers that are asked with the same key have in common; null if it has a key of its own
 * @param running   false while its route is stopped
 */
public record Provider(String name, Duration every, Duration firstAfter, Duration deadline, double perSecond, int atOnce, boolean predicted, String stalledAfter, String account, boolean running) {
}
