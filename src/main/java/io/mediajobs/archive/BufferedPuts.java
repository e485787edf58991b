package io.mediajobs.archive;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.Function;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * Reads a small body whole before it sends it. From memory it can be sent again where S3 fails, without another download, and it takes less processor time:
 * a body that streams is signed and summed up chunk by chunk, and each byte copied several times on its way. Larger ones stream.
 */
final class BufferedPuts extends DelegatingS3Client {

    /** In Java's heap, for each of {@code archive.at-once} transfers; less than half a region of G1 in the smallest heap, see {@link PartMemory}. */
    private static final long LARGEST = 256 * 1024;

    private final S3Client repeating;

    /**
     * @param streaming for bodies that cannot be sent twice; closed with this
     * @param repeating for those that can; not closed with this
     */
    BufferedPuts(S3Client streaming, S3Client repeating) {
        super(streaming);
        this.repeating = repeating;
    }

    /** @throws UncheckedIOException if the body cannot be read; then nothing was sent */
    @Override
    public PutObjectResponse putObject(PutObjectRequest request, RequestBody body) {
        if (body.optionalContentLength().filter(length -> length <= LARGEST).isEmpty()) {
            return super.putObject(request, body);
        }
        byte[] bytes = read(body);
        return repeating.putObject(request, RequestBody.fromContentProvider(() -> new ByteArrayInputStream(bytes), bytes.length, body.contentType()));
    }

    private static byte[] read(RequestBody body) {
        try (InputStream stream = body.contentStreamProvider().newStream()) {
            return stream.readNBytes(Math.toIntExact(body.optionalContentLength().orElseThrow()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected <T extends S3Request, R> R invokeOperation(T request, Function<T, R> operation) {
        return operation.apply(request);
    }
}
