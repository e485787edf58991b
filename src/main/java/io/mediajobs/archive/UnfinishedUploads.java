package io.mediajobs.archive;

import io.mediajobs.config.Settings;
import io.mediajobs.job.Job;
import io.mediajobs.store.StoreException;
import io.mediajobs.store.StoreUnavailableException;
import io.mediajobs.store.Upload;
import io.mediajobs.store.UploadPart;
import io.mediajobs.store.Uploads;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.Part;

/**
 * Uploads in parts that an earlier try left behind: what a later one can go on with, and what is taken back. It knows only of those that
 * are written down as ours, so that nobody else's are ever touched.
 */
public final class UnfinishedUploads {

    private static final int AT_ONCE = 100;
    private static final Logger LOG = LoggerFactory.getLogger(UnfinishedUploads.class);

    private final Uploads uploads;
    private final S3Multipart s3;
    private final Duration untouched;
    private final KeptDigests digests;

    /** @param settings {@code archive.orphan-after} and {@code archive.parts-at-once} */
    public UnfinishedUploads(Settings settings, Uploads uploads, S3Multipart s3) {
        this.uploads = uploads;
        this.s3 = s3;
        this.untouched = settings.duration("archive.orphan-after");
        this.digests = new KeptDigests(settings.number("archive.parts-at-once"));
    }

    /** Of the beginnings of those that this process goes on with. */
    KeptDigests digests() {
        return digests;
    }

    /**
     * The upload that a try of this attempt can go on with, with the parts that S3 confirms to have; others are taken back.
     *
     * @return null if there is none
     * @throws ArchiveException if S3 cannot say
     */
    public Upload find(@Variable("job") Job job, @Variable("asset") PlannedAsset planned, @Variable("transfers") JobTransfers transfers) {
        Upload upload = transfers.mayHaveBegun(planned) ? uploads.find(job, planned.position()).orElse(null) : null;
        if (upload == null) {
            return null;
        }
        try {
            return usable(job, planned, upload);
        } catch (SdkException e) {
            if (S3Failure.isWithoutUpload(e)) {
                uploads.remove(upload);
                return null;
            }
            throw S3Failure.of("Asking for the unfinished upload of " + planned, e);
        }
    }

    private Upload usable(Job job, PlannedAsset planned, Upload upload) {
        boolean isOfThisAsset = upload.bucket().equals(s3.bucket()) && upload.sourceUrl().equals(planned.url());
        if (isOfThisAsset && upload.sentAll()) {
            return upload;
        }
        if (!isOfThisAsset || upload.uploadId() == null || upload.sourceVersion() == null) {
            abandon(upload);
            return null;
        }
        Upload confirmed = upload.withParts(confirmed(upload.parts(), s3.parts(upload)));
        if (upload.sourceBytes() != null && confirmed.partBytes() == upload.sourceBytes()) {
            MessageDigest sha256 = digests.of(upload, confirmed.partBytes());
            return uploads.allSent(job, confirmed, confirmed.partBytes(), sha256 == null ? null : Digests.hex(sha256));
        }
        if (confirmed.partBytes() > 0) {
            LOG.info("Job {}: {} goes on behind the {} bytes that are in S3", job.key(), planned, confirmed.partBytes());
        }
        return confirmed;
    }

    // those from the first on that are there as they were sent
    private static List<UploadPart> confirmed(List<UploadPart> written, Map<Integer, Part> there) {
        List<UploadPart> confirmed = new ArrayList<>();
        for (UploadPart part : written) {
            Part found = there.get(part.number());
            if (part.number() != confirmed.size() + 1 || found == null || found.size() != part.bytes()
                    || !unquoted(part.etag()).equals(unquoted(found.eTag()))) {
                break;
            }
            confirmed.add(part);
        }
        return confirmed;
    }

    private static String unquoted(String etag) {
        return etag == null ? "" : etag.replace("\"", "");
    }

    /** Nobody goes on with this upload: it is taken back now, or later if S3 does not take it back now. */
    void abandon(Upload upload) {
        try {
            uploads.giveUp(upload);
            takeBack(upload);
        } catch (SdkException | StoreException e) {
            LOG.warn("An unfinished upload to {} in bucket {} is taken back later: {}", upload.key(), upload.bucket(), S3Failure.root(e));
        }
    }

    /** The upload was put together and its asset written down. */
    void completed(Upload upload) {
        try {
            uploads.remove(upload);
        } catch (StoreException e) {
            // the asset is safe; what is left is one row that takeBackOrphans removes
            LOG.warn("The record of the completed upload to {} is removed later: {}", upload.key(), S3Failure.root(e));
        }
    }

    /**
     * Takes back the uploads of ours that no job goes on with: of jobs that were cancelled, blocked, opened again or ended otherwise, and
     * what an earlier call could not take back. A route calls it again and again.
     *
     * @return how many
     */
    public int takeBackOrphans() {
        try {
            int takenBack = 0;
            for (Upload upload : uploads.orphans(untouched, AT_ONCE)) {
                takenBack += takenBack(upload) ? 1 : 0;
            }
            if (takenBack > 0) {
                LOG.info("{} uploads that no job needs were taken back from S3", takenBack);
            }
            return takenBack;
        } catch (StoreUnavailableException e) {
            LOG.debug("Nothing is taken back while the job store is away", e);
            return 0;
        }
    }

    private boolean takenBack(Upload upload) {
        try {
            takeBack(upload);
            return true;
        } catch (SdkException e) {
            LOG.warn("An unfinished upload to {} in bucket {} is not taken back yet: {}", upload.key(), upload.bucket(), S3Failure.root(e));
            // behind the others, so that some that cannot be taken back do not hold up the rest
            uploads.giveUp(upload);
            return false;
        }
    }

    private void takeBack(Upload upload) {
        if (upload.uploadId() != null) {
            s3.abort(upload);
        } else {
            for (String stray : s3.strays(upload)) {
                if (!uploads.isNeeded(upload.bucket(), stray)) {
                    s3.abort(upload, stray);
                }
            }
        }
        uploads.remove(upload);
    }
}
