package io.mediajobs.store;

import java.time.Instant;

/**
 * An event in the outbox.
 *
 * @param number      position in the outbox; rises with time
 * @param attempts    deliveries tried so far
 * @param refusals    those of them that lay at the event: its destination took others
 * @param publishedAt when the destination took it; null while it waits
 * @param parkedAt    when it was given up until a person says otherwise; null if it was not
 * @param lastError   why the last delivery failed, redacted; null if none did
 */
public record OutboxEvent(long number, String id, String type, String subject, String payload, Instant createdAt,
                          int attempts, int refusals, Instant publishedAt, Instant parkedAt, String lastError) {
}
