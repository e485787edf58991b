package io.mediajobs.archive;

import java.util.function.Function;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Request;

/** Writes every object with the same options, whoever asks: camel-aws2-s3 has only some of them. */
final class OptionedS3Client extends DelegatingS3Client {

    private final ObjectOptions options;

    OptionedS3Client(S3Client client, ObjectOptions options) {
        super(client);
        this.options = options;
    }

    @Override
    protected <T extends S3Request, R> R invokeOperation(T request, Function<T, R> operation) {
        return operation.apply(options.with(request));
    }
}
