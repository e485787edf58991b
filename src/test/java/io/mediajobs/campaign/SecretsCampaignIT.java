package io.mediajobs.campaign;

import io.mediajobs.TestProgram;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mediajobs.archive.AssetHost;
import io.mediajobs.archive.S3Clients;
import io.mediajobs.config.Settings;
import io.mediajobs.demo.s3.EmbeddedS3;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Secrets with a mark in them are given to the program as its keys, tokens and passwords, and by providers in signed URLs and error messages. The
 * program, a process of its own, then goes through all that can become of a job; after that the mark must be nowhere.
 */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class SecretsCampaignIT {

    /** In every secret; any piece of one that somebody shows holds it, or ends before it. */
    private static final String MARK = "kanarie7f3";
    private static final String BUCKET = "media";
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13, 'I', 'H', 'D', 'R'};
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;
    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<String, String> shown = new TreeMap<>();
    private AssetHost host;
    private EmbeddedS3 s3;
    private Process program;
    private int port;
    private int observePort;

    private static String secret(String of) {
        return MARK + "-" + of + "/+=" + MARK;
    }

    /** A signed URL's query; the name of its first parameter says nothing. */
    private static String signed(String of) {
        return "?v=" + MARK + of + "&X-Amz-Signature=" + MARK + of + "&Expires=1&token=" + MARK + "%2F" + of;
    }

    @BeforeEach
    void start() throws Exception {
        host = new AssetHost();
        s3 = EmbeddedS3.start(folder.resolve("s3"));
        s3.createBucket(BUCKET);
        port = TestProgram.freePort();
        observePort = TestProgram.freePort();
        copyRoutes();
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("data.folder", folder.resolve("data").toString());
        settings.put("routes.folder", folder.resolve("routes").toString());
        settings.put("http.port", String.valueOf(port));
        settings.put("observe.port", String.valueOf(observePort));
        settings.put("s3.endpoint", s3.endpoint().toString());
        settings.put("s3.path-style", "true");
        settings.put("archive.ports", "1-65535");
        settings.put("archive.private-addresses", "127.0.0.1");
        settings.put("archive.asset-retry-delay", "20ms");
        settings.put("archive.fresh-url-delay", "20ms");
        settings.put("archive.ask-again-after", "200ms");
        settings.put("archive.tries", "3");
        settings.put("poll.backoff", "50ms");
        settings.put("poll.longest-backoff", "100ms");
        settings.put("poll.unusable-asks", "2");
        settings.put("poll.not-found-every", "50ms");
        settings.put("circuit.failures", "1000");
        settings.put("reload.settle", "100ms");
        for (String provider : List.of("productai", "pictory-image", "pictory-video", "pictory-render", "stories")) {
            settings.put("provider." + provider + ".every", "100ms");
            settings.put("provider." + provider + ".rate", "none");
        }
        settings.put("provider.productai.url", host.url(""));
        settings.put("provider.pictory.url", host.url(""));
        // nobody listens: why an event was not taken is told, with its address
        settings.put("events.provider.uri", "http://127.0.0.1:1/hook?token={{env:EVENTS_TOKEN}}");
        Properties file = new Properties();
        file.putAll(settings);
        try (var out = Files.newBufferedWriter(folder.resolve("own.properties"))) {
            file.store(out, null);
        }
        ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                TalkativeProduct.class.getName(), "run", "--home", Path.of("").toAbsolutePath().toString(), "--config", folder.resolve("own.properties").toString())
                .redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile());
        Map<String, String> environment = builder.environment();
        environment.put("CLASSPATH", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        for (String name : List.of("PICTORY_API_KEY", "PRODUCTAI_API_KEY", "STORIES_API_KEY", "PRODUCTAI_HOOK_SECRET", "PICTORY_HOOK_TOKEN", "STORE_PASSWORD", "JMS_PASSWORD",
                "EVENTS_TOKEN")) {
            environment.put(name, secret(name));
        }
        environment.put("STORIES_API_URL", host.url("/stories"));
        environment.put("MEDIA_JOB_ROUTES_TOKEN", token());
        environment.put("S3_BUCKET", BUCKET);
        environment.put("S3_ACCESS_KEY", s3.accessKey());
        environment.put("S3_SECRET_KEY", s3.secretKey());
        program = builder.start();
        await().atMost(60, TimeUnit.SECONDS).until(() -> !program.isAlive() || status("/api/jobs") == 200);
        assertThat(program.isAlive()).as(() -> log()).isTrue();
    }

    @AfterEach
    void stop() throws Exception {
        if (program != null) {
            program.destroyForcibly().waitFor();
        }
        s3.close();
        host.close();
    }

    private static String token() {
        return MARK + "-token-of-the-api-" + MARK;
    }

    private void copyRoutes() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = folder.resolve(file);
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder api(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).header("Authorization", "Bearer " + token()).header("Content-Type", "application/json");
    }

    private int status(String path) {
        try {
            return send(api(path)).statusCode();
        } catch (Exception e) {
            return 0;
        }
    }

    /** Looks at what an address shows, and keeps it for the search. */
    private String look(HttpRequest.Builder request, String name) throws Exception {
        HttpResponse<String> answer = send(request);
        shown.put(name, answer.headers().map() + "\n" + answer.body());
        return answer.body();
    }

    private void answers(String path, String status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        host.on(path, (request, time, out) -> {
            AssetHost.head(out, status, "Content-Type: application/json", "Content-Length: " + bytes.length, "X-Echo: " + request.headers().get("authorization"));
            out.write(bytes);
        });
    }

    private void completed(String jobId, String url) {
        answers("/v1/jobs/" + jobId, "200 OK", "{\"job_id\":\"see " + host.url("/x") + signed("attribute") + "\",\"status\":\"completed\",\"model\":\"" + secret("PRODUCTAI_API_KEY")
                + "\",\"tokens_used\":\"" + host.url("/usage") + signed("usage") + "\",\"images\":[{\"url\":\"" + url + "\"}]}");
    }

    private void follow(String provider, String jobId) throws Exception {
        HttpResponse<String> answer = send(api("/api/jobs").POST(HttpRequest.BodyPublishers.ofString("{\"provider\":\"" + provider + "\",\"jobId\":\"" + jobId + "\"}")));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    private JsonNode job(String provider, String jobId) throws Exception {
        return JSON.readTree(send(api("/api/jobs/" + provider + "/" + jobId)).body());
    }

    private void awaitState(String jobId, String state) {
        await(jobId).atMost(60, TimeUnit.SECONDS).until(() -> job("productai", jobId).path("state").asText(), state::equals);
    }

    private void awaitError(String provider, String jobId, String code) {
        await(jobId).atMost(60, TimeUnit.SECONDS).until(() -> job(provider, jobId).toString(), text -> text.contains(code));
    }

    @Test
    void noSecretIsShownOrKept() throws Exception {
        jobsOfAllKinds();
        s3ThatIsAway();
        webhooks();
        wrongCalls();
        brokenEdit();
        providersThatRefuse();

        for (String path : List.of("/api/jobs?limit=1000", "/api/providers", "/api/routes", "/api/events", "/api/events?parked=true", "/", "/app.js")) {
            look(api(path), path);
        }
        for (JsonNode job : JSON.readTree(shown.get("/api/jobs?limit=1000").split("\n", 2)[1]).path("jobs")) {
            String path = "/api/jobs/" + job.path("provider").asText() + "/" + job.path("jobId").asText();
            look(api(path), path);
        }
        look(api("/api/jobs/productai/good/verify").POST(HttpRequest.BodyPublishers.noBody()), "verify");
        for (String path : List.of("/observe/health", "/observe/health/ready", "/observe/metrics", "/observe/info", "/q/dev")) {
            look(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + observePort + path)), "observe " + path);
        }
        assertThat(shown.get("/api/jobs/productai/failed")).contains("the key [redacted] is wrong", "/report");
        assertThat(shown.get("/api/jobs/productai/good")).contains("archived");
        search("while it runs");

        program.destroy();
        assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(program.exitValue()).isZero();
        search("after it has stopped");
        assertThat(log()).contains("Job productai/good is archived").contains(" DEBUG ");
        bucket();
    }

    private void jobsOfAllKinds() throws Exception {
        host.file("/a.png", "image/png", PNG);
        completed("good", host.url("/a.png") + signed("good"));
        answers("/v1/jobs/failed", "200 OK", "{\"status\":\"failed\",\"error\":{\"code\":\"5001\",\"message\":\"the key " + secret("PRODUCTAI_API_KEY") + " is wrong, see " + host.url("/report")
                + signed("message") + "\"}}");
        completed("private", "http://10.0.0.1/a.png" + signed("private"));
        completed("invalid", "http://ann:" + secret("user") + "@127.0.0.1/a.png" + signed("invalid"));
        // a query that would end at a blank, were there no scheme
        completed("page", host.url("/page.png") + signed("page"));
        host.on("/page.png", (request, time, out) -> {
            byte[] page = ("<html><a href=\"" + host.url("/login") + signed("login") + "\">" + secret("PRODUCTAI_API_KEY") + "</a>").getBytes(StandardCharsets.UTF_8);
            AssetHost.head(out, "200 OK", "Content-Type: image/png", "Content-Length: " + page.length);
            out.write(page);
        });
        completed("elsewhere", host.url("/elsewhere.png") + signed("from"));
        host.on("/elsewhere.png", (request, time, out) -> AssetHost.head(out, "302 Found", "Location: http://169.254.169.254/a" + signed("to"), "Content-Length: 0"));
        completed("expired", host.url("/expired.png") + signed("expired"));
        host.on("/expired.png", (request, time, out) -> {
            if (time == 1) {
                AssetHost.head(out, "403 Forbidden", "Content-Length: 0", "X-Url: " + signed("header"));
            } else {
                AssetHost.head(out, "200 OK", "Content-Type: image/png", "Content-Length: " + PNG.length);
                out.write(PNG);
            }
        });
        completed("refused", "http://127.0.0.1:1/a.png" + signed("refused"));
        answers("/v1/jobs/unreadable", "200 OK", "{\"status\":\"completed\", " + host.url("/x") + signed("unreadable") + " " + secret("PRODUCTAI_API_KEY"));
        answers("/v1/jobs/unfit", "200 OK", "{\"status\":\"" + secret("PRODUCTAI_API_KEY") + "\",\"images\":[{\"url\":[\"" + host.url("/x") + signed("unfit") + "\"]}]}");
        answers("/v1/jobs/bad", "400 Bad Request", "{\"error\":{\"code\":\"bad\",\"message\":\"Bearer " + secret("PRODUCTAI_API_KEY") + " may not\"}}");
        answers("/v1/jobs/lost", "404 Not Found", "{\"error\":\"job_not_found\",\"message\":\"" + host.url("/x") + signed("lost") + "\"}");
        host.on("/v1/jobs/away", (request, time, out) -> { });
        host.on("/v1/jobs/redirected", (request, time, out) -> AssetHost.head(out, "302 Found", "Location: " + host.url("/x") + signed("redirected"), "Content-Length: 0"));
        for (String id : List.of("good", "failed", "private", "invalid", "page", "elsewhere", "expired", "refused", "unreadable", "unfit", "bad", "lost", "away", "redirected")) {
            follow("productai", id);
        }
        awaitState("good", "archived");
        awaitState("expired", "archived");
        awaitState("failed", "failed");
        awaitState("lost", "lost");
        for (String id : List.of("private", "invalid", "elsewhere", "page", "refused", "unreadable", "unfit", "bad", "redirected")) {
            awaitState(id, "blocked");
        }
        awaitError("productai", "away", "unavailable");
        assertThat(send(api("/api/jobs/productai/away/cancel").POST(HttpRequest.BodyPublishers.noBody())).statusCode()).isEqualTo(200);
    }

    private void s3ThatIsAway() throws Exception {
        int s3Port = s3.endpoint().getPort();
        s3.close();
        completed("without-s3", host.url("/a.png") + signed("s3"));
        follow("productai", "without-s3");
        awaitError("productai", "without-s3", "s3-unavailable");
        look(api("/api/jobs/productai/without-s3"), "while S3 is away");
        s3 = EmbeddedS3.start(folder.resolve("s3"), s3Port);
        awaitState("without-s3", "archived");
    }

    private void webhooks() throws Exception {
        String body = "{\"job_id\":\"good\",\"url\":\"" + host.url("/a.png") + signed("hook") + "\"}";
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret("PRODUCTAI_HOOK_SECRET").getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String right = "sha256=" + HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        assertThat(hook("productai", body, right)).isEqualTo(202);
        assertThat(hook("productai", body, "sha256=" + MARK)).isEqualTo(401);
        assertThat(hook("productai", "not JSON " + host.url("/a") + signed("hook"), right)).isEqualTo(401);
        String encoded = URLEncoder.encode(secret("PICTORY_HOOK_TOKEN"), StandardCharsets.UTF_8);
        assertThat(hook("pictory-video/" + encoded, "{\"job_id\":\"nobody\"}", "")).isEqualTo(202);
        assertThat(hook("pictory-video/" + encoded + "x", "{}", "")).isEqualTo(401);
        assertThat(hook("pictory-video/" + encoded + "/further", "{}", "")).isEqualTo(404);
    }

    private int hook(String path, String body, String signature) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/hooks/" + path)).header("X-ProductAI-Signature", signature.isEmpty() ? "x" : signature)
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body));
        HttpResponse<String> answer = send(request);
        shown.put("hook " + shown.size(), answer.body());
        return answer.statusCode();
    }

    private void wrongCalls() throws Exception {
        look(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/jobs")).header("Authorization", "Bearer x" + token()), "wrong token");
        look(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/jobs?token=" + token())), "token in the query");
        look(api("/api/jobs").POST(HttpRequest.BodyPublishers.ofString("{\"provider\":\"" + token() + "\",\"jobId\":\"x\"}")), "a provider like a token");
        look(api("/api/jobs").POST(HttpRequest.BodyPublishers.ofString("{\"provider\":\"productai\",\"jobId\":\"x\",\"deadline\":\"" + host.url("/x") + signed("deadline") + "\"}")), "a deadline");
        look(api("/api/jobs").POST(HttpRequest.BodyPublishers.ofString("not JSON " + secret("PRODUCTAI_API_KEY"))), "not JSON");
    }

    private void brokenEdit() throws Exception {
        Path route = folder.resolve("routes/providers/productai.camel.yaml");
        String good = Files.readString(route);
        for (String edit : List.of(good.replace("Bearer {{provider.productai.key}}", "Bearer " + secret("inline")),
                good.replace("{{provider.productai.url}}/v1/jobs", "{{provider.productai.url}}/v1/jobs?api_key=" + secret("query")),
                good.replace("{{provider.productai.url}}/v1/jobs", "https://ann:" + MARK + "-user@h.example/v1/jobs?nonsense=" + secret("PRODUCTAI_API_KEY")),
                good.replace("direct:route-report", "direct:" + secret("PRODUCTAI_API_KEY")),
                good + "\n  " + secret("PRODUCTAI_API_KEY") + ": [")) {
            assertThat(edit).isNotEqualTo(good);
            Files.writeString(route, edit);
            await(edit.lines().filter(line -> line.contains(MARK)).findFirst().orElse("")).atMost(30, TimeUnit.SECONDS).until(() -> !JSON.readTree(send(api("/api/routes")).body()).path("rejected").isEmpty());
            look(api("/api/routes"), "rejected " + shown.size());
            look(api("/api/routes/productai"), "rejected route " + shown.size());
            Files.writeString(route, good);
            await().atMost(30, TimeUnit.SECONDS).until(() -> JSON.readTree(send(api("/api/routes")).body()).path("rejected").isEmpty());
        }
    }

    /** Last, because a provider that refuses us is paused. */
    private void providersThatRefuse() throws Exception {
        host.on("/pictoryapis/v1/jobs/unauthorized", (request, time, out) -> { });
        for (String provider : List.of("pictory-image", "pictory-video")) {
            follow(provider, "unauthorized");
        }
        answers("/v1/jobs/unauthorized", "401 Unauthorized", "{\"message\":\"Bearer " + secret("PRODUCTAI_API_KEY") + " and " + secret("PICTORY_API_KEY") + " are unknown, see " + host.url("/keys")
                + signed("keys") + "\"}");
        follow("productai", "unauthorized");
        await().atMost(60, TimeUnit.SECONDS).until(() -> send(api("/api/providers")).body(), text -> text.contains("unauthorized"));
        await().atMost(60, TimeUnit.SECONDS).until(() -> send(api("/api/events?limit=1000")).body(), text -> text.contains("mediajobs.provider.unauthorized"));
    }

    private void search(String when) throws IOException {
        List<String> found = new ArrayList<>();
        List<String> secrets = List.of(MARK, s3.secretKey());
        shown.forEach((name, text) -> secrets.stream().filter(text::contains).forEach(secret -> found.add("the answer of " + name + ": " + around(text, secret))));
        List<Path> all = new ArrayList<>(List.of(folder.resolve("log")));
        for (String part : List.of("data", "s3")) {
            try (Stream<Path> files = Files.walk(folder.resolve(part))) {
                all.addAll(files.filter(Files::isRegularFile).toList());
            }
        }
        assertThat(all).anyMatch(file -> file.endsWith("jobs.db")).anyMatch(file -> file.endsWith("events.jsonl")).anyMatch(file -> file.endsWith("manifest.json"));
        for (Path file : all) {
            // names too
            String text = file + "\n" + new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            secrets.stream().filter(text::contains).forEach(secret -> found.add(folder.relativize(file) + ": " + around(text, secret)));
        }
        assertThat(found).as(when).isEmpty();
    }

    private static String around(String text, String secret) {
        int at = text.indexOf(secret);
        return text.substring(Math.max(0, at - 300), Math.min(text.length(), at + 100));
    }

    private void bucket() throws Exception {
        Settings settings = Settings.load(Path.of("").toAbsolutePath(), List.of(), Map.of(), new Properties(), Map.of("s3.bucket", BUCKET, "s3.endpoint", s3.endpoint().toString(),
                "s3.path-style", "true", "s3.access-key", s3.accessKey(), "s3.secret-key", s3.secretKey()));
        try (var client = S3Clients.create(settings)) {
            var objects = client.listObjectsV2(list -> list.bucket(BUCKET)).contents();
            assertThat(objects).hasSizeGreaterThanOrEqualTo(6);
            for (var object : objects) {
                var head = client.headObject(get -> get.bucket(BUCKET).key(object.key()));
                assertThat(head.metadata()).isEmpty();
                assertThat(object.key() + head).doesNotContain(MARK);
            }
        }
    }
}
