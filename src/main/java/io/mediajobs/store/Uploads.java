package io.mediajobs.store;

import io.mediajobs.job.Job;
import io.mediajobs.job.JobState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * How far uploads in parts have come. What continues one is written only under the lease of its job, so that a process that lost it
 * cannot go on unnoticed; what gives one up needs none.
 */
public final class Uploads {

    private static final String DROP_SOME = "UPDATE upload SET needed = FALSE, updated_at = :now WHERE job = :job AND attempt = :attempt AND needed AND position ";
    private static final String DROP = DROP_SOME + "= :position";

    private static final List<String> NEEDS_NONE = Arrays.stream(JobState.values())
            .filter(state -> state.isTerminal() || state == JobState.BLOCKED).map(JobState::word).toList();

    private final Database database;
    private final Duration patience;

    /** With no patience where the store is away. */
    public Uploads(Database database) {
        this(database, Duration.ZERO);
    }

    /**
     * @param patience for how long what S3 has taken already is offered to a store that is away; the length of a lease, as for outcomes: without it all
     *                 transfers in parts would fail with the first second of an outage, and some would have to begin anew
     */
    public Uploads(Database database, Duration patience) {
        this.database = database;
        this.patience = patience;
    }

    /** The upload that an earlier try of this attempt began for an asset, with the parts S3 has taken. */
    public Optional<Upload> find(Job job, int position) {
        return database.read(handle -> handle.createQuery("SELECT * FROM upload WHERE job = :job AND attempt = :attempt AND position = :position"
                        + " AND needed ORDER BY started_at DESC, id LIMIT 1")
                .bind("job", job.id()).bind("attempt", job.attempt()).bind("position", position)
                .map((rows, context) -> upload(rows)).findOne().map(upload -> upload.withParts(parts(handle, upload.id()))));
    }

    /** Positions of the assets that earlier tries of this attempt began an upload for. */
    public List<Integer> begun(Job job) {
        return database.read(handle -> handle.createQuery("SELECT DISTINCT position FROM upload WHERE job = :job AND attempt = :attempt AND needed")
                .bind("job", job.id()).bind("attempt", job.attempt()).mapTo(Integer.class).list());
    }

    /**
     * Writes down that an upload is about to begin, before S3 knows of it. An earlier one of the same asset is no longer needed.
     *
     * @return the upload, without S3's name and without parts
     * @throws LeaseLostException if the lease is no longer the claimer's
     */
    public Upload begin(Job leased, int position, String bucket, String key, String contentType, long partSize, String sourceUrl,
                        Long sourceBytes, String sourceVersion) {
        String id = UUID.randomUUID().toString();
        return database.write(handle -> {
            held(handle, leased);
            long now = database.now(handle);
            drop(handle, leased, position, now);
            handle.createUpdate("INSERT INTO upload (id, job, attempt, position, bucket, object_key, content_type, part_size, source_url, source_bytes,"
                            + " source_version, needed, started_at, updated_at) VALUES (:id, :job, :attempt, :position, :bucket, :key, :type, :partSize,"
                            + " :url, :sourceBytes, :version, TRUE, :now, :now) ON CONFLICT (id) DO UPDATE SET needed = TRUE")
                    .bind("id", id).bind("job", leased.id()).bind("attempt", leased.attempt()).bind("position", position).bind("bucket", bucket)
                    .bind("key", key).bind("type", contentType).bind("partSize", partSize).bind("url", sourceUrl).bind("sourceBytes", sourceBytes)
                    .bind("version", sourceVersion).bind("now", now).execute();
            return new Upload(id, leased.id(), leased.attempt(), position, bucket, key, contentType, partSize, sourceUrl, sourceBytes, sourceVersion,
                    null, null, null, Instant.ofEpochMilli(now), List.of());
        });
    }

    /**
     * Writes down S3's name for the upload; to do so twice is the same as once, as with the next two.
     *
     * @throws LeaseLostException if the lease is no longer the claimer's
     */
    public Upload created(Job leased, Upload upload, String uploadId) {
        database.write(patience, (handle, again) -> {
            held(handle, leased);
            return handle.createUpdate("UPDATE upload SET upload_id = :uploadId, updated_at = :now WHERE id = :id")
                    .bind("uploadId", uploadId).bind("now", database.now(handle)).bind("id", upload.id()).execute();
        });
        return upload.withUploadId(uploadId);
    }

    /**
     * Writes down that S3 has taken a part; one of the same number is replaced.
     *
     * @throws LeaseLostException if the lease is no longer the claimer's
     */
    public void addPart(Job leased, Upload upload, UploadPart part) {
        database.write(patience, (handle, again) -> {
            held(handle, leased);
            handle.createUpdate("UPDATE upload SET updated_at = :now WHERE id = :id").bind("now", database.now(handle)).bind("id", upload.id()).execute();
            return handle.createUpdate("INSERT INTO upload_part (upload, number, bytes, etag, md5, crc32c) VALUES (:upload, :number, :bytes, :etag, :md5, :crc32c)"
                            + " ON CONFLICT (upload, number) DO UPDATE SET bytes = :bytes, etag = :etag, md5 = :md5, crc32c = :crc32c")
                    .bind("upload", upload.id()).bind("number", part.number()).bind("bytes", part.bytes()).bind("etag", part.etag())
                    .bind("md5", part.md5()).bind("crc32c", part.crc32c()).execute();
        });
    }

    /**
     * Writes down that all parts are in S3.
     *
     * @param sha256 of the whole, hex; null if unknown
     * @throws LeaseLostException if the lease is no longer the claimer's
     */
    public Upload allSent(Job leased, Upload upload, long bytes, String sha256) {
        database.write(patience, (handle, again) -> {
            held(handle, leased);
            return handle.createUpdate("UPDATE upload SET bytes = :bytes, sha256 = :sha256, updated_at = :now WHERE id = :id")
                    .bind("bytes", bytes).bind("sha256", sha256).bind("now", database.now(handle)).bind("id", upload.id()).execute();
        });
        return upload.withAllSent(bytes, sha256);
    }

    /**
     * Whether an upload that an earlier try began has grown since the job's last change. One that was begun since then does not count:
     * a host that always breaks off and cannot go on would be asked for ever.
     *
     * @param job as it was claimed
     */
    public boolean grew(Job job) {
        return database.read(handle -> handle.createQuery("SELECT EXISTS (SELECT 1 FROM upload WHERE job = :job AND attempt = :attempt AND needed"
                        + " AND started_at < :since AND updated_at > :since)")
                .bind("job", job.id()).bind("attempt", job.attempt()).bind("since", job.updatedAt().toEpochMilli()).mapTo(Boolean.class).one());
    }

    /** Nobody goes on with this upload; it waits to be taken back. */
    public void giveUp(Upload upload) {
        database.write(handle -> handle.createUpdate("UPDATE upload SET needed = FALSE, updated_at = :now WHERE id = :id")
                .bind("now", database.now(handle)).bind("id", upload.id()).execute());
    }

    /** In S3 nothing of this upload is unfinished any more. */
    public void remove(Upload upload) {
        database.write(handle -> handle.createUpdate("DELETE FROM upload WHERE id = :id").bind("id", upload.id()).execute());
    }

    /** True if the upload of this name is one that somebody goes on with. */
    public boolean isNeeded(String bucket, String uploadId) {
        return database.read(handle -> handle.createQuery("SELECT EXISTS (SELECT 1 FROM upload WHERE needed AND bucket = :bucket AND upload_id = :uploadId)")
                .bind("bucket", bucket).bind("uploadId", uploadId).mapTo(Boolean.class).one());
    }

    /**
     * Uploads that no job goes on with: given up, or of a job that is gone, has ended, is blocked, or has begun another attempt.
     *
     * @param untouched those that changed within this time are left alone, since the process that works on them may not know yet
     */
    public List<Upload> orphans(Duration untouched, int limit) {
        return database.read(handle -> handle.createQuery("SELECT upload.* FROM upload LEFT JOIN job ON job.id = upload.job"
                        + " WHERE upload.updated_at <= :before AND (NOT upload.needed OR job.id IS NULL OR job.attempt <> upload.attempt"
                        + " OR job.state IN (<ended>)) ORDER BY upload.updated_at LIMIT :limit")
                .bind("before", database.now(handle) - untouched.toMillis()).bindList("ended", NEEDS_NONE).bind("limit", limit)
                .map((rows, context) -> upload(rows)).list());
    }

    private static void drop(Handle handle, Job job, int position, long now) {
        handle.createUpdate(DROP).bind("job", job.id()).bind("attempt", job.attempt()).bind("position", position).bind("now", now).execute();
    }

    /** What was begun for these assets is begun anew. */
    static void drop(Handle handle, Job job, List<Integer> positions, long now) {
        handle.createUpdate(DROP_SOME + "IN (<positions>)").bind("job", job.id()).bind("attempt", job.attempt()).bindList("positions", positions)
                .bind("now", now).execute();
    }

    /** The assets are in S3 and written down: whatever was begun for them is not needed any more. */
    static void drop(Handle handle, List<NewAsset> home, long now) {
        PreparedBatch drop = handle.prepareBatch(DROP);
        home.forEach(each -> drop.bind("job", each.leased().id()).bind("attempt", each.leased().attempt()).bind("position", each.asset().position())
                .bind("now", now).add());
        drop.execute();
    }

    private static void held(Handle handle, Job leased) {
        boolean held = handle.createQuery("SELECT EXISTS (SELECT 1 FROM job WHERE id = :id AND lease_token = :token)")
                .bind("id", leased.id()).bind("token", leased.lease()).mapTo(Boolean.class).one();
        if (!held) {
            throw new LeaseLostException(leased.key());
        }
    }

    private static List<UploadPart> parts(Handle handle, String upload) {
        return handle.createQuery("SELECT * FROM upload_part WHERE upload = :upload ORDER BY number").bind("upload", upload)
                .map((rows, context) -> new UploadPart(rows.getInt("number"), rows.getLong("bytes"), rows.getString("etag"), rows.getString("md5"),
                        rows.getString("crc32c"))).list();
    }

    private static Upload upload(ResultSet rows) throws SQLException {
        return new Upload(rows.getString("id"), rows.getLong("job"), rows.getInt("attempt"), rows.getInt("position"), rows.getString("bucket"),
                rows.getString("object_key"), rows.getString("content_type"), rows.getLong("part_size"), rows.getString("source_url"),
                number(rows, "source_bytes"), rows.getString("source_version"), rows.getString("upload_id"), number(rows, "bytes"),
                rows.getString("sha256"), Instant.ofEpochMilli(rows.getLong("started_at")), List.of());
    }

    private static Long number(ResultSet rows, String column) throws SQLException {
        long number = rows.getLong(column);
        return rows.wasNull() ? null : number;
    }
}
