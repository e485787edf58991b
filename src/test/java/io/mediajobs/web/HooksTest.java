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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
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
    private static final String OLD_SECRET = "the-secret-of-last-year";

    @TempDir
    static Path folder;
    private static TestProgram program;
    private static String url;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        program = TestProgram.start(folder, Map.of("provider.productai.every", "1h", "provider.pictory-video.every", "1h", "provider.stories.every", "1h",
                "provider.productai.hook-secret", "demo-webhook-secret", "provider.productai.old-hook-secret", OLD_SECRET,
                "provider.pictory.hook-token", TOKEN, "hooks.max-body", "1KB"));
        url = "http://127.0.0.1:" + program.program.context().hasService(ApiServer.class).getPort() + "/hooks/";
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
        await().until(() -> program.job(key).lease() == null);
        assertThat(program.job(key).state()).isEqualTo(JobState.PROCESSING);
        assertThat(program.jobs.timeline(program.job(key))).extracting("what").containsExactly("registered", "processing");
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
            "stories/a-token-that-nobody-guesses | none | 404",
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
    @ValueSource(strings = {"", "[]", "null", "{}", "{\"job_id\":7}", "{\"job_id\":\"\"}", "not json", "{\"job_id\":\"a\""})
    void aGenuineOneThatNamesNoJob(String body) throws Exception {
        assertThat(post("productai", body, "X-ProductAI-Signature", signed(secret(), body))).isEqualTo(400);
    }

    @Test
    void whatIsNoWebhook() throws Exception {
        String body = "{\"job_id\":\"" + "x".repeat(2000) + "\"}";
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
    void cve202527636HeadersOfCamelsOwnDoNotComeThrough(String header) throws Exception {
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
