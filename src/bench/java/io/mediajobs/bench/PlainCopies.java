package io.mediajobs.bench;

import io.mediajobs.servers.DiscardingS3;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The least that a Java program does with the libraries that the product has: a GET of Apache's HTTP client streams into a PUT of the AWS SDK, and nothing is
 * checked, summed up or written down. What the product takes beyond this is its own; what this takes beyond other tools is the libraries'.
 * <pre>PlainCopies FOLDER-URL S3-ENDPOINT FILES AT-ONCE ROUNDS</pre>
 * prints the files a second of each round, a line each.
 */
final class PlainCopies {

    private PlainCopies() {
    }

    public static void main(String[] arguments) throws Exception {
        String folder = arguments[0];
        int files = Integer.parseInt(arguments[2]);
        int atOnce = Integer.parseInt(arguments[3]);
        ExecutorService threads = Executors.newFixedThreadPool(atOnce);
        try (CloseableHttpClient http = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create().setMaxConnTotal(atOnce).setMaxConnPerRoute(atOnce).build()).build();
                S3Client s3 = S3Client.builder().region(Region.US_EAST_1).endpointOverride(URI.create(arguments[1])).forcePathStyle(true)
                        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("bench", "bench-secret")))
                        .httpClientBuilder(ApacheHttpClient.builder().expectContinueEnabled(false).maxConnections(atOnce)).build()) {
            for (int round = Integer.parseInt(arguments[4]); round > 0; round--) {
                long begin = System.nanoTime();
                List<Future<?>> copies = new ArrayList<>();
                for (int number = 0; number < files; number++) {
                    String name = number + ".mp4";
                    copies.add(threads.submit(() -> {
                        copy(http, folder + name, s3, "plain/" + name);
                        return null;
                    }));
                }
                for (Future<?> copy : copies) {
                    copy.get();
                }
                System.out.printf(Locale.ROOT, "%.1f%n", files / ((System.nanoTime() - begin) / 1e9));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void copy(CloseableHttpClient http, String url, S3Client s3, String key) throws IOException {
        http.execute(new HttpGet(url), answer -> s3.putObject(put -> put.bucket(DiscardingS3.BUCKET).key(key).contentType("video/mp4"),
                RequestBody.fromInputStream(answer.getEntity().getContent(), answer.getEntity().getContentLength())));
    }
}
