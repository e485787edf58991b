package io.mediajobs.archive;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Function;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * Reads a small body whole before it sends it. That takes less processor time: a body that streams is signed and summed up chunk by chunk, and each
 * byte copied several times on its way. Nor is S3 sent anything of a body that breaks off. Larger ones stream.
 *
 * <p>It is sent once all the same, as one that streams is. It could be sent again from memory, but the routes try again too: an S3 that is ill would get
 * the tries of both, multiplied.
 */
final class BufferedPuts extends DelegatingS3Client {

    /** In Java's heap, for each of {@code archive.at-once} transfers; less than half a region of G1 in the smallest heap, see {@link PartMemory}. */
    private static final long LARGEST = 256 * 1024;
    private static final Duration LEAST = Duration.ofMillis(1);

    private final S3Client whole;

    /**
     * @param streaming for bodies that come while they are sent
     * @param whole     for those that are in memory. Both are closed with this
     */
    BufferedPuts(S3Client streaming, S3Client whole) {
        super(streaming);
        this.whole = whole;
    }

    /** Whether a body of so many bytes is sent while it comes; null if they are not known. */
    static boolean streams(Long bytes) {
        return bytes == null || bytes > LARGEST;
    }

    /** @throws UncheckedIOException if the body cannot be read; then nothing was sent */
    @Override
    public PutObjectResponse putObject(PutObjectRequest request, RequestBody body) {
        if (streams(body.optionalContentLength().orElse(null))) {
            return super.putObject(request, body);
        }
        long begin = System.nanoTime();
        byte[] bytes = read(body);
        return whole.putObject(inWhatIsLeft(request, System.nanoTime() - begin),
                RequestBody.fromContentProvider(() -> new ByteArrayInputStream(bytes), bytes.length, body.contentType()));
    }

    private static byte[] read(RequestBody body) {
        try (InputStream stream = body.contentStreamProvider().newStream()) {
            return stream.readNBytes(Math.toIntExact(body.optionalContentLength().orElseThrow()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // what a call may take includes the reading of its body
    private static PutObjectRequest inWhatIsLeft(PutObjectRequest request, long nanosOfReading) {
        AwsRequestOverrideConfiguration call = request.overrideConfiguration().orElse(null);
        if (call == null || call.apiCallTimeout().isEmpty()) {
            return request;
        }
        Duration left = call.apiCallTimeout().get().minusNanos(nanosOfReading);
        return request.toBuilder().overrideConfiguration(call.toBuilder().apiCallTimeout(left.compareTo(LEAST) < 0 ? LEAST : left).build()).build();
    }

    @Override
    protected <T extends S3Request, R> R invokeOperation(T request, Function<T, R> operation) {
        return operation.apply(request);
    }

    @Override
    public void close() {
        whole.close();
        super.close();
    }
}
