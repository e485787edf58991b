package io.mediajobs.archive;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import io.mediajobs.job.Job;
import io.mediajobs.store.LeaseLostException;
import io.mediajobs.store.Upload;
import io.mediajobs.store.Uploads;
import java.security.MessageDigest;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Sends an asset whose length is unknown, or too large for one PUT, in parts, and goes on where an earlier try ended: how far it came is
 * in the store before the next part leaves.
 *
 * <p>This is not camel-aws2-s3's {@code multiPartUpload}, which reads a body of unknown length into memory to count it, cannot repeat a
 * part, and begins anew.
 */
public final class MultipartUpload implements AutoCloseable {

    /** S3 user guide, "Amazon S3 multipart upload limits": 1 to 10,000 parts of 5 MiB to 5 GiB, the last one may be smaller. */
    static final int MOST_PARTS = 10_000;
    static final long SMALLEST_PART = 5L << 20;
    /** A part is held in memory, and its bytes are counted with an {@code int}. */
    static final long LARGEST_PART = 1L << 30;
    /** Where the length is unknown, parts of each next thousand are twice as large: 10,000 that begin with 8 MiB hold 3.9 TiB. */
    private static final int PARTS_OF_ONE_SIZE = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(MultipartUpload.class);

    private final Uploads uploads;
    private final S3Multipart s3;
    private final UnfinishedUploads unfinished;
    private final StoredObject stored;
    private final AssetDownload downloads;
    private final long partSize;
    private final int partsAtOnce;
    private final PartMemory memory;
    private final KeptDigests digests;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "asset-part");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param settings {@code archive.part-size}, {@code archive.parts-at-once} and {@code archive.at-once}
     * @throws ConfigurationException if the size is none that S3 takes, or Java has no memory for the parts of one transfer
     */
    public MultipartUpload(Settings settings, Uploads uploads, S3Multipart s3, UnfinishedUploads unfinished, StoredObject stored, AssetDownload downloads) {
        this(settings, uploads, s3, unfinished, stored, downloads, SMALLEST_PART);
    }

    /** @param smallestPart bytes, for a store that takes smaller ones than S3 */
    MultipartUpload(Settings settings, Uploads uploads, S3Multipart s3, UnfinishedUploads unfinished, StoredObject stored, AssetDownload downloads,
            long smallestPart) {
        this.uploads = uploads;
        this.s3 = s3;
        this.unfinished = unfinished;
        this.stored = stored;
        this.downloads = downloads;
        this.partSize = settings.bytes("archive.part-size");
        this.partsAtOnce = settings.number("archive.parts-at-once");
        if (partSize < smallestPart || partSize > LARGEST_PART) {
            throw new ConfigurationException("The setting archive.part-size is wrong: S3 takes parts of at least 5MB, and more than 1GB is held in no memory.");
        }
        if (partsAtOnce < 1) {
            throw new ConfigurationException("The setting archive.parts-at-once is wrong: at least 1 part is held in memory.");
        }
        long transfers = settings.number("archive.at-once");
        long limit = PartMemory.limit();
        long roomFor = limit / partSize / partsAtOnce;
        if (roomFor < 1) {
            throw new ConfigurationException("The settings archive.part-size and archive.parts-at-once are wrong: a transfer holds " + partsAtOnce + " parts of "
                    + partSize + " bytes in memory outside of Java's heap, which may be " + limit
                    + " bytes. Make one of them smaller, or start Java with a larger -XX:MaxDirectMemorySize.");
        }
        if (roomFor < transfers) {
            LOG.warn("Java has memory outside of its heap for the parts of {} transfers at the same time, and archive.at-once lets {} begin: with more than {} "
                    + "large assets at once, some fail and are fetched again later. Start Java with a larger -XX:MaxDirectMemorySize, or make archive.at-once, "
                    + "archive.parts-at-once or archive.part-size smaller.", roomFor, transfers, roomFor);
        }
        this.memory = new PartMemory(transfers * partsAtOnce * partSize);
        this.digests = unfinished.digests();
    }

    /**
     * Sends the body of {@code download}, behind what an earlier try sent where the body is the rest of the same file. If it fails, what
     * was sent stays for the next try, unless no try could go on with it.
     *
     * @param begun what an earlier try left; null for nothing
     * @throws AssetUnavailableException if the body cannot be read to its end
     * @throws SdkException              if S3 fails
     */
    public Sent upload(Download download, Upload begun) {
        if (!download.isUsable()) {
            throw new AssetUnavailableException("The host of " + download.getPlanned() + " sent a part of it that was not asked for.");
        }
        long startedAt = System.nanoTime();
        boolean goesOn = download.getOffset() > 0 && begun.key().equals(download.getKey());
        if (!goesOn && download.getOffset() > 0) {
            unfinished.abandon(begun);
            throw new AssetUnavailableException(download.getPlanned() + " goes to another key than its beginning; it is fetched anew.");
        }
        if (!goesOn && begun != null) {
            unfinished.abandon(begun);
        }
        Upload upload = goesOn ? begun : begin(download);
        Upload all;
        try {
            all = sendRest(download, upload);
        } catch (RuntimeException e) {
            leave(upload, e);
            throw e;
        }
        return complete(download.getJob(), download.getPlanned(), all, startedAt);
    }

    private void leave(Upload upload, RuntimeException failure) {
        boolean othersGoOn = failure instanceof LeaseLostException;
        boolean weGoOn = upload.sourceVersion() != null && !(failure instanceof SourceChangedException) && !(failure instanceof AssetRefusedException)
                && !(failure instanceof SdkException s3Failure && S3Failure.isWithoutUpload(s3Failure));
        if (!othersGoOn && !weGoOn) {
            digests.forget(upload);
            unfinished.abandon(upload);
        }
    }

    private Upload begin(Download download) {
        Job job = download.getJob();
        Long length = download.getLength() < 0 ? null : download.getLength();
        Upload upload = uploads.begin(job, download.getPlanned().position(), s3.bucket(), download.getKey(), download.getContentType(), partSize,
                download.getPlanned().url(), length, download.version());
        String uploadId = s3.create(upload);
        if (uploadId == null) {
            throw new S3UnavailableException("S3 began an upload of " + download.getPlanned() + " without saying its name.");
        }
        try {
            return uploads.created(job, upload, uploadId);
        } catch (RuntimeException e) {
            unfinished.abandon(upload.withUploadId(uploadId));
            throw e;
        }
    }

    private Upload sendRest(Download download, Upload upload) {
        MessageDigest sha256 = digests.of(upload, upload.partBytes());
        // as it was when the upload began: a host may tell the length only with a range, and the parts stay as large as they were
        long length = upload.sourceBytes() == null ? -1 : upload.sourceBytes();
        int number = upload.parts().size();
        try (AssetBytes bytes = new AssetBytes(downloads, download, upload);
                PartSender sender = new PartSender(download.getJob(), upload, s3, uploads, threads, memory, partsAtOnce)) {
            boolean more = true;
            while (more) {
                download.watch().time();
                PartBuffer part = sender.buffer(partSize(upload.partSize(), length, number));
                bytes.fill(part, sha256);
                more = part.room() == 0 && !bytes.isAtEnd();
                if (part.length() == 0 && number > 0) {
                    break;
                }
                if (++number > MOST_PARTS) {
                    throw new AssetRefusedException(AssetRefusedException.TOO_LARGE, download.getPlanned() + " is larger than an object in S3 can be.");
                }
                digests.keep(upload, bytes.position(), sha256);
                sender.send();
            }
            Upload sent = upload.withParts(sender.finish());
            return uploads.allSent(download.getJob(), sent, sent.partBytes(), sha256 == null ? null : Digests.hex(sha256));
        }
    }

    /**
     * Puts together an upload all of whose parts are in S3. One that S3 does not know any more may have been put together by a try that
     * could not write that down: then the object is there.
     *
     * @throws S3UnavailableException if S3 knows neither the upload nor such an object; the next try begins anew
     * @throws SdkException           if S3 fails
     */
    public Sent complete(Job job, PlannedAsset planned, Upload upload) {
        return complete(job, planned, upload, System.nanoTime());
    }

    private Sent complete(Job job, PlannedAsset planned, Upload upload, long startedAt) {
        Sent sent = new Sent(job, planned, upload.key(), upload.contentType(), upload.bytes(), upload.sha256(), S3Multipart.etag(upload.parts()),
                Crc32cSums.ofWhole(upload.parts()), upload, startedAt);
        digests.forget(upload);
        try {
            s3.complete(upload);
        } catch (SdkException e) {
            if (S3Failure.isThereAlready(e)) {
                StoredObject.Likeness found = stored.compare(sent);
                boolean same = stored.isSame(found, sent);
                unfinished.abandon(upload);
                if (!same) {
                    throw S3Failure.thereAlready(sent, found, e);
                }
                return sent;
            }
            if (!S3Failure.isWithoutUpload(e)) {
                throw e;
            }
            if (!stored.isSame(stored.compare(sent), sent)) {
                unfinished.abandon(upload);
                throw new S3UnavailableException("S3 does not know the upload of " + planned + " any more; it is sent anew.", e);
            }
        }
        return sent;
    }

    /**
     * How large the next part is.
     *
     * @param configured bytes of an ordinary part
     * @param length     of the whole; negative if unknown
     * @param sent       parts before it
     */
    static int partSize(long configured, long length, int sent) {
        long size = length >= 0
                // all of one size, as some stores demand
                ? Math.max(configured, (length + MOST_PARTS - 1) / MOST_PARTS)
                : configured << Math.min(20, sent / PARTS_OF_ONE_SIZE);
        return (int) Math.min(size, LARGEST_PART);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
