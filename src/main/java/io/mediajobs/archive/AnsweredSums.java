package io.mediajobs.archive;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The CRC32C sums that S3 named when it took objects in one PUT from this process: camel-aws2-s3 does not pass them on. S3 gives the answer to
 * a PUT once the object is there, whole and visible (S3 user guide, "Amazon S3 data consistency model"), so it need not be asked again what it
 * has. An upload in parts is asked about in any case: one question more costs nothing there, and there are stores whose answer to the
 * completion names the sum that they were told.
 */
public final class AnsweredSums {

    private static final int REMEMBERED = 1_000;

    private final Map<String, String> sums = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > REMEMBERED;
        }
    };
    private boolean givenForStreamed;
    private boolean givenForWhole;

    AnsweredSums() {
    }

    /**
     * @param crc32c   as S3 answered; null if it named none
     * @param streamed whether the sum came behind the bytes, as the body streamed, and not before them
     */
    synchronized void put(String bucket, String key, String crc32c, boolean streamed) {
        if (streamed) {
            givenForStreamed = crc32c != null;
        } else {
            givenForWhole = crc32c != null;
        }
        if (crc32c != null) {
            sums.put(bucket + "/" + key, crc32c);
        } else {
            sums.remove(bucket + "/" + key);
        }
    }

    /** The sum of what S3 took last under the key; null if it named none, or has been asked here before. */
    synchronized String take(String bucket, String key) {
        return sums.remove(bucket + "/" + key);
    }

    /**
     * Whether S3 named one the last time: a store that does so will be found to do so again. Not so for the other kind of body: there are stores that name
     * the sum which they were told before the bytes, and none that they were told behind them.
     */
    synchronized boolean areGiven(boolean streamed) {
        return streamed ? givenForStreamed : givenForWhole;
    }
}
