package io.mediajobs.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.mediajobs.store.Database;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpEventsTest {

    @TempDir
    Path data;
    private Database database;
    private HttpServer server;
    private final AtomicInteger status = new AtomicInteger(202);
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Map<String, List<String>>> headers = new CopyOnWriteArrayList<>();

    @BeforeEach
    void open() throws Exception {
        database = Database.open(data.resolve("jobs.db"));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            headers.add(Map.copyOf(exchange.getRequestHeaders()));
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            boolean bodyless = status.get() == 204;
            exchange.sendResponseHeaders(status.get(), bodyless ? -1 : 20_000);
            if (!bodyless) {
                exchange.getResponseBody().write(new byte[20_000]);
            }
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
        database.close();
    }

    private String sink() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook?installation=7";
    }

    @Test
    void anEventIsPostedAsACloudEvent() {
        Publisher.tell(database, "é/1", "mediajobs.job.completed", "{\"ü\":1}");
        try (Publisher publisher = Publisher.start(database, data, Map.of("events.uri", sink()))) {
            await().until(() -> publisher.outbox().get(0).publishedAt() != null);
        }
        assertThat(requests).containsExactly("POST /hook?installation=7 {\"ü\":1}");
        assertThat(headers.get(0).get("Content-type")).containsExactly("application/cloudevents+json");
        assertThat(new TreeSet<>(headers.get(0).keySet())).isSubsetOf("Accept-encoding", "Connection", "Content-length", "Content-type", "Host",
                "Transfer-encoding", "User-agent");
    }

    @Test
    void answersWithABodyUseUpNoConnections() {
        for (int i = 0; i < 30; i++) {
            Publisher.tell(database, "job-" + i, "mediajobs.job.completed");
        }
        try (Publisher publisher = Publisher.start(database, data, Map.of("events.uri", sink(), "camel.component.http.connections-per-route", "2",
                "camel.component.http.connection-request-timeout", "2s"))) {
            await().until(() -> publisher.outbox().stream().allMatch(event -> event.publishedAt() != null));
            assertThat(publisher.outbox()).allMatch(event -> event.attempts() == 1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 413, 422})
    void anEventThatTheSinkCallsWrongIsParked(int refusal) {
        status.set(refusal);
        Publisher.tell(database, "1", "mediajobs.job.completed");
        Publisher.tell(database, "1", "mediajobs.job.failed");
        try (Publisher publisher = Publisher.start(database, data, Map.of("events.uri", sink(), "events.park-after", "2"))) {
            await().until(() -> publisher.outbox().get(0).parkedAt() != null);
            status.set(204);
            await().until(() -> publisher.outbox().get(1).publishedAt() != null);
            assertThat(publisher.outbox().get(0).attempts()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 408, 429, 500, 503})
    void whatTheSinkSaysOfItselfParksNothing(int status) {
        this.status.set(status);
        Publisher.tell(database, "1", "mediajobs.job.completed");
        try (Publisher publisher = Publisher.start(database, data, Map.of("events.uri", sink(), "events.park-after", "1", "events.retry-first", "1ms",
                "events.retry-longest", "5ms"))) {
            await().until(() -> publisher.outbox().get(0).attempts() >= 3);
            assertThat(publisher.outbox().get(0).parkedAt()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 400, 413, 500, 503})
    void anyOtherAnswerThan2xxMeansAgain(int failure) {
        status.set(failure);
        Publisher.tell(database, "1", "mediajobs.job.completed");
        Publisher.tell(database, "1", "mediajobs.job.failed");
        try (Publisher publisher = Publisher.start(database, data, Map.of("events.uri", sink()))) {
            await().until(() -> publisher.outbox().get(0).attempts() >= 2);
            assertThat(publisher.outbox().get(0).lastError()).contains(String.valueOf(failure)).doesNotContain("installation");
            status.set(204);
            await().until(() -> publisher.outbox().stream().allMatch(event -> event.publishedAt() != null));
        }
        assertThat(requests).allMatch(request -> request.startsWith("POST /hook"));
        assertThat(requests.get(requests.size() - 1)).contains("mediajobs.job.failed");
        assertThat(List.copyOf(requests).subList(0, requests.size() - 1)).allMatch(request -> request.contains("mediajobs.job.completed"));
    }
}
