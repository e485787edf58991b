package io.mediajobs.archive;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * Makes the S3 clients of the process: one for the routes' {@code aws2-s3} and for what is asked once, one for what may be asked again.
 */
public final class S3Clients {

    private S3Clients() {
    }

    /**
     * A client that asks once: a body that streams cannot be sent twice, the routes try again, from the download on.
     *
     * @param settings those that begin with {@code s3.}, {@code archive.at-once}, {@code archive.minimum-rate} and {@code archive.transfer-deadline}
     * @return to be closed by the caller
     * @throws ConfigurationException if a setting is wrong, or there is no region
     */
    public static S3Client create(Settings settings) {
        return create(settings, new AnsweredSums());
    }

    /** The same. @param sums gets what S3 answers with */
    static S3Client create(Settings settings, AnsweredSums sums) {
        ObjectOptions options = new ObjectOptions(settings);
        Consumer<ClientOverrideConfiguration.Builder> once = override -> override.retryStrategy(RetryMode.STANDARD).retryStrategy(retry -> retry.maxAttempts(1));
        int connections = settings.number("archive.at-once") + 4;
        return new OptionedS3Client(new BufferedPuts(client(settings, options, connections, true, once), client(settings, options, connections, false, once)),
                options, sums, put -> BufferedPuts.streams(put.contentLength()), longestPut(settings));
    }

    /**
     * A client that asks up to four times, with growing pauses: for parts, which are in memory, and for questions.
     *
     * @param settings those that begin with {@code s3.}, {@code archive.at-once}, {@code archive.parts-at-once} and {@code archive.jobs-at-once}
     * @param sums     gets what S3 answers with
     * @param retries  changes the pauses
     * @return to be closed by the caller
     * @throws ConfigurationException if a setting is wrong, or there is no region
     */
    static S3Client createRepeating(Settings settings, AnsweredSums sums, Consumer<RetryStrategy.Builder<?, ?>> retries) {
        int connections = settings.number("archive.at-once") * settings.number("archive.parts-at-once") + settings.number("archive.jobs-at-once") + 4;
        ObjectOptions options = new ObjectOptions(settings);
        return new OptionedS3Client(client(settings, options, connections, false, override -> override
                // the time-out of the socket is for reads: a store that stops taking a part would hold it for ever
                .apiCallAttemptTimeout(settings.duration("s3.part-timeout"))
                .retryStrategy(RetryMode.STANDARD).retryStrategy(retry -> {
                    retry.maxAttempts(4);
                    retries.accept(retry);
                })), options, sums, put -> false, put -> 0);
    }

    // The time-out of the socket is for reads: a store that stops taking a body would hold its transfer for ever. A body streams from its
    // host, which may be as slow as the minimum rate; S3 gets the time of a part on top.
    private static ToLongFunction<PutObjectRequest> longestPut(Settings settings) {
        long slowest = Math.max(1, settings.bytes("archive.minimum-rate"));
        long deadline = settings.duration("archive.transfer-deadline").toMillis();
        long part = settings.duration("s3.part-timeout").toMillis();
        return put -> (long) Math.min(deadline, part + (put.contentLength() == null ? 0 : 1_000.0 * put.contentLength() / slowest));
    }

    private static S3Client client(Settings settings, ObjectOptions options, int connections, boolean streams,
            Consumer<ClientOverrideConfiguration.Builder> override) {
        S3ClientBuilder builder = S3Client.builder()
                .region(region(settings))
                .forcePathStyle(settings.flag("s3.path-style"))
                // what is in memory is signed as a whole: to sign it piece by piece copies each byte several times
                .serviceConfiguration(S3Configuration.builder().chunkedEncodingEnabled(streams).build())
                .requestChecksumCalculation(options.checksums() ? RequestChecksumCalculation.WHEN_SUPPORTED : RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(options.checksums() ? ResponseChecksumValidation.WHEN_SUPPORTED : ResponseChecksumValidation.WHEN_REQUIRED)
                .overrideConfiguration(override.andThen(configuration -> configuration.addExecutionInterceptor(new SmallBodiesAtOnce())))
                .httpClientBuilder(ApacheHttpClient.builder()
                        // else it asks before small bodies too
                        .expectContinueEnabled(false)
                        .connectionTimeout(settings.duration("s3.connect-timeout"))
                        .connectionAcquisitionTimeout(settings.duration("s3.connect-timeout"))
                        .socketTimeout(settings.duration("s3.idle-timeout"))
                        .maxConnections(connections));
        if (settings.has("s3.endpoint")) {
            builder.endpointOverride(endpoint(settings.required("s3.endpoint")));
        }
        if (settings.has("s3.access-key") != settings.has("s3.secret-key")) {
            throw new ConfigurationException("Of the settings s3.access-key and s3.secret-key only " + (settings.has("s3.access-key") ? "the first" : "the second")
                    + " has a value. Set both, or neither to use the AWS default credentials.");
        }
        if (settings.has("s3.profile") && settings.has("s3.access-key")) {
            throw new ConfigurationException("The settings s3.profile and s3.access-key both have a value. Set one of them.");
        }
        if (settings.has("s3.profile")) {
            builder.credentialsProvider(ProfileCredentialsProvider.create(settings.required("s3.profile")));
        }
        if (settings.has("s3.access-key")) {
            builder.credentialsProvider(StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(settings.required("s3.access-key"), settings.required("s3.secret-key"))));
        }
        return builder.build();
    }

    private static Region region(Settings settings) {
        if (settings.has("s3.region")) {
            return Region.of(settings.required("s3.region"));
        }
        try {
            return DefaultAwsRegionProviderChain.builder().profileName(settings.has("s3.profile") ? settings.required("s3.profile") : null).build().getRegion();
        } catch (SdkClientException e) {
            throw new ConfigurationException("There is no region for S3. Set s3.region, or AWS_REGION in the environment; a store that has none"
                    + " takes any, such as us-east-1.", e);
        }
    }

    private static URI endpoint(String text) {
        try {
            URI endpoint = new URI(text);
            if (("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme())) && endpoint.getHost() != null
                    && endpoint.getRawUserInfo() == null && endpoint.getRawQuery() == null) {
                return endpoint;
            }
        } catch (URISyntaxException e) {
            throw new ConfigurationException("The setting s3.endpoint is wrong: it is not a URL such as https://s3.example.com.", e);
        }
        throw new ConfigurationException("The setting s3.endpoint is wrong: it is not a URL such as https://s3.example.com.");
    }
}
