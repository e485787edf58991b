/** Events: what is told of a job's end and of a provider's incidents, as CloudEvents, and their way out of the outbox. */
package io.mediajobs.events;
