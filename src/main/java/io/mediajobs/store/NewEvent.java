package io.mediajobs.store;

/**
 * An event on its way into the outbox.
 *
 * @param id      the same for the same fact; the outbox keeps one event an id
 * @param type    such as {@code mediajobs.job.completed}
 * @param subject {@code provider/jobId}, or the provider's name; events of one subject leave in order
 * @param payload the whole CloudEvent as JSON text; holds no secret
 */
public record NewEvent(String id, String type, String subject, String payload) {
}
