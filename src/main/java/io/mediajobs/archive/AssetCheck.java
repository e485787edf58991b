package io.mediajobs.archive;

import io.mediajobs.config.Settings;
import io.mediajobs.job.Job;
import io.mediajobs.observe.Metrics;
import io.mediajobs.report.ReportAsset;
import io.mediajobs.store.ArchivedAsset;
import io.mediajobs.store.JobStore;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * Asks S3 what it has, compares that with what was read from the asset's host, and writes it down.
 *
 * <p>Always compared is the length. Of S3's own sums the CRC32, where it gives one; and the ETag where it is the MD5 of the bytes, or
 * of the parts' MD5s: not so under encryption with KMS or customer keys (S3 API reference, "Object", ETag). What left here was
 * besides sent with a CRC32 that S3 checks before it stores, unless {@code s3.checksums} says otherwise.
 */
public final class AssetCheck {

    /** Name of the detail of an asset that says when it was complete in S3. */
    static final String ARCHIVED_AT = "archivedAt";

    private static final Pattern PLAIN_ETAG = Pattern.compile("[0-9a-f]{32}(-[0-9]+)?");

    private final S3Client s3;
    private final String bucket;
    private final JobStore jobs;
    private final Clock clock;
    private final Metrics metrics;

    public AssetCheck(Settings settings, S3Client s3, JobStore jobs, Clock clock, Metrics metrics) {
        this.s3 = s3;
        this.bucket = settings.required("s3.bucket");
        this.jobs = jobs;
        this.clock = clock;
        this.metrics = metrics;
    }

    /**
     * @throws AssetUnavailableException if not the whole body was read
     * @throws S3UnavailableException    if S3 has something else than what was sent
     */
    public void verify(Download download) {
        CheckedStream body = download.getBody();
        if (!body.isComplete()) {
            throw new AssetUnavailableException("Of " + download.getPlanned() + " only " + body.count() + " of " + download.getLength() + " bytes came.");
        }
        HeadObjectResponse stored = s3.headObject(head -> head.bucket(bucket).key(download.getKey()).checksumMode(ChecksumMode.ENABLED));
        if (stored.contentLength() != body.count()) {
            throw new S3UnavailableException("S3 has " + stored.contentLength() + " bytes of " + download.getPlanned() + " where " + body.count() + " were sent.");
        }
        String crc32 = stored.checksumCRC32();
        if (crc32 != null && crc32.indexOf('-') < 0 && download.getETag() == null
                && !crc32.equals(Base64.getEncoder().encodeToString(ByteBuffer.allocate(4).putInt(body.crc32()).array()))) {
            throw new S3UnavailableException("S3 has other bytes of " + download.getPlanned() + " than were sent: its CRC32 is another.");
        }
        String expected = download.getETag() == null ? HexFormat.of().formatHex(body.md5()) : download.getETag();
        String etag = stored.eTag() == null ? "" : stored.eTag().replace("\"", "");
        boolean comparable = PLAIN_ETAG.matcher(etag).matches() && etag.contains("-") == expected.contains("-")
                && stored.serverSideEncryption() != ServerSideEncryption.AWS_KMS && stored.serverSideEncryption() != ServerSideEncryption.AWS_KMS_DSSE
                && stored.sseCustomerAlgorithm() == null;
        if (comparable && !etag.equals(expected)) {
            throw new S3UnavailableException("S3 has other bytes of " + download.getPlanned() + " than were sent: its ETag is another.");
        }
    }

    /**
     * Writes the asset down as being in S3.
     *
     * @throws io.mediajobs.store.LeaseLostException if somebody else has the job by now
     */
    public void save(Download download) {
        Job job = download.getJob();
        ReportAsset asset = download.getPlanned().asset();
        Map<String, Object> details = new LinkedHashMap<>();
        put(details, "width", asset.width());
        put(details, "height", asset.height());
        put(details, "duration", asset.duration());
        details.put(ARCHIVED_AT, clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
        jobs.saveAsset(job, new ArchivedAsset(download.getPlanned().position(), asset.role(), download.getKey(), download.getBody().count(),
                download.getBody().sha256(), download.getContentType(), asset.urlWithoutSecrets(), details));
        metrics.archived(job.provider(), download.getBody().count(), download.took());
    }

    private static void put(Map<String, Object> details, String name, Object value) {
        if (value != null) {
            details.put(name, value);
        }
    }
}
