package io.mediajobs.store;

import io.mediajobs.job.Job;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Rows of the assets that are in S3. {@link JobStore} calls these inside its transactions. */
final class AssetTable {

    private final Database database;

    AssetTable(Database database) {
        this.database = database;
    }

    JobStore.Saved save(Handle handle, List<NewAsset> assets) {
        Set<Long> ids = assets.stream().map(asset -> asset.leased().id()).collect(Collectors.toCollection(TreeSet::new));
        Map<Long, String> locked = JobRows.leases(handle, ids, " ORDER BY id" + database.dialect().skipLocked());
        ids.removeAll(locked.keySet());
        // those that are left have gone, or are in somebody's hands
        Map<Long, String> passedOver = JobRows.leases(handle, ids, "");
        JobStore.Saved saved = new JobStore.Saved(new ArrayList<>(), new ArrayList<>());
        List<NewAsset> held = new ArrayList<>();
        for (NewAsset asset : assets) {
            Job leased = asset.leased();
            (leased.lease().equals(locked.get(leased.id())) ? held : leased.lease().equals(passedOver.get(leased.id())) ? saved.heldUp() : saved.lost()).add(asset);
        }
        insert(handle, held);
        return saved;
    }

    private void insert(Handle handle, List<NewAsset> held) {
        if (held.isEmpty()) {
            return;
        }
        Uploads.drop(handle, held, database.now(handle));
        PreparedBatch insert = handle.prepareBatch("INSERT INTO asset (job, attempt, position, role, object_key, bytes, sha256, content_type, source_url, details)"
                + " VALUES (:job, :attempt, :position, :role, :key, :bytes, :sha256, :type, :source, :details)"
                + " ON CONFLICT (job, attempt, position) DO UPDATE SET role = :role, object_key = :key, bytes = :bytes, sha256 = :sha256,"
                + " content_type = :type, source_url = :source, details = :details");
        for (NewAsset each : held) {
            ArchivedAsset asset = each.asset();
            insert.bind("job", each.leased().id()).bind("attempt", each.leased().attempt()).bind("position", asset.position()).bind("role", asset.role())
                    .bind("key", asset.key()).bind("bytes", asset.bytes()).bind("sha256", asset.sha256()).bind("type", asset.contentType())
                    .bind("source", asset.sourceUrl()).bind("details", JobRows.json(asset.details())).add();
        }
        insert.execute();
    }

    /** @param positions at least one */
    void forget(Handle handle, Job job, List<Integer> positions) {
        Uploads.drop(handle, job, positions, database.now(handle));
        handle.createUpdate("DELETE FROM asset WHERE job = :job AND attempt = :attempt AND position IN (<positions>)")
                .bind("job", job.id()).bind("attempt", job.attempt()).bindList("positions", positions).execute();
    }

    List<ArchivedAsset> list(Handle handle, Job job) {
        return handle.createQuery("SELECT * FROM asset WHERE job = :job AND attempt = :attempt ORDER BY position")
                .bind("job", job.id()).bind("attempt", job.attempt())
                .map((rows, context) -> new ArchivedAsset(rows.getInt("position"), rows.getString("role"), rows.getString("object_key"),
                        rows.getLong("bytes"), rows.getString("sha256"), rows.getString("content_type"), rows.getString("source_url"),
                        JobRows.details(rows.getString("details")))).list();
    }
}
