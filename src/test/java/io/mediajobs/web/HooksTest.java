package io.mediajobs.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mediajobs.TestProgram;
import io.mediajobs.demo.simulator.Assets;
import io.mediajobs.demo.simulator.SimulatedJob;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.poll.HookTerms;
import io.mediajobs.poll.ProviderTerms;
import io.mediajobs.store.JobChange;
import io.mediajobs.store.JobFilter;
import io.mediajobs.store.NewJob;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Webhooks at the whole program, whose providers are asked once an hour: what happens sooner, a webhook did. */
class HooksTest {

    private static final String TOKEN = "a-token-that-nobody-guesses";
    private static final String OLD_TOKEN = "the-token-of-last-year";
    private static final String STORIES_TOKEN = "a-token-of-another-provider";
    private static final String OLD_SECRET = "the-secret-of-last-year";
    private static final byte[] STANDARD_KEY = "a key of standard webhooks, 24+ bytes".getBytes(StandardCharsets.UTF_8);
    private static final String STANDARD_SECRET = "whsec_" + Base64.getEncoder().encodeToString(STANDARD_KEY);
    private static final List<String> PROVIDERS = List.of("productai", "pictory-image", "pictory-video", "pictory-render", "stories");

    @TempDir
    static Path folder;
    private static TestProgram program;
    private static String url;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws IOException {
        Map<String, String> settings = new HashMap<>(Map.of("provider.productai.hook-secret", "demo-webhook-secret", "provider.productai.old-hook-secret", OLD_SECRET,
                "provider.pictory.hook-token", TOKEN, "provider.pictory.old-hook-token", OLD_TOKEN, "provider.stories.hook-token", STORIES_TOKEN,
                "provider.standard.hook-secret", STANDARD_SECRET, "routes.folder", routes().toString()));
        PROVIDERS.forEach(provider -> settings.put("provider." + provider + ".every", "1h"));
        program = TestProgram.start(folder, settings);
        url = "http://127.0.0.1:" + program.program.context().hasService(ApiServer.class).getPort() + "/hooks/";
    }

    /** The shipped ones, and one more whose provider signs by Standard Webhooks and whose jobs are first asked for after an hour. */
    private static Path routes() throws IOException {
        Path routes = folder.resolve("routes");
        try (var files = Files.walk(Path.of("routes"))) {
            for (Path file : files.toList()) {
                Path copy = routes.resolve(Path.of("routes").relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
        String shipped = Files.readString(routes.resolve("providers/productai.camel.yaml"));
        Files.writeString(routes.resolve("providers/standard.camel.yaml"), shipped.replace("id: productai", "id: standard").replace("provider: productai", "provider: standard")
                .replace("id: ask-productai", "id: ask-standard").replace("hook: hmac-sha256", "hook: standard-webhooks\n        firstAfter: 1h")
                .replaceAll("hookSecrets: .*", "hookSecrets: provider.standard.hook-secret").replaceAll("        hookHeader: .*\n", ""));
        return routes;
    }

    @AfterAll
    static void stop() {
        program.close();
    }

    private static JobKey working(String provider, String id) {
        program.simulator.job(provider, id).queuedFor(Duration.ZERO).processingFor(Duration.ofMinutes(10)).completes(Assets.png(8, 8));
        JobKey key = program.follow(provider, id);
        await().until(() -> program.job(key).state() == JobState.PROCESSING && program.job(key).lease() == null);
        return key;
    }

    private static void asked(JobKey key, long polls) {
        await().atMost(Duration.ofSeconds(10)).until(() -> program.job(key).polls() == polls && program.job(key).lease() == null);
    }

    private static int post(String path, String body, String... headers) throws Exception {
        return post(path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    private static int post(String path, byte[] body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path)).POST(HttpRequest.BodyPublishers.ofByteArray(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    private static byte[] hmac(byte[] key, String message) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message.getBytes(StandardCharsets.UTF_8));
    }

    private static String signed(String secret, String body) throws GeneralSecurityException {
        return "sha256=" + HexFormat.of().formatHex(hmac(secret.getBytes(StandardCharsets.UTF_8), body));
    }

    private static String secret() {
        return program.simulator.provider("productai").webhookSecret();
    }

    @Test
    void aProvidersOwnWebhookBringsTheJobHome() {
        SimulatedJob job = program.simulator.job("productai", "own").queuedFor(Duration.ZERO).processingFor(Duration.ofSeconds(2)).completes(Assets.png(8, 8));
        JobKey key = program.follow("productai", "own");
        job.callsBack(URI.create(url + "productai"));
        await().atMost(Duration.ofSeconds(20)).until(() -> program.job(key).state() == JobState.ARCHIVED);
        assertThat(program.job(key).polls()).isEqualTo(2);
    }

    @Test
    void theBodyIsNotBelieved() throws Exception {
        JobKey key = working("productai", "liar");
        String body = "{\"event\":\"job.failed\",\"job_id\":\"liar\",\"status\":\"failed\"}";
        long polls = program.job(key).polls();
        assertThat(post("productai", body, "X-ProductAI-Signature", signed(secret(), body))).isEqualTo(202);
        await().until(() -> program.job(key).polls() == polls + 1 && program.job(key).lease() == null);
        assertThat(program.job(key).state()).isEqualTo(JobState.PROCESSING);
    }

    @Test
    void bothSecretsCountWhileOneIsChanged() throws Exception {
        JobKey key = working("productai", "rotated");
        String body = "{\"job_id\":\"rotated\"}";
        assertThat(post("productai", body, "X-ProductAI-Signature", signed(OLD_SECRET, body))).isEqualTo(202);
        await().until(() -> program.job(key).polls() == 2);
    }

    @Test
    void aHundredTimesTheSameIsOneWakeUpOrTwo() throws Exception {
        JobKey key = working("productai", "again");
        String body = "{\"job_id\":\"again\"}";
        String signature = signed(secret(), body);
        for (int i = 0; i < 100; i++) {
            assertThat(post("productai", body, "X-ProductAI-Signature", signature)).isEqualTo(202);
        }
        asked(key, 2);
        assertThat(program.job(key).state()).isEqualTo(JobState.PROCESSING);
        assertThat(program.jobs.timeline(program.job(key))).extracting("what").containsExactly("registered", "processing");
    }

    @ParameterizedTest
    @CsvSource({"productai, , /job_id", "pictory-image, a-token-that-nobody-guesses, /job_id", "pictory-image, the-token-of-last-year, /id",
            "pictory-video, a-token-that-nobody-guesses, /data/job_id", "pictory-video, the-token-of-last-year, /job_id",
            "pictory-render, a-token-that-nobody-guesses, /job_id", "stories, a-token-of-another-provider, /job_id"})
    void eachProvidersWebhookWakesItsJob(String provider, String token, String where) throws Exception {
        JobKey key = working(provider, "woken-" + provider + (token == null ? "" : token.length()));
        String body = where.equals("/data/job_id") ? "{\"data\":{\"job_id\":\"" + key.jobId() + "\"}}" : "{\"" + where.substring(1) + "\":\"" + key.jobId() + "\"}";
        assertThat(token == null ? post(provider, body, "X-ProductAI-Signature", signed(secret(), body)) : post(provider + "/" + token, body)).isEqualTo(202);
        asked(key, 2);
    }

    @Test
    void anotherProvidersSecretIsNone() throws Exception {
        JobKey key = working("stories", "guarded");
        String body = "{\"job_id\":\"guarded\"}";
        assertThat(post("stories/" + TOKEN, body)).isEqualTo(401);
        assertThat(post("pictory-image/" + STORIES_TOKEN, body)).isEqualTo(401);
        assertThat(post("stories", body, "X-ProductAI-Signature", signed(secret(), body))).isEqualTo(401);
        assertThat(standard("msg_other", Instant.now(), secret().getBytes(StandardCharsets.UTF_8), body)).isEqualTo(401);
        assertThat(program.job(key).polls()).isEqualTo(1);
    }

    private static int standard(String id, Instant at, byte[] key, String body) throws Exception {
        String time = String.valueOf(at.getEpochSecond());
        return post("standard", body, "webhook-id", id, "webhook-timestamp", time,
                "webhook-signature", "v1," + Base64.getEncoder().encodeToString(hmac(key, id + "." + time + "." + body)));
    }

    @Test
    void standardWebhooksWakeOnceAnIdHoweverOftenAndInWhateverOrderTheyCome() throws Exception {
        program.simulator.job("productai", "std").queuedFor(Duration.ZERO).processingFor(Duration.ofMinutes(10)).completes(Assets.png(8, 8));
        JobKey key = new JobKey("standard", "std");
        program.jobs.register(List.of(new NewJob(key, Map.of(), Duration.ofHours(2), Duration.ofHours(1))));
        String body = "{\"job_id\":\"std\"}";
        assertThat(standard("msg_2", Instant.now(), STANDARD_KEY, body)).isEqualTo(202);
        asked(key, 1);
        assertThat(standard("msg_1", Instant.now().minusSeconds(60), STANDARD_KEY, body)).isEqualTo(202);
        asked(key, 2);
        for (int i = 0; i < 20; i++) {
            assertThat(standard("msg_2", Instant.now(), STANDARD_KEY, body)).isEqualTo(202);
        }
        assertThat(standard("msg_3", Instant.now().minusSeconds(301), STANDARD_KEY, body)).as("old").isEqualTo(401);
        assertThat(standard("msg_3", Instant.now().plusSeconds(301), STANDARD_KEY, body)).as("of the future").isEqualTo(401);
        assertThat(standard("", Instant.now(), STANDARD_KEY, body)).as("all without an id would be the same").isEqualTo(401);
        // what comes after them has been asked for, and they have not
        JobKey after = working("pictory-image", "after-them");
        assertThat(post("pictory-image/" + TOKEN, "{\"id\":\"after-them\"}")).isEqualTo(202);
        asked(after, 2);
        assertThat(program.job(key).polls()).isEqualTo(2);
    }

    @Test
    void aWebhookBeforeTheRegistrationIsUsedByIt() throws Exception {
        String body = "{\"job_id\":\"before\"}";
        assertThat(standard("msg_before", Instant.now(), STANDARD_KEY, body)).isEqualTo(202);
        program.simulator.job("productai", "before").queuedFor(Duration.ZERO).processingFor(Duration.ZERO).completes(Assets.png(8, 8));
        JobKey key = new JobKey("standard", "before");
        program.jobs.register(List.of(new NewJob(key, Map.of(), Duration.ofHours(2), Duration.ofHours(1))));
        await().atMost(Duration.ofSeconds(20)).until(() -> program.job(key).state() == JobState.ARCHIVED);
    }

    @Test
    void aForgedOneCostsTheStoreNothingAndLocksNobodyOut() throws Exception {
        JobKey key = working("productai", "flooded");
        String body = "{\"job_id\":\"flooded\"}";
        Object before = stored();
        for (int i = 0; i < 100; i++) {
            assertThat(post("productai", body, "X-ProductAI-Signature", signed("guess number " + i, body))).isEqualTo(401);
            assertThat(post("pictory-image/guess-number-" + i, body)).isEqualTo(401);
        }
        assertThat(stored()).isEqualTo(before);
        assertThat(post("productai", body, "X-ProductAI-Signature", signed(secret(), body))).isEqualTo(202);
        asked(key, 2);
    }

    private static Object stored() {
        return program.jobs.list(new JobFilter(null, "productai", "flooded", null, 10)).stream().map(Job::updatedAt).toList();
    }

    @Test
    void whoeverAsksBeforeItSendsTheBodyIsTold() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", URI.create(url).getPort())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(("POST /hooks/productai HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(25), StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            socket.getOutputStream().write("{}".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII)).as("told once").isEqualTo("HTTP/1.1 401");
        }
    }

    @Test
    void bodiesWithoutALengthAreCutOff() throws Exception {
        byte[] chunk = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = new Socket("127.0.0.1", URI.create(url).getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(("POST /hooks/productai HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            long sent = 0;
            try {
                while (sent < 100_000_000) {
                    socket.getOutputStream().write(chunk);
                    sent += chunk.length;
                }
            } catch (IOException e) {
                // told that it is too much
            }
            assertThat(sent).isLessThan(50_000_000);
        }
        String small = "{\"job_id\":\"chunked\"}";
        HttpRequest inChunks = HttpRequest.newBuilder(URI.create(url + "pictory-image/" + TOKEN)).POST(HttpRequest.BodyPublishers.ofInputStream(
                () -> new java.io.ByteArrayInputStream(small.getBytes(StandardCharsets.UTF_8)))).build();
        assertThat(CLIENT.send(inChunks, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(202);
    }

    @Test
    void aWebhookDuringAPollIsNotLost() throws Exception {
        JobKey key = working("productai", "late");
        program.jobs.override(key, job -> JobChange.to(null).askAgainIn(Duration.ofHours(1)));
        Job before = program.job(key);
        program.jobs.wake(key);
        assertThat(program.job(key).nextPollAt()).isBefore(before.nextPollAt());
        await().until(() -> program.job(key).polls() > before.polls());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "productai                     | none      | 401",
            "productai                     | wrong     | 401",
            "productai                     | upper     | 401",
            "productai                     | bare      | 401",
            "productai                     | respaced  | 401",
            "productai/a-token-that-nobody-guesses | right | 401",
            "pictory-video                 | none      | 401",
            "pictory-video                 | right     | 401",
            "pictory-video/wrong           | none      | 401",
            "pictory-video/a-token-that-nobody-guessee | none | 401",
            "pictory-video/a-token-that-nobody-guesses | none | 202",
            "pictory-video/a/b             | none      | 404",
            "stories/a-token-that-nobody-guesses | none | 401",
            "nobody                        | none      | 404"})
    void onlyTheProvidersOwnIsTaken(String path, String how, int status) throws Exception {
        JobKey key = new JobKey("productai", "guarded");
        if (program.jobs.find(key).isEmpty()) {
            working("productai", "guarded");
        }
        long polls = program.job(key).polls();
        Job before = program.job(key);
        String body = "{\"job_id\":\"guarded\"}";
        String right = signed(secret(), body);
        String[] headers = switch (how) {
            case "none" -> new String[0];
            case "wrong" -> new String[] {"X-ProductAI-Signature", signed("another secret, of another one", body)};
            case "upper" -> new String[] {"X-ProductAI-Signature", right.toUpperCase(Locale.ROOT)};
            case "bare" -> new String[] {"X-ProductAI-Signature", right.substring(7)};
            case "respaced" -> new String[] {"X-ProductAI-Signature", signed(secret(), "{ \"job_id\": \"guarded\"}")};
            default -> new String[] {"X-ProductAI-Signature", right};
        };
        assertThat(post(path, body, headers)).isEqualTo(status);
        assertThat(program.job(key)).isEqualTo(before);
        assertThat(program.job(key).polls()).isEqualTo(polls);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"job_id\":\"..\"}", "{\"job_id\":\" a\"}", "{\"job_id\":\"a\\u0000b\"}", "{\"job_id\":\"\\ud800\"}", "{\"job_id\":{\"job_id\":\"a\"}}", "", "[]", "null", "{}", "{\"job_id\":7}", "{\"job_id\":\"\"}", "not json", "{\"job_id\":\"a\""})
    void aGenuineOneThatNamesNoJob(String body) throws Exception {
        assertThat(post("productai", body, "X-ProductAI-Signature", signed(secret(), body))).isEqualTo(400);
    }

    @Test
    void whatIsNoWebhook() throws Exception {
        String body = "{\"job_id\":\"a\",\"more\":\"" + "x".repeat(11 * 1024 * 1024) + "\"}";
        assertThat(post("productai", body, "X-ProductAI-Signature", signed(secret(), body))).isEqualTo(413);
        String unknown = "{\"job_id\":\"nobody-registered-it\"}";
        assertThat(post("productai", unknown, "X-ProductAI-Signature", signed(secret(), unknown))).isEqualTo(202);
        assertThat(program.jobs.find(new JobKey("productai", "nobody-registered-it"))).isEmpty();
        assertThat(post("productai", unknown, "X-ProductAI-Signature", signed(secret(), unknown), "Content-Encoding", "gzip")).isEqualTo(415);
        assertThat(post("productai", unknown, "X-ProductAI-Signature", signed(secret(), unknown), "Content-Type", "multipart/form-data; boundary=x")).isEqualTo(415);
        assertThat(CLIENT.send(HttpRequest.newBuilder(URI.create(url + "productai")).GET().build(), HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(401);
        byte[] notUtf8 = {'{', '"', 'j', 'o', 'b', '_', 'i', 'd', '"', ':', '"', (byte) 0xff, '"', '}'};
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        assertThat(post("productai", notUtf8, "X-ProductAI-Signature", "sha256=" + HexFormat.of().formatHex(mac.doFinal(notUtf8)))).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CamelHttpUri", "camelhttpuri", "CAmelBeanMethodName", "CamelAwsS3Key", "CamelSqlQuery", "kafka.OVERRIDE_TOPIC"})
    void headersOfCamelsOwnDoNotComeThrough(String header) throws Exception {
        String body = "{\"job_id\":\"nobody-registered-it\"}";
        assertThat(post("productai", body, "X-ProductAI-Signature", signed(secret(), body), header, "http://127.0.0.1:1/x")).isEqualTo(202);
        assertThat(post("productai?" + header + "=x", body, "X-ProductAI-Signature", signed(secret(), body))).isEqualTo(202);
    }

    @Test
    void standardWebhooks() throws Exception {
        byte[] key = "a key of standard webhooks, 24+ bytes".getBytes(StandardCharsets.UTF_8);
        String secret = "whsec_" + Base64.getEncoder().encodeToString(key);
        ProviderTerms.parse(Map.of("hook", "standard-webhooks", "hookSecrets", "x"));
        HookSignature check = new HookSignature(new HookTerms(HookTerms.Scheme.STANDARD, "x-signature", List.of("s"),
                List.of("/id")), List.of(secret));
        Instant now = Instant.ofEpochSecond(1_700_000_000);
        String body = "{\"id\":\"a\"}";
        String right = "v1," + Base64.getEncoder().encodeToString(hmac(key, "msg_1.1700000000." + body));
        assertThat(genuine(check, "1700000000", right, body, now)).isTrue();
        assertThat(genuine(check, "1700000000", "v1,AAAA " + right + " v1a,x", body, now.plusSeconds(299))).isTrue();
        assertThat(genuine(check, "1700000000", right, body, now.plusSeconds(301))).as("a replay").isFalse();
        assertThat(genuine(check, "1700000000", right, body, now.minusSeconds(301))).as("from the future").isFalse();
        assertThat(genuine(check, "1700000001", right, body, now)).isFalse();
        assertThat(genuine(check, "1700000000", right, body + " ", now)).isFalse();
        assertThat(genuine(check, "1700000000", "v1,x ".repeat(100) + right, body, now)).as("too many signatures").isFalse();
        assertThat(genuine(check, "soon", right, body, now)).isFalse();
        assertThat(genuine(check, null, right, body, now)).isFalse();
    }

    private static boolean genuine(HookSignature check, String time, String signatures, String body, Instant now) {
        return check.isGenuine(name -> switch (name) {
            case "webhook-id" -> "msg_1";
            case "webhook-timestamp" -> time;
            case "webhook-signature" -> signatures;
            default -> null;
        }, body.getBytes(StandardCharsets.UTF_8), null, now);
    }
}
