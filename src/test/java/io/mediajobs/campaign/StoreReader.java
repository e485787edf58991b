package io.mediajobs.campaign;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** Reads the job store with plain SQL, past everything of the product. */
final class StoreReader {

    /** A row of {@code job}; {@code leased} if somebody holds it. */
    record JobRow(String name, String state, int attempt, boolean leased, boolean due, String manifest, long assets) {
    }

    /** A row of {@code outbox}. */
    record EventRow(String id, String payload, boolean published, boolean waiting) {
    }

    private final String url;
    private final Properties access;

    StoreReader(String url, String user, String password) {
        this.url = url;
        this.access = new Properties();
        if (user != null) {
            access.setProperty("user", user);
            access.setProperty("password", password);
        }
    }

    static StoreReader sqlite(Path file) {
        return new StoreReader("jdbc:sqlite:" + file, null, null);
    }

    List<JobRow> jobs() {
        return query("SELECT provider, job_id, state, attempt, lease_token, next_poll_at, manifest,"
                + " (SELECT COUNT(*) FROM asset WHERE asset.job = job.id AND asset.attempt = job.attempt) AS assets FROM job", row ->
                new JobRow(row.getString("provider") + "/" + row.getString("job_id"), row.getString("state"), row.getInt("attempt"),
                        row.getString("lease_token") != null, row.getString("next_poll_at") != null, row.getString("manifest"), row.getLong("assets")));
    }

    List<EventRow> events() {
        return query("SELECT event_id, payload, published_at, next_attempt_at FROM outbox ORDER BY id", row ->
                new EventRow(row.getString("event_id"), row.getString("payload"), row.getString("published_at") != null,
                        row.getString("next_attempt_at") != null));
    }

    /** How many events wait and how many jobs are held. */
    long inWork() {
        return query("SELECT (SELECT COUNT(*) FROM outbox WHERE next_attempt_at IS NOT NULL) + (SELECT COUNT(*) FROM job WHERE lease_token IS NOT NULL)",
                row -> row.getLong(1)).get(0);
    }

    boolean isPublished(String eventId) {
        return events().stream().anyMatch(event -> event.id().equals(eventId) && event.published());
    }

    boolean holds(String provider, String jobId) {
        return jobs().stream().anyMatch(job -> job.name().equals(provider + "/" + jobId));
    }

    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> List<T> query(String sql, Row<T> reader) {
        List<T> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url, access); Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                rows.add(reader.read(result));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The job store cannot be read: " + e.getMessage(), e);
        }
        return rows;
    }
}
