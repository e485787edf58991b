package io.mediajobs.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The table of what was learned about how long jobs take: written with the outcome that teaches it, read in the background. */
final class UsualDurations {

    private final String lockRow;

    UsualDurations(String lockRow) {
        this.lockRow = lockRow;
    }

    void learn(Handle handle, String provider, UsualDuration.Lesson lesson) {
        handle.createUpdate("INSERT INTO usual_duration (provider, model, totals, rests) VALUES (:provider, :model, '{}', '{}')"
                        + " ON CONFLICT (provider, model) DO NOTHING")
                .bind("provider", provider).bind("model", lesson.model()).execute();
        Optional<UsualDuration> before = handle.createQuery("SELECT * FROM usual_duration WHERE provider = :provider AND model = :model" + lockRow)
                .bind("provider", provider).bind("model", lesson.model())
                .map((rows, context) -> row(rows)).findOne();
        before.ifPresent(usual -> handle.createUpdate("UPDATE usual_duration SET totals = :totals, rests = :rests WHERE provider = :provider AND model = :model")
                .bind("totals", (lesson.total() == null ? usual.totals() : usual.totals().with(lesson.total())).toJson())
                .bind("rests", (lesson.rest() == null ? usual.rests() : usual.rests().with(lesson.rest())).toJson())
                .bind("provider", provider).bind("model", lesson.model()).execute());
    }

    List<UsualDuration> list(Handle handle) {
        return handle.createQuery("SELECT * FROM usual_duration ORDER BY provider, model")
                .map((rows, context) -> row(rows)).list();
    }

    private static UsualDuration row(ResultSet rows) throws SQLException {
        return new UsualDuration(rows.getString("provider"), rows.getString("model"), Histogram.parse(rows.getString("totals")),
                Histogram.parse(rows.getString("rests")));
    }
}
