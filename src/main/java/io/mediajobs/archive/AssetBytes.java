package io.mediajobs.archive;

import io.mediajobs.store.Upload;
import java.io.IOException;
import java.security.MessageDigest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bytes of an asset for an upload in parts: where the connection breaks off, it goes on with the rest of the same file. */
final class AssetBytes implements AutoCloseable {

    /** How often in a row a body is continued without one whole part between; then the routes try again, later. */
    private static final int MOST_BREAKS = 3;

    private static final int READ_AT_ONCE = 1 << 16;

    private static final Logger LOG = LoggerFactory.getLogger(AssetBytes.class);

    private final AssetDownload downloads;
    private final Upload upload;
    private final byte[] read = new byte[READ_AT_ONCE];
    private Download download;
    private boolean own;
    private long position;
    private int breaks;

    /** @param download its body not yet read; closed by whoever opened it */
    AssetBytes(AssetDownload downloads, Download download, Upload upload) {
        this.downloads = downloads;
        this.download = download;
        this.upload = upload;
        this.position = download.getOffset();
    }

    /** Bytes of the asset that came so far, with those before the first. */
    long position() {
        return position;
    }

    /** True if all announced bytes came. */
    boolean isAtEnd() {
        return download.getLength() >= 0 && position == download.getLength();
    }

    /**
     * Reads the next bytes into the part. Only at the end there is room left in it.
     *
     * @param sha256 of what came before, gets these too; null for none
     * @throws AssetUnavailableException if the host broke off for good
     * @throws SourceChangedException    if the host has another file by now, or does not give the rest of one
     */
    void fill(PartBuffer part, MessageDigest sha256) {
        breaks = 0;
        while (part.room() > 0 && !isAtEnd()) {
            try {
                int count = download.getBody().read(read, 0, Math.min(read.length, part.room()));
                if (count < 0) {
                    return;
                }
                part.add(read, count);
                if (sha256 != null) {
                    sha256.update(read, 0, count);
                }
                position += count;
            } catch (IOException e) {
                goOn(e);
            }
        }
    }

    private void goOn(IOException broken) {
        boolean canGoOn = upload.sourceVersion() != null && position > 0 && ++breaks <= MOST_BREAKS;
        if (!canGoOn) {
            throw new AssetUnavailableException("The host of " + download.getPlanned() + " broke off: " + broken, broken);
        }
        LOG.info("The host of {} broke off after {} bytes ({}); asked for the rest", download.getPlanned(), position, broken.toString());
        Download before = download;
        before.close();
        Download rest = downloads.reopen(before, upload, position);
        if (rest.getOffset() == position) {
            replace(rest);
            return;
        }
        int status = rest.getStatus();
        rest.close();
        if (status == 401 || status == 403 || status == 410) {
            throw new UrlExpiredException("The host of " + rest.getPlanned() + " refuses its URL with HTTP " + status + " half-way; it may have expired.");
        }
        if (status == 200 || status == 206 || status == 416) {
            throw new SourceChangedException("The host of " + rest.getPlanned() + " broke off and does not give the rest of the same file (HTTP " + status
                    + "); it is fetched anew.", broken);
        }
        throw new AssetUnavailableException("The host of " + rest.getPlanned() + " broke off, and then answered HTTP " + status + ".", broken);
    }

    private void replace(Download rest) {
        if (own) {
            download.close();
        }
        download = rest;
        own = true;
    }

    @Override
    public void close() {
        if (own) {
            download.close();
        }
    }
}
