package io.mediajobs.archive;

import io.mediajobs.job.Job;
import io.mediajobs.observe.Metrics;
import io.mediajobs.report.ReportAsset;
import io.mediajobs.store.ArchivedAsset;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.apache.camel.component.aws2.s3.AWS2S3Constants;

/**
 * Has S3 say what it has of an asset that was sent, and writes it down. What left here was besides sent with a CRC32C that S3 checks
 * before it stores, unless {@code s3.checksums} says otherwise.
 */
public final class AssetCheck {

    /** Name of the detail of an asset that says when it was complete in S3. */
    static final String ARCHIVED_AT = "archivedAt";

    /** Name of the detail of an asset that has its CRC32C, as S3 writes it. */
    static final String CRC32C = "crc32c";

    private final StoredObject stored;
    private final AssetRecords records;
    private final UnfinishedUploads unfinished;
    private final Clock clock;
    private final Metrics metrics;
    private final S3Outage outage;

    public AssetCheck(StoredObject stored, AssetRecords records, UnfinishedUploads unfinished, Clock clock, Metrics metrics, S3Outage outage) {
        this.outage = outage;
        this.stored = stored;
        this.records = records;
        this.unfinished = unfinished;
        this.clock = clock;
        this.metrics = metrics;
    }

    /**
     * Compares what S3 has with what was sent. An asset whose beginning an earlier process sent is read back from S3: that process took
     * the state of the SHA-256 with it.
     *
     * @return what was sent, with its SHA-256
     * @throws S3UnavailableException if S3 has something else than what was sent
     */
    public Sent verify(@Variable("sent") Sent sent) {
        StoredObject.Likeness likeness = stored.compare(sent);
        if (likeness == StoredObject.Likeness.OTHER || likeness == StoredObject.Likeness.NONE) {
            throw other(sent);
        }
        // S3 was expected to name a sum, as it did before, and there is nothing else to go by
        boolean unsure = likeness == StoredObject.Likeness.UNKNOWN && sent.upload() == null && sent.etag() == null;
        if (sent.sha256() != null && !unsure) {
            return sent;
        }
        String sha256 = stored.readBack(sent);
        if (sha256 == null) {
            throw other(sent);
        }
        return sent.withSha256(sha256);
    }

    /**
     * Reads the rest of an asset that S3 did not take because there is an object with its key ({@code s3.overwrite}), to see whether it is
     * the same: an earlier process may have sent it and not have written that down.
     *
     * @param download whose body S3 has read in part
     * @return what is there
     * @throws ObjectExistsException  if it is another object
     * @throws S3UnavailableException if there is none any more
     */
    public Sent adopt(@Variable("download") Download download) throws IOException {
        byte[] buffer = new byte[1 << 16];
        while (!download.getBody().isComplete() && download.getBody().read(buffer) >= 0) {
            // digested on its way
        }
        Sent sent = download.getSent();
        StoredObject.Likeness likeness = stored.compare(sent);
        if (!stored.isSame(likeness, sent)) {
            throw S3Failure.thereAlready(sent, likeness, null);
        }
        return sent;
    }

    /**
     * Sees to it that S3 has the manifest that it was just sent. There are stores, and proxies before them, that answer 200 to what they did not do.
     *
     * @param key   it was sent to
     * @param bytes that were sent
     * @param etag  of the answer; null or empty if it had none
     * @throws S3UnavailableException if S3 does not have it
     */
    public void requireManifest(@Variable("job") Job job, @Header(AWS2S3Constants.KEY) String key, @Body byte[] bytes, @Header(AWS2S3Constants.E_TAG) String etag) {
        if (etag == null || etag.isBlank()) {
            throw new S3UnavailableException("S3 was sent the manifest and did not say that it has it.");
        }
        Digests digests = new Digests(true);
        digests.bytes(bytes, 0, bytes.length);
        Sent sent = new Sent(job, null, key, null, bytes.length, digests.sha256(), digests.md5(), digests.crc32c(), null, System.nanoTime());
        StoredObject.Likeness likeness = stored.compare(sent);
        if (likeness == StoredObject.Likeness.OTHER || likeness == StoredObject.Likeness.NONE) {
            throw new S3UnavailableException("S3 was sent the manifest, said that it has it, and has " + (likeness == StoredObject.Likeness.NONE ? "none." : "another."));
        }
    }

    private S3UnavailableException other(Sent sent) {
        if (sent.upload() != null) {
            // it was put together, so no later try can go on with it
            unfinished.abandon(sent.upload());
        }
        return new S3UnavailableException("S3 has other bytes of " + sent.planned() + " than were sent: the length or a checksum is another.");
    }

    /**
     * Has the asset written down as being in S3.
     *
     * @param transfers it is one of, which hear if that fails
     */
    public void save(@Variable("sent") Sent sent, @Variable("transfers") JobTransfers transfers) {
        Job job = sent.job();
        outage.took(job.key());
        ReportAsset asset = sent.planned().asset();
        Map<String, Object> details = new LinkedHashMap<>();
        put(details, "width", asset.width());
        put(details, "height", asset.height());
        put(details, "duration", asset.duration());
        put(details, CRC32C, sent.crc32c());
        details.put(ARCHIVED_AT, clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
        ArchivedAsset home = new ArchivedAsset(sent.planned().position(), asset.role(), sent.key(), sent.bytes(), sent.sha256(), sent.contentType(),
                sent.planned().url(), details);
        Duration took = sent.took();
        transfers.recording(records.save(job, home).thenRun(() -> written(sent, took)));
    }

    private void written(Sent sent, Duration took) {
        metrics.archived(sent.job().provider(), sent.bytes(), took);
        if (sent.upload() != null) {
            unfinished.completed(sent.upload());
        }
    }

    private static void put(Map<String, Object> details, String name, Object value) {
        if (value != null) {
            details.put(name, value);
        }
    }
}
