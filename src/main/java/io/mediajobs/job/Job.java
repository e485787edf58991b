package io.mediajobs.job;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A job as the store has it. Times are the store's clock, in UTC.
 *
 * @param id           the store's own number of the row; never shown outside
 * @param key          provider and job id; never null
 * @param state        where it stands; never null
 * @param attempt      counts from 1; {@code retry} opens the next one
 * @param progress     0 to 100; null if unknown
 * @param progressAt   when it was first seen to be that far; null if progress is unknown
 * @param seen         how far this attempt was seen to be, the first time in each ten per cent, oldest first; never null
 * @param stalledSince since when nothing moves although it should; null if that is not so, or not known yet
 * @param tags         the caller's own labels; never null
 * @param error        why it ended or is blocked; null if it did not
 * @param registeredAt when we accepted it
 * @param nextPollAt   when it is asked for next; null where it is not asked for any more
 * @param polls        how often the provider was asked, all attempts together
 * @param deadlineAt   after this moment a job expires that its provider has not finished
 * @param updatedAt    when its row last changed
 * @param failures     what went wrong in a row; never null
 * @param manifest     S3 key of the manifest; null before it is written
 * @param report       the last report, redacted, as JSON text; null before the first
 * @param etag         what the provider calls the version of its answer that the report is; null if it said none, or the job is not worked on any more
 * @param lease        proof that this process may write the job's outcome; null on jobs that were only looked at
 * @param turn         leave to ask its provider once; null on jobs that were not claimed just now
 */
public record Job(long id, JobKey key, JobState state, int attempt, Integer progress, Instant progressAt, List<Progress> seen, Instant stalledSince, Map<String, String> tags,
                  JobError error, Instant registeredAt, Instant nextPollAt, long polls, Instant deadlineAt,
                  Instant updatedAt, Failures failures, String manifest, String report, String etag, String lease, Turn turn) {

    public String provider() {
        return key.provider();
    }

    public String jobId() {
        return key.jobId();
    }

    /**
     * Whether its deadline has passed. A job that is being archived has none any more: its provider is done, and what keeps its assets away
     * is S3, or URLs that have run out.
     *
     * @param now by the store's clock
     */
    public boolean isOverdue(Instant now) {
        return state != JobState.ARCHIVING && deadlineAt != null && !now.isBefore(deadlineAt);
    }

    /** The same job with leave to be asked for. */
    public Job withTurn(Turn given) {
        return new Job(id, key, state, attempt, progress, progressAt, seen, stalledSince, tags, error, registeredAt, nextPollAt, polls, deadlineAt, updatedAt, failures,
                manifest, report, etag, lease, given);
    }

    /**
     * The job id as one path segment or query value of a URL: every byte but RFC 3986's unreserved ones is
     * percent-encoded, so that no job id can leave its place in the URL.
     */
    public String encodedId() {
        return encoded(key.jobId());
    }

    /** Any text, as {@link #encodedId()} is. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A").replace("%7E", "~");
    }

    /** The job id as a JSON string with its quotes, for a status call that takes it in its body. */
    public String quotedId() {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(key.jobId())) + '"';
    }
}
