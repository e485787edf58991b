package io.mediajobs.archive;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The way to the bucket, tried once.
 *
 * @param once      asks once: for bodies that stream
 * @param repeating asks again after a failure: for what is in memory, and for questions
 * @param check     whether the bucket is there and lets us in
 */
public record S3Access(S3Client once, S3Client repeating, S3Check check) implements AutoCloseable {

    /**
     * @param settings those that begin with {@code s3.}, {@code archive.at-once} and {@code archive.parts-at-once}
     * @throws ConfigurationException if a setting is wrong, or the bucket cannot be used; one sentence
     */
    public static S3Access open(Settings settings) {
        S3Client once = S3Clients.create(settings);
        try {
            S3Check check = new S3Check(settings, once);
            check.run();
            check.write();
            return new S3Access(once, S3Clients.createRepeating(settings), check);
        } catch (RuntimeException e) {
            once.close();
            throw e;
        }
    }

    @Override
    public void close() {
        repeating.close();
        once.close();
    }
}
