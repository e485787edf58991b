package io.mediajobs.archive;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Request;

/** Writes every object with the same options, whoever asks: camel-aws2-s3 has only some of them. Remembers the sums that S3 answers with. */
final class OptionedS3Client extends DelegatingS3Client {

    private final ObjectOptions options;
    private final AnsweredSums sums;
    private final Predicate<PutObjectRequest> streams;
    private final ToLongFunction<PutObjectRequest> longestPut;

    /**
     * @param streams    which bodies the client sends while they come
     * @param longestPut how many milliseconds a PUT may take; 0 for no limit but the client's own
     */
    OptionedS3Client(S3Client client, ObjectOptions options, AnsweredSums sums, Predicate<PutObjectRequest> streams,
            ToLongFunction<PutObjectRequest> longestPut) {
        super(client);
        this.options = options;
        this.sums = sums;
        this.streams = streams;
        this.longestPut = longestPut;
    }

    @Override
    protected <T extends S3Request, R> R invokeOperation(T request, Function<T, R> operation) {
        if (!(request instanceof PutObjectRequest put)) {
            return operation.apply(options.with(request));
        }
        // if this one fails, what S3 said of an earlier one holds no more
        sums.take(put.bucket(), put.key());
        R answer = operation.apply(bounded(options.with(request)));
        sums.put(put.bucket(), put.key(), ((PutObjectResponse) answer).checksumCRC32C(), streams.test(put));
        return answer;
    }

    @SuppressWarnings("unchecked")
    private <T extends S3Request> T bounded(T request) {
        long millis = request instanceof PutObjectRequest put ? longestPut.applyAsLong(put) : 0;
        return millis == 0 ? request
                : (T) ((PutObjectRequest) request).toBuilder().overrideConfiguration(call -> call.apiCallTimeout(Duration.ofMillis(millis))).build();
    }
}
