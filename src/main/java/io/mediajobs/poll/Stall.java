package io.mediajobs.poll;

import java.time.Instant;

/**
 * Why somebody should look at a job that goes on.
 *
 * @param since   from when on, by the store's clock
 * @param code    {@code no-progress} or {@code beyond-usual}
 * @param message a sentence
 */
public record Stall(Instant since, String code, String message) {
}
