package io.mediajobs.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mediajobs.TestProgram;
import io.mediajobs.demo.simulator.Assets;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With {@code hooks.adopt=true} a job that nobody registered is followed from its webhook on. */
class AdoptedJobsTest {

    private static final String TOKEN = "a-token-that-nobody-guesses";

    @TempDir
    Path folder;

    @Test
    void aJobThatNobodyRegisteredIsFollowedAndAskedForOnce() {
        try (TestProgram program = TestProgram.start(folder, Map.of("hooks.adopt", "true", "provider.pictory.hook-token", TOKEN, "provider.pictory-image.every", "1h"))) {
            for (String id : List.of("adopted", "again")) {
                program.simulator.job("pictory-image", id).queuedFor(Duration.ZERO).processingFor(Duration.ofMinutes(10)).completes(Assets.png(8, 8));
            }
            String url = "http://127.0.0.1:" + program.program.context().hasService(ApiServer.class).getPort() + "/hooks/pictory-image/";
            JobKey key = new JobKey("pictory-image", "adopted");
            List<CompletableFuture<Integer>> answers = new ArrayList<>();
            answers.add(post(url + "a-token-that-somebody-guesses", "stranger"));
            answers.add(post(url + TOKEN, "adopted"));
            for (int i = 0; i < 20; i++) {
                answers.add(post(url + TOKEN, "again"));
            }
            assertThat(answers.stream().map(CompletableFuture::join)).containsOnlyOnce(401).containsOnly(401, 202);
            await().until(() -> program.job(key).state() == JobState.PROCESSING && program.job(key).lease() == null);
            await().until(() -> program.job(new JobKey("pictory-image", "again")).state() == JobState.PROCESSING);
            assertThat(program.jobs.find(new JobKey("pictory-image", "stranger"))).isEmpty();
            // it would be asked for at once a second time, were it due by its registration and by its webhook
            assertThat(program.job(key).nextPollAt()).isAfter(program.jobs.now().plusSeconds(60));
            assertThat(program.simulator.ledger().pollCount("pictory-image", "adopted")).isEqualTo(1);
            assertThat(program.jobs.timeline(program.job(key))).extracting("what").containsExactly("registered", "processing");
        }
    }

    private static CompletableFuture<Integer> post(String url, String id) {
        return HttpClient.newHttpClient().sendAsync(HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.ofString("{\"id\":\"" + id + "\"}")).build(),
                HttpResponse.BodyHandlers.discarding()).thenApply(HttpResponse::statusCode);
    }
}
