package io.mediajobs.archive;

import io.mediajobs.store.Upload;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The SHA-256 of the beginnings of assets whose upload may go on in this process. It is not written down: Java's own digest has no
 * state that could be, and a library's that has one (Bouncy Castle) is seven times slower here, for every byte of every asset. A process that
 * goes on with what another began reads the object back from S3 at the end instead.
 */
final class KeptDigests {

    private static final int MOST_UPLOADS = 1_000;

    private final int lastParts;
    private final Map<String, Map<Long, MessageDigest>> kept = bounded(MOST_UPLOADS);

    /** @param partsAtOnce parts of one upload that may be digested and not be taken by S3 */
    KeptDigests(int partsAtOnce) {
        // and the one before them, where the next try goes on
        this.lastParts = partsAtOnce + 2;
    }

    private static <K, V> Map<K, V> bounded(int most) {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > most;
            }
        };
    }

    /** A digest of the first {@code bytes} bytes to go on with; null if this process did not see them. */
    synchronized MessageDigest of(Upload upload, long bytes) {
        if (bytes == 0) {
            return Digests.digest("SHA-256");
        }
        MessageDigest digest = kept.getOrDefault(upload.id(), Map.of()).get(bytes);
        return digest == null ? null : copy(digest);
    }

    /** @param digest of the first {@code bytes} bytes; null is not kept */
    synchronized void keep(Upload upload, long bytes, MessageDigest digest) {
        if (digest != null) {
            kept.computeIfAbsent(upload.id(), any -> bounded(lastParts)).put(bytes, copy(digest));
        }
    }

    synchronized void forget(Upload upload) {
        kept.remove(upload.id());
    }

    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("Java's own SHA-256 can be copied", e);
        }
    }
}
