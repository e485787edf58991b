package io.mediajobs.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.mediajobs.config.Settings;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.poll.Provider;
import io.mediajobs.report.AnswerReader;
import io.mediajobs.report.Mappings;
import io.mediajobs.store.Database;
import io.mediajobs.store.JobFilter;
import io.mediajobs.store.JobStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiscoveryTest {

    @TempDir
    Path data;
    private Database database;
    private JobStore jobs;
    private HttpServer server;
    private Main main;
    private volatile int total;
    private volatile int pageSize = 100;
    private volatile int status = 200;
    private volatile String body;
    private final List<String> requests = new CopyOnWriteArrayList<>();

    @BeforeEach
    void open() throws Exception {
        database = Database.open(data.resolve("jobs.db"));
        jobs = new JobStore(database, (provider, what, incident, error) -> new io.mediajobs.store.NewEvent(provider + what, what, provider, "{}"));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/jobs", exchange -> {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("Authorization"));
            int offset = Integer.parseInt(exchange.getRequestURI().getQuery().replaceAll(".*offset=", ""));
            int end = Math.min(total, offset + pageSize);
            String list = IntStream.range(offset, Math.max(offset, end)).mapToObj(i -> "{\"job_id\":\"job_" + i + "\",\"status\":\"completed\"}").collect(Collectors.joining(","));
            byte[] answer = (body != null ? body : "{\"jobs\":[" + list + "],\"total\":" + total + ",\"has_more\":" + (end < total) + "}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void close() {
        if (main != null) {
            main.stop();
        }
        server.stop(0);
        database.close();
    }

    private void start(Map<String, String> overrides) {
        Properties settings = Settings.shippedProperties();
        settings.setProperty("data.folder", data.toString());
        settings.setProperty("provider.productai.url", "http://127.0.0.1:" + server.getAddress().getPort());
        settings.setProperty("provider.productai.key", "k");
        settings.setProperty("provider.productai.discover-millis", "100");
        settings.putAll(overrides);
        main = new Main();
        main.setDefaultPropertyPlaceholderLocation("false");
        main.setInitialProperties(settings);
        main.configure().withRoutesIncludePattern("file:routes/providers/discover-productai.camel.yaml");
        Registrar registrar = new Registrar(() -> List.of(new Provider("productai", Duration.ofSeconds(3), Duration.ZERO, Duration.ofMinutes(30), 10, 10, true, true)), jobs);
        main.bind("discovery", new Discovery(registrar, jobs, new Mappings(Path.of("routes/providers")), new AnswerReader()));
        main.start();
    }

    private int followed() {
        return jobs.list(new JobFilter(null, null, null, null, 1_000)).size();
    }

    @Test
    void everyJobOfTheAccountIsFollowedPageByPage() {
        total = 256;
        start(Map.of());
        await().until(() -> followed() == 256);
        assertThat(List.copyOf(requests).subList(0, 3)).containsExactly("GET /v1/jobs?limit=100&offset=0 Bearer k", "GET /v1/jobs?limit=100&offset=100 Bearer k",
                "GET /v1/jobs?limit=100&offset=200 Bearer k");
        Job job = jobs.find(new JobKey("productai", "job_255")).orElseThrow();
        assertThat(job.nextPollAt()).isEqualTo(job.registeredAt());
        total = 257;
        await().until(() -> followed() == 257);
    }

    @Test
    void smallerPagesThanAskedForLoseNothing() {
        total = 70;
        pageSize = 20;
        start(Map.of());
        await().until(() -> followed() == 70);
    }

    @Test
    void pagesAreBounded() {
        total = 1_000;
        start(Map.of("provider.productai.discover-pages", "2"));
        await().until(() -> requests.size() >= 4);
        assertThat(followed()).isEqualTo(200);
        assertThat(List.copyOf(requests).subList(0, 4)).extracting(request -> request.replaceAll(".*offset=| .*", "")).containsExactly("0", "100", "0", "100");
    }

    @Test
    void anErrorEndsTheRoundAndTheNextTickTriesAgain() {
        total = 1;
        for (int error : new int[] {401, 429, 500, 302}) {
            status = error;
            if (main == null) {
                start(Map.of());
            }
            int before = requests.size();
            await().until(() -> requests.size() >= before + 2);
            assertThat(followed()).isZero();
        }
        status = 200;
        for (String unusable : new String[] {"<html>", "{}", "{\"jobs\":7}", "", "{\"jobs\":[],\"has_more\":true}", "{\"jobs\":[{\"job_id\":7},{\"job_id\":\"..\"}]}"}) {
            body = unusable;
            int before = requests.size();
            await().until(() -> requests.size() >= before + 2);
            assertThat(followed()).isZero();
        }
        body = null;
        await().until(() -> followed() == 1);
    }

    @Test
    void aPausedProviderIsNotAsked() {
        total = 1;
        jobs.pause("productai", true);
        start(Map.of());
        await().during(Duration.ofSeconds(1)).until(requests::isEmpty);
        jobs.pause("productai", false);
        await().until(() -> followed() == 1);
    }
}
