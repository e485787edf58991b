package io.mediajobs.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.TestProgram;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever calls while routes are exchanged is answered, or told to come again: a client takes a 404 or 405 as final. */
class CallsDuringEditsTest {

    private static final String TOKEN = "a-token-for-tests-0123456789";
    private static final String SECRET = "a-secret-of-a-webhook";

    @TempDir
    private Path folder;
    private final HttpClient client = HttpClient.newHttpClient();
    /** What came back, by the path that was asked. */
    private final Map<String, Integer> answers = new ConcurrentHashMap<>();
    private final AtomicBoolean edited = new AtomicBoolean();

    @Test
    void nobodyIsToldThatARouteIsNotThere() throws Exception {
        String port = String.valueOf(TestProgram.freePort());
        String url = "http://127.0.0.1:" + port;
        ExecutorService callers = Executors.newFixedThreadPool(2);
        try (EditedProgram program = EditedProgram.of(folder, Map.of("http.port", port, "http.token", TOKEN, "provider.productai.hook-secret", SECRET)).start()) {
            program.running.simulator.job("productai", "one").neverEnds();
            String job = "{\"provider\":\"productai\",\"jobId\":\"one\"}";
            String hook = "{\"job_id\":\"one\"}";
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            String signature = "sha256=" + HexFormat.of().formatHex(mac.doFinal(hook.getBytes(StandardCharsets.UTF_8)));
            CompletableFuture<Void> registering = CompletableFuture.runAsync(() -> post(url, "/api/jobs", job, "Authorization", "Bearer " + TOKEN), callers);
            CompletableFuture<Void> waking = CompletableFuture.runAsync(() -> post(url, "/hooks/productai", hook, "X-ProductAI-Signature", signature), callers);
            List<String> files = List.of("http-api/follow-jobs.camel.yaml", "providers/productai.camel.yaml", "http-api/receive-hook.camel.yaml");
            for (int i = 0; i < 24; i++) {
                String file = files.get(i % files.size());
                String version = program.version();
                program.save(file, program.read(file) + "# edit " + i + "\n");
                program.awaitTaken(version);
            }
            edited.set(true);
            registering.join();
            waking.join();
        } finally {
            edited.set(true);
            callers.shutdown();
        }
        System.out.println("answers during 24 edits: " + answers);
        assertThat(answers).containsKeys("/api/jobs 200", "/hooks/productai 202");
        assertThat(answers.keySet()).isSubsetOf("/api/jobs 200", "/api/jobs 201", "/api/jobs 503", "/hooks/productai 202", "/hooks/productai 503");
    }

    /** Without pause until the last edit runs. */
    private void post(String url, String path, String body, String header, String value) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path)).header("Content-Type", "application/json").header(header, value)
                .POST(HttpRequest.BodyPublishers.ofString(body)).build();
        while (!edited.get()) {
            HttpResponse<String> answer = client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).join();
            boolean told = answer.statusCode() != 503 || answer.headers().firstValue("Retry-After").orElse("").equals("1")
                    && answer.headers().firstValue("Content-Type").orElse("").startsWith("application/problem+json");
            answers.merge(path + " " + answer.statusCode() + (told ? "" : " without saying when to come again"), 1, Integer::sum);
        }
    }
}
