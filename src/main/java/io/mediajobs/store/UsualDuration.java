package io.mediajobs.store;

/**
 * How long jobs of one kind take, learned from those that completed.
 *
 * @param provider whose they are
 * @param model    what the report's attribute {@code model} says; empty if nothing
 * @param totals   milliseconds from the job's creation at the provider to its end
 * @param rests    how much longer a job took after its progress was seen, over what that progress promised: 1 where progress is even
 */
public record UsualDuration(String provider, String model, Histogram totals, Histogram rests) {

    /** What one completed job teaches. @param total milliseconds; null if unknown. @param rest null if no progress was seen */
    public record Lesson(String model, Double total, Double rest) {
    }
}
