package io.mediajobs.archive;

import software.amazon.awssdk.core.exception.SdkException;

/** Says whose fault it was that an asset did not get from its host into S3: S3's client cannot tell them apart. */
public final class TransferFailure {

    /**
     * @param failure  what a step threw
     * @param planned  the asset
     * @param download null if there was none yet, or there is nothing to download any more
     * @throws Exception always: an {@link ArchiveException} where the failure is the host's or S3's, else the failure itself
     */
    public void explain(Exception failure, PlannedAsset planned, Download download) throws Exception {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ArchiveException known) {
                throw known;
            }
        }
        Exception broken = download == null || download.getBody() == null ? null : download.getBody().failure();
        if (broken instanceof ArchiveException known) {
            throw known;
        }
        if (broken != null) {
            throw new AssetUnavailableException("The host of " + planned + " broke off: " + broken, broken);
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SdkException s3) {
                throw S3Failure.of("Writing " + planned, s3);
            }
        }
        throw failure;
    }
}
