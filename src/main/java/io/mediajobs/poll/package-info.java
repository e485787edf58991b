/**
 * Polling: which job is asked for next, what an answer means for it, and when it is asked again.
 *
 * <p>A provider's rate, places, pauses and circuit breaker are rows of the store, changed in the transactions that claim jobs and write
 * outcomes, and not objects such as Resilience4j's. An object is one process's: three nodes would each learn of an outage by failures of their own,
 * send a probe each when it may be over, and a restart would forget that a provider asked to be left alone. As a row the breaker opens for all
 * nodes with the failure that is one too many, lets one request through for all of them when its pause is over ({@code half open}), stays
 * open over a restart, and tells of its opening and its closing in the same transaction, each once.
 */
package io.mediajobs.poll;
