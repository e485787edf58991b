package io.mediajobs.store;

import java.time.Instant;

/**
 * How a provider stands.
 *
 * @param pauseReason {@code unauthorized}, {@code payment-required}, {@code unavailable}, {@code throttled}, {@code operator}; null if it is asked normally
 * @param pausedUntil when it is tried again; null if not paused, or until an operator resumes it
 * @param failures    answers in a row that could not be used
 * @param lastError   the last of them, redacted
 */
public record ProviderState(String name, String pauseReason, Instant pausedUntil, int failures, String lastError) {
}
