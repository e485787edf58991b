package io.mediajobs.archive;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import java.util.function.Consumer;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The way to the bucket, tried once.
 *
 * @param once      asks once: for bodies that stream
 * @param repeating asks again after a failure: for what is in memory, and for questions
 * @param check     whether the bucket is there and lets us in
 * @param sums      of what both wrote
 */
public record S3Access(S3Client once, S3Client repeating, S3Check check, AnsweredSums sums) implements AutoCloseable {

    /**
     * The way to the bucket, tried.
     *
     * @param settings those that begin with {@code s3.}, {@code archive.at-once}, {@code archive.jobs-at-once}, {@code archive.parts-at-once},
     *                 {@code archive.minimum-rate} and {@code archive.transfer-deadline}
     * @throws ConfigurationException if a setting is wrong, or the bucket cannot be used; one sentence
     */
    public static S3Access open(Settings settings) {
        S3Access access = untried(settings, retry -> { });
        try {
            access.check.run();
            access.check.write();
            return access;
        } catch (RuntimeException e) {
            access.close();
            throw e;
        }
    }

    /** The same, not tried. @param retries changes the pauses of the client that asks again */
    static S3Access untried(Settings settings, Consumer<RetryStrategy.Builder<?, ?>> retries) {
        AnsweredSums sums = new AnsweredSums();
        S3Client once = S3Clients.create(settings, sums);
        try {
            return new S3Access(once, S3Clients.createRepeating(settings, sums, retries), new S3Check(settings, once), sums);
        } catch (RuntimeException e) {
            once.close();
            throw e;
        }
    }

    /** Whether S3 names the CRC32C of what it takes in one PUT of so many bytes, going by its last answer to such a write. */
    public boolean namesChecksums(long bytes) {
        return sums.areGiven(BufferedPuts.streams(bytes));
    }

    @Override
    public void close() {
        repeating.close();
        once.close();
    }
}
