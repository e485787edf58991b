package io.mediajobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.mediajobs.config.Settings;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.live.RoutesCheck;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The providers in {@code examples/}: files only, as shipped but for the host and the key, dropped into the shipped routes. */
class ExampleProvidersTest {

    private static final Path EXAMPLES = Path.of("examples/providers").toAbsolutePath();

    @TempDir
    Path folder;
    private HttpServer server;
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> count = new ConcurrentHashMap<>();

    @BeforeEach
    void copy() throws IOException {
        for (Path source : List.of(Path.of("routes").toAbsolutePath(), EXAMPLES)) {
            Path target = source.equals(EXAMPLES) ? folder.resolve("routes/providers") : folder.resolve("routes");
            try (Stream<Path> files = Files.walk(source)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Path copy = target.resolve(source.relativize(file).toString());
                    Files.createDirectories(copy.getParent());
                    Files.copy(file, copy);
                }
            }
        }
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    @Test
    void passTheCheckAsTheyAre() {
        Settings settings = Settings.load(Path.of("").toAbsolutePath(), List.of(), Map.of(), new Properties(),
                Map.of("provider.stories.url", "https://stories.example", "routes.folder", folder.resolve("routes").toString()));
        assertThat(new RoutesCheck(settings).withSchema().withSamples().findings()).isEmpty();
    }

    @Test
    void bringTheirJobsHome() throws IOException {
        for (Path file : Files.list(folder.resolve("routes/providers")).filter(file -> file.toString().endsWith(".camel.yaml")).toList()) {
            Files.writeString(file, Files.readString(file).replaceAll("https://(api\\.replicate\\.com|api\\.dev\\.runwayml\\.com|queue\\.fal\\.run)/", url() + "$1/")
                    .replaceAll("\\{\\{env:\\w+}}", "{{provider.example.key}}").replaceAll("every: \\ds", "every: 200ms").replaceAll("firstAfter: \\ds", "firstAfter: 300ms"));
        }
        Map<String, String> settings = new HashMap<>(Map.of("routes.folder", folder.resolve("routes").toString(), "provider.example.key", "example-key"));
        try (TestProgram program = TestProgram.start(folder, settings)) {
            JobKey replicate = program.follow("replicate", "p1");
            JobKey runway = program.follow("runway", "t1");
            JobKey fal = program.follow("fal", "r1");
            JobKey failed = program.follow("fal", "broken");
            for (JobKey key : List.of(replicate, runway, fal)) {
                await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(program.job(key).state()).as(key.toString()).isEqualTo(JobState.ARCHIVED));
                assertThat(program.jobs.assets(program.job(key))).hasSize(1);
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> program.job(failed).state() == JobState.FAILED);
            Job broken = program.job(failed);
            assertThat(broken.error().code()).isEqualTo("file_download_error");
        }
        assertThat(calls).contains("GET /api.replicate.com/v1/predictions/p1 Bearer example-key", "GET /api.dev.runwayml.com/v1/tasks/t1 Bearer example-key 2024-11-06",
                "GET /queue.fal.run/fal-ai/flux/requests/r1/status Key example-key", "GET /queue.fal.run/fal-ai/flux/requests/r1 Key example-key");
        assertThat(calls).as("the assets' host gets no key").anyMatch(call -> call.equals("GET /out.png null"));
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    /** In work at the first call, done at the second. */
    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String version = exchange.getRequestHeaders().getFirst("X-Runway-Version");
        calls.add(exchange.getRequestMethod() + " " + path + " " + exchange.getRequestHeaders().getFirst("Authorization") + (version == null ? "" : " " + version));
        boolean done = count.merge(path, 1, Integer::sum) > 1;
        int status = 200;
        String body;
        if (path.startsWith("/out")) {
            exchange.getResponseHeaders().set("Content-Type", path.endsWith(".mp4") ? "video/mp4" : "image/png");
            body = path.endsWith(".mp4") ? "\0\0\0\u0018ftypmp42" : "\u0089PNG\r\n";
        } else {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            if (path.contains("/predictions/")) {
                body = done ? "{\"status\":\"succeeded\",\"output\":\"" + url() + "out.png\"}" : "{\"status\":\"starting\",\"output\":null}";
            } else if (path.contains("/tasks/")) {
                body = done ? "{\"status\":\"SUCCEEDED\",\"output\":[\"" + url() + "out.mp4\"]}" : "{\"status\":\"RUNNING\",\"progress\":0.5}";
            } else if (path.endsWith("/status")) {
                status = done ? 200 : 202;
                body = done ? "{\"status\":\"COMPLETED\"}" : "{\"status\":\"IN_QUEUE\",\"queue_position\":0}";
            } else if (path.endsWith("/broken")) {
                status = 422;
                body = "{\"detail\":[{\"msg\":\"Could not download the image.\",\"type\":\"file_download_error\"}]}";
            } else {
                body = "{\"images\":[{\"url\":\"" + url() + "out.png\",\"content_type\":\"image/png\"}],\"seed\":1}";
            }
        }
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
