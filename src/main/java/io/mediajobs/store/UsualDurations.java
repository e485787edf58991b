package io.mediajobs.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/** The table of what was learned about how long jobs take: written with the outcome that teaches it, read in the background. */
final class UsualDurations {

    private static final ObjectMapper JSON = new ObjectMapper();

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
        before.map(usual -> usual.with(lesson)).ifPresent(usual -> handle.createUpdate("UPDATE usual_duration SET totals = :totals, rests = :rests,"
                        + " ends_told = :told WHERE provider = :provider AND model = :model")
                .bind("totals", usual.totals().toJson()).bind("rests", restsJson(usual.rests())).bind("told", usual.endsAreTold())
                .bind("provider", provider).bind("model", lesson.model()).execute());
    }

    List<UsualDuration> list(Handle handle) {
        return handle.createQuery("SELECT * FROM usual_duration ORDER BY provider, model")
                .map((rows, context) -> row(rows)).list();
    }

    private static UsualDuration row(ResultSet rows) throws SQLException {
        return new UsualDuration(rows.getString("provider"), rows.getString("model"), Histogram.parse(rows.getString("totals")),
                rests(rows.getString("rests")), rows.getBoolean("ends_told"));
    }

    private static String restsJson(Map<Integer, Histogram> rests) {
        StringBuilder json = new StringBuilder("{");
        rests.forEach((tenth, rest) -> json.append(json.length() == 1 ? "\"" : ",\"").append(tenth).append("\":").append(rest.toJson()));
        return json.append('}').toString();
    }

    private static Map<Integer, Histogram> rests(String json) {
        try {
            Map<Integer, Histogram> rests = new TreeMap<>();
            JSON.readTree(json).fields().forEachRemaining(rest -> rests.put(Integer.valueOf(rest.getKey()), Histogram.parse(rest.getValue().toString())));
            return rests;
        } catch (JsonProcessingException e) {
            throw new StoreException("The store holds rests that are not JSON: " + e.getMessage(), e);
        }
    }
}
