package io.mediajobs.demo;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.mediajobs.demo.simulator.Assets;
import io.mediajobs.demo.simulator.Misbehaviour;
import io.mediajobs.demo.simulator.Poll;
import io.mediajobs.demo.simulator.ProviderSimulator;
import io.mediajobs.demo.simulator.SimulatedJob;
import io.mediajobs.demo.simulator.Webhook;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Jobs live by their script, misbehave at the calls that the script names, and every call is in the ledger. */
class JobLifeTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final StandingClock clock = new StandingClock("2026-01-01T00:00:00Z");
    private ProviderSimulator simulator;

    @BeforeEach
    void start() {
        simulator = ProviderSimulator.builder().clock(clock).speed(10).start();
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void livesByTheClockAndTheSpeed() throws Exception {
        SimulatedJob job = simulator.job("productai", "j").queuedFor(ofSeconds(10)).processingFor(ofSeconds(40))
                .completes(Assets.images(1, 32, 32));

        assertThat(status("j")).isEqualTo("pending");
        clock.pass(ofSeconds(1));
        assertThat(status("j")).isEqualTo("processing");
        clock.pass(ofSeconds(3));
        assertThat(poll("j").path("progress").asInt()).isEqualTo(75);
        assertThat(job.hasEnded()).isFalse();
        clock.pass(ofSeconds(1));
        assertThat(status("j")).isEqualTo("completed");
        assertThat(job.hasEnded()).isTrue();
    }

    @Test
    void processesForEverUntilTold() throws Exception {
        SimulatedJob job = simulator.job("productai", "j");
        clock.pass(ofSeconds(100_000));

        assertThat(status("j")).isEqualTo("processing");
        job.completes();
        assertThat(status("j")).isEqualTo("completed");
    }

    @Test
    void isNotFoundAtFirst() throws Exception {
        simulator.job("pictory-image", "j").visibleFromPoll(3);

        for (int i = 0; i < 2; i++) {
            assertThat(json(Client.poll(simulator, "pictory-image", "j")).path("data").path("error_message").asText())
                    .isEqualTo("JOB_NOT_FOUND");
        }
        assertThat(json(Client.poll(simulator, "pictory-image", "j")).path("data").path("status").asText())
                .isEqualTo("in-progress");
    }

    @Test
    void canBeUnknown() throws Exception {
        simulator.job("stories", "j").isUnknown();

        assertThat(Client.poll(simulator, "stories", "j").statusCode()).isEqualTo(404);
        assertThat(simulator.ledger().polls("stories/j")).hasSize(1);
    }

    @Test
    void throttles() throws Exception {
        simulator.job("productai", "j").atPoll(1, Misbehaviour.throttled(ofMillis(2100)))
                .atPoll(2, Misbehaviour.throttledUntil(ofSeconds(90)));

        HttpResponse<byte[]> seconds = Client.poll(simulator, "productai", "j");
        HttpResponse<byte[]> date = Client.poll(simulator, "productai", "j");

        assertThat(seconds.statusCode()).isEqualTo(429);
        assertThat(seconds.headers().firstValue("Retry-After")).hasValue("3");
        assertThat(date.statusCode()).isEqualTo(429);
        assertThat(date.headers().firstValue("Retry-After")).hasValue("Thu, 1 Jan 2026 00:01:30 GMT");
    }

    @Test
    void breaksConnections() throws Exception {
        simulator.job("productai", "j").completes().atPoll(1, Misbehaviour.reset()).atPoll(2, Misbehaviour.cutConnection())
                .atPoll(3, Misbehaviour.hang());
        String url = simulator.statusUrl("productai", "j");
        String key = simulator.provider("productai").authorization();

        assertThatIOException().isThrownBy(() -> Client.raw(url, key)).withMessageContaining("reset");
        assertThatIOException().isThrownBy(() -> Client.poll(simulator, "productai", "j"));
        assertThatThrownBy(() -> Client.send(Client.request(url, "Authorization", key).timeout(ofMillis(300))))
                .isInstanceOf(HttpTimeoutException.class);
        assertThat(status("j")).isEqualTo("completed");
        assertThat(simulator.ledger().polls("productai", "j")).extracting(Poll::status).containsExactly(0, 200, 0, 200);
    }

    @Test
    void drips() throws Exception {
        simulator.job("productai", "j").atPoll(1, Misbehaviour.drip());
        String request = "GET /productai/v1/jobs/j HTTP/1.1\r\nHost: x\r\nAuthorization: "
                + simulator.provider("productai").authorization() + "\r\n\r\n";

        try (var socket = new Socket("127.0.0.1", simulator.port())) {
            socket.setSoTimeout(300);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            var seen = new StringBuilder();
            assertThatThrownBy(() -> {
                for (int next = socket.getInputStream().read(); next >= 0; next = socket.getInputStream().read()) {
                    seen.append((char) next);
                }
            }).isInstanceOf(SocketTimeoutException.class);
            assertThat(seen.toString()).contains("200 OK").endsWith("\r\n\r\n{");
        }
    }

    @Test
    void answersNonsense() throws Exception {
        simulator.job("productai", "j").completes().atPoll(1, Misbehaviour.cutBody()).atPoll(2, Misbehaviour.html())
                .atPoll(3, Misbehaviour.empty()).atPoll(4, Misbehaviour.redirect("http://127.0.0.1:1/elsewhere"))
                .atPoll(5, Misbehaviour.unknownStatus("paused")).atPoll(6, Misbehaviour.withoutAssets());

        HttpResponse<byte[]> cut = Client.poll(simulator, "productai", "j");
        assertThat(cut.statusCode()).isEqualTo(200);
        assertThatThrownBy(() -> json(cut)).isInstanceOf(JsonProcessingException.class);
        assertThat(Client.poll(simulator, "productai", "j").headers().firstValue("Content-Type").orElse(""))
                .startsWith("text/html");
        assertThat(Client.poll(simulator, "productai", "j").statusCode()).isEqualTo(204);
        assertThat(Client.poll(simulator, "productai", "j").headers().firstValue("Location"))
                .hasValue("http://127.0.0.1:1/elsewhere");
        assertThat(status("j")).isEqualTo("paused");
        JsonNode bare = poll("j");
        assertThat(bare.path("status").asText()).isEqualTo("completed");
        assertThat(bare.path("images")).isEmpty();
    }

    @Test
    void theWholeProviderGoesDownAndRecovers() throws Exception {
        simulator.job("stories", "j");
        simulator.provider("stories").goesDown(Misbehaviour.status(503));

        assertThat(Client.poll(simulator, "stories", "j").statusCode()).isEqualTo(503);
        simulator.provider("stories").recovers();
        assertThat(Client.poll(simulator, "stories", "j").statusCode()).isEqualTo(200);
        assertThat(simulator.ledger().polls("stories", "j")).extracting(Poll::fault)
                .containsExactly(Misbehaviour.Kind.STATUS, null);
    }

    @Test
    void theKeyCanChange() throws Exception {
        simulator.job("productai", "j");
        String old = simulator.provider("productai").authorization();
        simulator.provider("productai").accepts("new-key");

        assertThat(Client.get(simulator.statusUrl("productai", "j"), "Authorization", old).statusCode()).isEqualTo(401);
        assertThat(Client.poll(simulator, "productai", "j").statusCode()).isEqualTo(200);
    }

    @Test
    void everyCallIsInTheLedgerWithoutTheKey() throws Exception {
        simulator.job("productai", "j");

        Client.poll(simulator, "productai", "j");
        clock.pass(ofSeconds(7));
        Client.get(simulator.statusUrl("productai", "j"), "X-Trace", "abc");
        Client.poll(simulator, "productai", "stranger");

        List<Poll> polls = simulator.ledger().polls("productai", "j");
        assertThat(polls).extracting(Poll::number).containsExactly(1, 2);
        assertThat(polls).extracting(Poll::authorized).containsExactly(true, false);
        assertThat(polls).extracting(Poll::status).containsExactly(200, 401);
        assertThat(polls.get(1).at()).isEqualTo("2026-01-01T00:00:07Z");
        assertThat(polls.get(0).headers()).contains("authorization").doesNotContain("x-trace");
        assertThat(polls.get(1).headers()).contains("x-trace").doesNotContain("authorization");
        assertThat(polls.toString()).doesNotContain(simulator.provider("productai").key());
        assertThat(simulator.ledger().pollCounts()).containsEntry("productai/j", 2).containsEntry("productai/stranger", 1);
        assertThat(simulator.ledger().totalPolls()).isEqualTo(3);
        assertThat(simulator.ledger().unauthorized()).isEqualTo(1);
    }

    @Test
    void idsAreOpaqueText() throws Exception {
        simulator.job("productai", "a b/c+d%ü").completes(Assets.images(1, 16, 16));

        JsonNode answer = json(Client.get(simulator.url("productai") + "/v1/jobs/a%20b%2Fc+d%25%C3%BC", "Authorization",
                simulator.provider("productai").authorization()));

        assertThat(answer.path("job_id").asText()).isEqualTo("a b/c+d%ü");
        assertThat(Client.get(answer.path("images").path(0).path("url").asText()).statusCode()).isEqualTo(200);
    }

    @Test
    void callsBackOnceSigned() throws Exception {
        var received = new CopyOnWriteArrayList<Webhook>();
        HttpServer receiver = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        receiver.createContext("/hook", call -> {
            String body = new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            received.add(new Webhook(body, call.getRequestHeaders().getFirst(Webhook.SIGNATURE_HEADER)));
            call.sendResponseHeaders(204, -1);
            call.close();
        });
        receiver.start();
        try {
            SimulatedJob job = simulator.job("productai", "j").completes(Assets.images(1, 16, 16))
                    .callsBack(URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook"));

            await().atMost(ofSeconds(10)).until(() -> !received.isEmpty());
            assertThat(received).containsExactly(simulator.webhook(job));
        } finally {
            receiver.stop(0);
        }
    }

    private JsonNode poll(String jobId) throws Exception {
        return json(Client.poll(simulator, "productai", jobId));
    }

    private String status(String jobId) throws Exception {
        return poll(jobId).path("status").asText();
    }

    private static JsonNode json(HttpResponse<byte[]> answer) throws Exception {
        return JSON.readTree(answer.body());
    }
}
