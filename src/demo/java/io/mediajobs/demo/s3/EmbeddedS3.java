package io.mediajobs.demo.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;

/**
 * An S3-compatible server in this process, on the loopback address only. A bucket is a folder, an object is the file at
 * its key, so what was archived can be opened with any program.
 *
 * <p>What s3proxy 4.1.0 was seen to do with the AWS SDK 2.41.28 (Java 17 and 25):
 * <ul>
 * <li>takes the SDK's default of a trailing CRC32 (aws-chunked) and {@code when_required} alike, over plain http; 1 GiB
 * in one PUT at -Xmx96m either way;</li>
 * <li>refuses a wrong signature (403), a wrong {@code Content-MD5} or checksum (400), a body that ends early, and stores
 * nothing then;</li>
 * <li>ETag is the MD5; it checks {@code x-amz-checksum-*} but gives none back, neither on PUT nor on HEAD with checksum
 * mode, so a reader compares the length and the ETag, or reads the file;</li>
 * <li>{@code If-None-Match: *} gives 412 on PUT and on completing a multipart upload;</li>
 * <li>without credentials it gives 403 for what is there and 404 for what is not;</li>
 * <li>an unfinished multipart upload is a hidden {@code .mpus-} folder in the bucket;</li>
 * <li>content type and user metadata are extended attributes of the file: kept where the file system has them.</li>
 * </ul>
 */
public final class EmbeddedS3 implements AutoCloseable {

    private static final String ACCESS_KEY = "demo-access-key";
    private static final String SECRET_KEY = "demo-secret-key";

    private final Path folder;
    private final FilesystemNio2BlobStore store;
    private final S3Proxy server;
    private final URI endpoint;

    static {
        // Jetty tells ten lines at INFO for each start; a level that someone has set is left alone
        if (LoggerFactory.getLogger("org.gaul") instanceof Logger logger && logger.getLevel() == null) {
            logger.setLevel(Level.WARN);
        }
    }

    private EmbeddedS3(Path folder, FilesystemNio2BlobStore store, S3Proxy server) {
        this.folder = folder;
        this.store = store;
        this.server = server;
        this.endpoint = URI.create("http://127.0.0.1:" + server.getPort());
    }

    /** Starts on a free port. */
    public static EmbeddedS3 start(Path folder) {
        return start(folder, 0);
    }

    /**
     * @param folder parent of the buckets; made when missing
     * @param port   0 for a free one
     */
    public static EmbeddedS3 start(Path folder, int port) {
        try {
            Files.createDirectories(folder);
            var store = new FilesystemNio2BlobStore(folder.toAbsolutePath().toString());
            S3Proxy server = S3Proxy.builder()
                    .blobStore(store)
                    .endpoint(URI.create("http://127.0.0.1:" + port))
                    .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
                    .ignoreUnknownHeaders(true)
                    .stopTimeout(0)
                    .build();
            server.start();
            return new EmbeddedS3(folder, store, server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException("The embedded S3 server did not start on port " + port, e);
        }
    }

    /** Base URI for path-style access, without a slash at the end. */
    public URI endpoint() {
        return endpoint;
    }

    public String accessKey() {
        return ACCESS_KEY;
    }

    public String secretKey() {
        return SECRET_KEY;
    }

    /** The folder that holds the buckets. */
    public Path folder() {
        return folder;
    }

    /**
     * Makes the bucket unless it is there; a bucket is a folder. Returns the folder.
     *
     * @throws IllegalArgumentException when S3 has no such names: the server would not find the folder
     */
    public Path createBucket(String name) {
        if (!name.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")) {
            throw new IllegalArgumentException(
                    "Not a bucket name, which has 3 to 63 lower-case letters, digits, dots and hyphens: " + name);
        }
        try {
            Path bucket = Files.createDirectories(folder.resolve(name));
            // s3proxy takes the folder's permissions for the bucket's: one that others can read is listed to anybody
            store.setContainerAccess(name, BucketCannedACL.PRIVATE);
            return bucket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops at once; the files stay. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("The embedded S3 server did not stop", e);
        }
    }
}
