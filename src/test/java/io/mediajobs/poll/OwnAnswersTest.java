package io.mediajobs.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mediajobs.TestProgram;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.servers.PlainServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that send one answer more than they were asked for. */
class OwnAnswersTest {

    @TempDir
    Path folder;

    private static String get(CloseableHttpClient client, URI url) throws Exception {
        return client.execute(new HttpGet(url), answer -> EntityUtils.toString(answer.getEntity()));
    }

    private static CloseableHttpClient client() {
        HttpClientBuilder builder = HttpClients.custom();
        OwnAnswers.configure(builder);
        return builder.build();
    }

    @Test
    void theNextRequestGetsItsOwnAnswer() throws Exception {
        try (PlainServer server = new PlainServer((request, answer) -> {
                    answer.send(200, request.path());
                    answer.send(200, "nobody asked for this");
                });
                CloseableHttpClient client = client()) {
            for (int number = 0; number < 20; number++) {
                assertThat(get(client, server.address().resolve("/" + number))).isEqualTo("/" + number);
            }
        }
    }

    @Test
    void alsoWhereTheOtherOneComesLater() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        CountDownLatch sent = new CountDownLatch(1);
        try (PlainServer server = new PlainServer((request, answer) -> {
                    answer.send(200, request.path());
                    if (request.path().equals("/first")) {
                        await().until(() -> read.getCount() == 0);
                        answer.send(200, "nobody asked for this");
                        sent.countDown();
                    }
                });
                CloseableHttpClient client = client()) {
            assertThat(get(client, server.address().resolve("/first"))).isEqualTo("/first");
            read.countDown();
            sent.await();
            assertThat(get(client, server.address().resolve("/second"))).isEqualTo("/second");
        }
    }

    @Test
    void aConnectionThatIsCleanIsUsedAgain() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (PlainServer server = new PlainServer((request, answer) -> answer.send(200, String.valueOf(asked.incrementAndGet()))); CloseableHttpClient client = client()) {
            for (int number = 1; number <= 5; number++) {
                assertThat(get(client, server.address().resolve("/"))).isEqualTo(String.valueOf(number));
            }
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void theStateOfOneJobDoesNotPassForThatOfAnother() throws Exception {
        byte[] processing = Files.readAllBytes(Path.of("routes/providers/productai.samples/doc-processing.json"));
        byte[] failed = Files.readAllBytes(Path.of("routes/providers/productai.samples/doc-failed.json"));
        try (PlainServer server = new PlainServer((request, answer) -> {
                    answer.send(200, processing, "Content-Type: application/json");
                    answer.send(200, failed, "Content-Type: application/json");
                });
                TestProgram program = TestProgram.start(folder, Map.of("provider.productai.url", server.address().toString(), "provider.productai-list.enabled", "false"))) {
            List<JobKey> keys = List.of(program.follow("productai", "one"), program.follow("productai", "other"));
            await().atMost(Duration.ofSeconds(30)).until(() -> keys.stream().allMatch(key -> program.job(key).state() == JobState.FAILED || program.job(key).polls() >= 5));
            assertThat(keys).allSatisfy(key -> assertThat(program.job(key).state()).isEqualTo(JobState.PROCESSING));
        }
    }
}
