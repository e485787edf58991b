package io.mediajobs.store;

import java.time.Instant;

/** A line of a job's history. */
public record TimelineEntry(Instant at, String what, String detail) {
}
