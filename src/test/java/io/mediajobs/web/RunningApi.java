package io.mediajobs.web;

import io.mediajobs.TestProgram;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mediajobs.archive.ArchiveVerification;
import io.mediajobs.config.Settings;
import io.mediajobs.events.JobEvents;
import io.mediajobs.intake.Registrar;
import io.mediajobs.observe.HealthChecks;
import io.mediajobs.observe.Metrics;
import io.mediajobs.observe.Reachable;
import io.mediajobs.observe.RouteHealth;
import io.mediajobs.observe.StoreFigures;
import io.mediajobs.poll.ListTerms;
import io.mediajobs.poll.Provider;
import io.mediajobs.poll.Providers;
import io.mediajobs.store.Database;
import io.mediajobs.store.JobCounts;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.ListRounds;
import io.mediajobs.store.Outbox;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.camel.main.Main;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.S3Client;

/** The shipped routes of the API in a Camel Main with the shipped settings, a real store and a real socket. */
final class RunningApi implements AutoCloseable {

    static final String TOKEN = "a-token-for-tests-0123456789";
    static final ObjectMapper JSON = new ObjectMapper();

    final Database database;
    final JobStore jobs;
    final Outbox outbox;
    final Main main = new Main();
    final int port;
    final int observePort;
    volatile List<Provider> providers = List.of(
            new Provider("pictory-render", Duration.ofSeconds(15), Duration.ZERO, Duration.ofHours(2), 5, 10, true, "15m", null, true),
            new Provider("stories", Duration.ofSeconds(30), Duration.ZERO, Duration.ofHours(1), Double.POSITIVE_INFINITY, 4, true, "15m", null, true));
    volatile Reachable.Question bucket = () -> { };
    /** Whatever S3 is asked. */
    volatile Reachable.Question s3 = () -> { };
    final Metrics metrics;
    private final StoreFigures figures;
    private final HttpClient client = HttpClient.newHttpClient();

    RunningApi(Path folder) throws Exception {
        this(folder, Map.of());
    }

    RunningApi(Path folder, Map<String, String> more) throws Exception {
        observePort = TestProgram.freePort();
        Map<String, String> overrides = new TreeMap<>(Map.of("data.folder", folder.toString(), "http.port", "0", "http.token", TOKEN, "s3.bucket", "media",
                "observe.port", String.valueOf(observePort)));
        overrides.putAll(more);
        Settings settings = Settings.load(Path.of("").toAbsolutePath(), List.of(), Map.of(), new Properties(), overrides);
        JobEvents events = new JobEvents("/media-job-routes", Clock.systemUTC());
        database = Database.open(folder.resolve("jobs.db"));
        jobs = new JobStore(database, events);
        outbox = new Outbox(database);
        figures = new StoreFigures(jobs, new JobCounts(database), outbox, Duration.ofMillis(200)).start();
        Providers known = new Providers() {
            @Override
            public List<Provider> all() {
                return providers;
            }

            @Override
            public Optional<ListTerms> list(String name) {
                return name.equals("stories") ? Optional.of(new ListTerms(10, 100, null, Duration.ofMinutes(1))) : Optional.empty();
            }
        };

        main.bind("apiServerFactory", new ApiServerFactory(settings, ApiToken.of(settings)));
        main.bind("jobsApi", new JobsApi(new Registrar(known, jobs), known, jobs, events));
        main.bind("providersApi", new ProvidersApi(known, jobs, new ListRounds(database, jobs), figures));
        // of what S3 is asked, other tests tell
        S3Client nobody = (S3Client) Proxy.newProxyInstance(S3Client.class.getClassLoader(), new Class<?>[] {S3Client.class}, (proxy, method, arguments) -> {
            s3.ask();
            throw SdkClientException.create("nobody is there");
        });
        main.bind("verifyApi", new VerifyApi(jobs, new ArchiveVerification(settings, nobody, jobs)));
        main.bind("eventsApi", new EventsApi(outbox));
        metrics = new Metrics(figures);
        main.bind("hooksApi", new HooksApi(known, null, metrics, name -> "", Clock.systemUTC()));
        main.configure().withRoutesIncludePattern("file:routes/http-api/*.camel.yaml");
        main.setDefaultPropertyPlaceholderLocation("false");
        main.setOverrideProperties(settings.all());
        main.addMainListener(new org.apache.camel.main.MainListenerSupport() {
            @Override
            public void beforeConfigure(org.apache.camel.main.BaseMainSupport base) {
                base.getCamelContext().getRegistry().bind("routesApi", new RoutesApi(new CamelRoutes(base.getCamelContext(), Path.of("routes")), new NoControl()));
                metrics.bind(base.getCamelContext().getRegistry());
                HealthChecks.bind(base.getCamelContext().getRegistry(), jobs, figures, settings.duration("observe.outbox-age"), new Reachable("s3", () -> bucket.ask(),
                        Duration.ofMillis(500), Duration.ofSeconds(5)), () -> new RouteHealth(Map.of(), Set.of(), Set.of(), Map.of()));
            }
        });
        try {
            main.start();
        } catch (Exception e) {
            close();
            throw e;
        }
        ApiServer server = main.getCamelContext().hasService(ApiServer.class);
        port = server.getPort();
    }

    record Answer(int status, String text, HttpResponse<String> response) {
        JsonNode json() throws IOException {
            return JSON.readTree(text);
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }
    }

    HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(Duration.ofSeconds(20));
    }

    Answer send(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), response.body(), response);
    }

    Answer get(String path) throws Exception {
        return send(to(path).header("Authorization", "Bearer " + TOKEN));
    }

    Answer post(String path) throws Exception {
        return send(to(path).header("Authorization", "Bearer " + TOKEN).POST(HttpRequest.BodyPublishers.noBody()));
    }

    Answer post(String path, String json) throws Exception {
        return send(to(path).header("Authorization", "Bearer " + TOKEN).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    /** Sends bytes as they are and reads the first line of the answer. */
    String rawStatus(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            write(socket, request);
            return new java.io.BufferedReader(new java.io.InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine();
        }
    }

    private static void write(Socket socket, String request) throws IOException {
        socket.setSoTimeout(15_000);
        try {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        } catch (SocketException e) {
            // refused before it was read to its end: the answer is there already
        }
    }

    /** Bytes as they are, for what no client would send. Reads until the server closes. */
    String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            write(socket, request);
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            try {
                socket.getInputStream().transferTo(answer);
            } catch (SocketException e) {
                // the rest of the request met a closed socket; what came before is the answer
                return answer.toString(StandardCharsets.UTF_8);
            }
            return answer.toString(StandardCharsets.UTF_8);
        }
    }

    /** A GET with the token, the path exactly as given, in a connection of its own. */
    String rawGet(String path, String... headers) throws IOException {
        StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nConnection: close\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return raw(request.append("\r\n").toString());
    }

    @Override
    public void close() throws Exception {
        main.stop();
        figures.close();
        database.close();
    }

    /** Nothing can be paused where routes are not live. */
    private static final class NoControl implements RouteControl {
        @Override
        public boolean canPause(String id) {
            return false;
        }

        @Override
        public void pause(String id) {
            throw new IllegalStateException(id);
        }

        @Override
        public void resume(String id) {
            throw new IllegalStateException(id);
        }
    }
}
