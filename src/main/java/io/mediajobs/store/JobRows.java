package io.mediajobs.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mediajobs.job.Failures;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobError;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.job.Progress;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/** How the columns of a job and of its assets are read and written. */
final class JobRows {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<LinkedHashMap<String, String>> TAGS = new TypeReference<>() {
    };
    private static final TypeReference<LinkedHashMap<String, Object>> DETAILS = new TypeReference<>() {
    };

    private JobRows() {
    }

    static Job job(ResultSet rows) throws SQLException {
        String code = rows.getString("error_code");
        String message = rows.getString("error_message");
        boolean retryable = rows.getBoolean("error_retryable");
        boolean unknown = rows.wasNull();
        JobError error = code == null && message == null ? null : new JobError(code, message, unknown ? null : retryable);
        int progress = rows.getInt("progress");
        boolean noProgress = rows.wasNull();
        return new Job(rows.getLong("id"), new JobKey(rows.getString("provider"), rows.getString("job_id")),
                JobState.ofWord(rows.getString("state")), rows.getInt("attempt"), noProgress ? null : progress, instant(rows, "progress_at"),
                seen(rows.getString("progress_seen")), instant(rows, "stalled_since"),
                parse(rows.getString("tags"), TAGS), error, instant(rows, "registered_at"), instant(rows, "next_poll_at"),
                rows.getLong("polls"), instant(rows, "deadline_at"), instant(rows, "updated_at"),
                new Failures(rows.getInt("unknown"), rows.getInt("unanswered"), rows.getInt("unusable"), rows.getInt("archive_failures")), rows.getString("manifest"), rows.getString("report"), rows.getString("etag"), rows.getString("lease_token"), null);
    }

    /**
     * The lease that each job has, those without one included.
     *
     * @param order and lock, as in SQL
     */
    static Map<Long, String> leases(Handle handle, Set<Long> ids, String order) {
        Map<Long, String> leases = new HashMap<>();
        if (!ids.isEmpty()) {
            handle.createQuery("SELECT id, lease_token FROM job WHERE id IN (<ids>)" + order).bindList("ids", ids)
                    .map((rows, context) -> leases.put(rows.getLong("id"), rows.getString("lease_token"))).list();
        }
        return leases;
    }

    private static List<Progress> seen(String text) {
        return text == null ? List.of() : Stream.of(text.split(" ")).map(one -> one.split("@"))
                .map(one -> new Progress(Integer.parseInt(one[0]), Instant.ofEpochMilli(Long.parseLong(one[1])))).toList();
    }

    private static Instant instant(ResultSet rows, String column) throws SQLException {
        long millis = rows.getLong(column);
        return rows.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    /** @throws StoreException if the text is not JSON */
    static Map<String, Object> details(String json) {
        return parse(json, DETAILS);
    }

    static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be written as JSON: " + e.getMessage(), e);
        }
    }

    private static <T> T parse(String json, TypeReference<T> type) {
        try {
            return JSON.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new StoreException("The store holds text that is not JSON: " + e.getMessage(), e);
        }
    }
}
