package io.mediajobs.archive;

import software.amazon.awssdk.core.exception.SdkException;

/** Says whose fault it was that an asset did not get from its host into S3: S3's client cannot tell them apart. */
public final class TransferFailure {

    /**
     * @param failure  what a step threw
     * @param download null if there was none yet
     * @throws Exception always: an {@link ArchiveException} where the failure is the host's or S3's, else the failure itself
     */
    public void explain(Exception failure, Download download) throws Exception {
        if (download != null && download.getBody() != null && download.getBody().failure() != null && !(failure instanceof ArchiveException)) {
            if (download.getBody().failure() instanceof ArchiveException known) {
                throw known;
            }
            throw new AssetUnavailableException("The host of " + download.getPlanned() + " broke off: " + download.getBody().failure(),
                    download.getBody().failure());
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ArchiveException known) {
                throw known;
            }
            if (cause instanceof SdkException s3) {
                throw S3Failure.of("Writing " + (download == null ? "an asset" : download.getPlanned()), s3);
            }
        }
        throw failure;
    }
}
