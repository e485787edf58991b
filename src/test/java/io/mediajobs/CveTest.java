package io.mediajobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mediajobs.archive.AssetHost;
import io.mediajobs.config.Settings;
import io.mediajobs.demo.simulator.Assets;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.live.RoutesCheck;
import io.mediajobs.store.OutboxEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.camel.Message;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is known to be wrong in the version of Camel that this is built with, and does no harm here: each test has the number of what it is about, and
 * asks the whole program with the shipped routes. Two servers listen: a provider that says what a test wants, and a canary that nothing may reach.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CveTest {

    private static final String TOKEN = "the-token-of-the-api-of-this-test";
    private static final String HOOK_SECRET = "the-hook-secret-of-this-test";
    private static final String KEY = "the-key-of-the-provider-of-this-test";
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13, 'I', 'H', 'D', 'R'};
    /** Headers that some component of Camel obeys, in the spellings that filters of old let through. */
    private static final List<String> COMMANDS = List.of("CamelHttpUri", "camelhttpuri", "CAMELHTTPURI", "CamelHttpPath", "CamelHttpQuery", "CamelHttpMethod",
            "CAmelHttpResponseCode", "CAmelBeanMethodName", "cAmelExecCommandExecutable", "CamelAwsS3Key", "cAMELAwsS3BucketName", "CamelAwsS3Metadata", "CamelSqlQuery",
            "CamelFileName", "CamelJmsDestinationName", "kafka.OVERRIDE_TOPIC", "KAFKA.override_topic", "kafka.PARTITION_KEY", "JMSXGroupID", "JMSReplyTo",
            "org.apache.camel.component", "X-Own");

    @TempDir
    static Path folder;
    private static AssetHost provider;
    private static ServerSocket canary;
    private static TestProgram program;
    private static int port;
    /** The headers of each webhook as its route gets them. */
    private static final List<String> hooks = new CopyOnWriteArrayList<>();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws Exception {
        provider = new AssetHost();
        canary = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        canary.setSoTimeout(1);
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        program = TestProgram.start(folder, Map.of("provider.productai.url", provider.url(""), "provider.productai.key", KEY, "provider.productai.hook-secret", HOOK_SECRET,
                "http.token", TOKEN, "http.port", String.valueOf(port), "events.uri", "mock:events",
                // which must do nothing, wherever somebody says so
                "camel.component.http.follow-redirects", "true"));
        program.program.context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                // tells what came through
                from("platform-http:/api/echo?httpMethodRestrict=GET").process(exchange -> exchange.getMessage().setBody(exchange.getMessage().getHeaders().toString()));
            }
        });
        program.program.context().getCamelContextExtension().setEventNotificationApplicable(true);
        program.program.context().getManagementStrategy().addEventNotifier(new EventNotifierSupport() {
            @Override
            public void notify(CamelEvent event) {
                if (event instanceof CamelEvent.ExchangeCreatedEvent created && created.getExchange().getFromEndpoint().getEndpointUri().startsWith("platform-http:///hooks")) {
                    hooks.add(created.getExchange().getMessage().getHeaders().toString());
                }
            }
        });
    }

    @AfterAll
    static void stop() throws Exception {
        program.close();
        canary.close();
        provider.close();
    }

    @AfterEach
    void nothingReachedTheCanary() {
        try (Socket connection = canary.accept()) {
            throw new AssertionError("somebody connected from " + connection.getRemoteSocketAddress());
        } catch (IOException e) {
            // nobody did
        }
    }

    private static String canaryUrl() {
        return "http://127.0.0.1:" + canary.getLocalPort() + "/";
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A");
    }

    private static void answers(String jobId, String... imageUrls) {
        answersWith("200 OK", jobId, imageUrls);
    }

    /** The provider's answer, with every header that could be a command to Camel. */
    private static void answersWith(String status, String jobId, String... imageUrls) {
        String images = Stream.of(imageUrls).map(url -> "{\"url\":\"" + url + "\"}").collect(Collectors.joining(","));
        byte[] body = ("{\"job_id\":\"x\",\"status\":\"completed\",\"images\":[" + images + "]}").getBytes(StandardCharsets.UTF_8);
        provider.on("/v1/jobs/" + encoded(jobId), (request, time, out) -> {
            AssetHost.head(out, status, commands("Content-Type: application/json", "Content-Length: " + body.length));
            out.write(body);
        });
    }

    private static String[] commands(String... more) {
        List<String> all = new ArrayList<>(List.of(more));
        COMMANDS.forEach(name -> all.add(name + ": " + (name.equalsIgnoreCase("CAmelHttpResponseCode") ? "200" : canaryUrl())));
        return all.toArray(String[]::new);
    }

    private static void image(String path) {
        provider.on(path, (request, time, out) -> {
            AssetHost.head(out, "200 OK", commands("Content-Type: image/png", "Content-Length: " + PNG.length));
            out.write(PNG);
        });
    }

    private static Job ended(JobKey key) {
        return await().atMost(30, TimeUnit.SECONDS).until(() -> program.job(key), job -> job.state().isTerminal() || job.state() == JobState.BLOCKED);
    }

    private static List<String> objects(String... parts) throws IOException {
        Path bucket = program.s3.folder().resolve(TestProgram.BUCKET);
        try (Stream<Path> files = Files.walk(bucket)) {
            return files.filter(Files::isRegularFile).map(file -> bucket.relativize(file).toString()).filter(key -> Stream.of(parts).allMatch(key::contains)).toList();
        }
    }

    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(15_000);
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                socket.getInputStream().transferTo(answer);
            } catch (SocketException e) {
                // refused before it was read to its end
            }
            return answer.toString(StandardCharsets.UTF_8);
        }
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).header("Authorization", "Bearer " + TOKEN).header("Content-Type", "application/json");
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder withCommands(HttpRequest.Builder request) {
        COMMANDS.forEach(name -> request.header(name, canaryUrl()));
        return request;
    }

    private static String signed(String body) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(HOOK_SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
    }

    /** camel-http resolves {@code {{…}}} in the header CamelHttpUri: our settings would go out in an address that somebody else has written. */
    @ParameterizedTest
    @ValueSource(strings = {"{{provider.productai.key}}", "{{http.token}}", "{{env:PATH}}", "{{sys:user.home}}", "{{?http.token}}", "{{http.token:x}}", "RAW({{http.token}})"})
    void cve_2026_78164_placeholders_in_the_urls_of_others_stay_text(String placeholder) {
        String jobId = "a" + placeholder;
        image("/placeholder.png");
        answers(jobId, provider.url("/placeholder.png?q=" + placeholder));
        Job job = ended(program.follow("productai", jobId));
        assertThat(job.state()).as(() -> String.valueOf(job.error())).isEqualTo(JobState.ARCHIVED);
        assertThat(provider.asked("/v1/jobs/" + encoded(jobId))).isPositive();
        String target = provider.requests().get(provider.requests().size() - 1).target();
        assertThat(target.replace("%7B", "{").replace("%7D", "}")).isEqualTo("/placeholder.png?q=" + placeholder);
        assertThat(provider.requests()).noneSatisfy(request -> assertThat(request.target()).containsAnyOf(KEY, TOKEN));
    }

    /** camel-aws2-s3 evaluates {@code ${…}} in a key as Simple, which reads files and calls code. */
    @ParameterizedTest
    @ValueSource(strings = {"${sysenv:PATH}", "${bean:jobs}", "$simple{sysenv:PATH}", "${camelContext.stop}", "#{7*7}"})
    void cve_2026_95664_no_key_in_s3_is_an_expression(String expression) throws Exception {
        String jobId = "k" + expression;
        image("/key.png");
        answers(jobId, provider.url("/key.png"));
        Job job = ended(program.follow("productai", jobId));
        assertThat(job.state()).as(() -> String.valueOf(job.error())).isEqualTo(JobState.ARCHIVED);
        assertThat(job.manifest()).matches("productai/k[A-Za-z0-9._-]+_[0-9a-f]{20}/manifest\\.json");
        String place = job.manifest().replace("manifest.json", "");
        assertThat(objects(place)).containsExactlyInAnyOrder(place + "image.png", job.manifest());
        assertThat(program.program.context().isStarted()).isTrue();
    }

    /** camel-http sends the headers of a request, credentials too, on to where a redirect leads. */
    @ParameterizedTest
    @ValueSource(strings = {"301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"})
    void cve_2026_85251_the_key_goes_to_nobody_that_a_redirect_names(String status) {
        String jobId = "redirected-" + status.substring(0, 3);
        provider.on("/v1/jobs/" + jobId, (request, time, out) -> AssetHost.head(out, status, "Location: " + canaryUrl(), "Content-Length: 0"));
        Job job = ended(program.follow("productai", jobId));
        assertThat(job.state()).isEqualTo(JobState.BLOCKED);
        assertThat(job.error().code()).isEqualTo("redirected");
        assertThat(provider.requests()).filteredOn(request -> request.target().endsWith(jobId)).singleElement()
                .satisfies(request -> assertThat(request.headers()).containsEntry("authorization", "Bearer " + KEY));

        // HttpClient itself takes no Authorization along to another host, but it would go on within one, and with a key in a header of another name
        provider.on("/v1/jobs/within-" + jobId, (request, time, out) -> AssetHost.head(out, status, "Location: " + provider.url("/within-" + jobId), "Content-Length: 0"));
        assertThat(ended(program.follow("productai", "within-" + jobId)).error().code()).isEqualTo("redirected");
        assertThat(provider.asked("/within-" + jobId)).isZero();

        // nor does it go to where assets are, or on from there
        try (AssetHost cdn = new AssetHost(); AssetHost further = new AssetHost()) {
            further.file("/b.png", "image/png", PNG);
            cdn.on("/a.png", (request, time, out) -> AssetHost.head(out, status, "Location: " + further.url("/b.png"), "Set-Cookie: a=b", "Content-Length: 0"));
            answers("cdn-" + jobId, cdn.url("/a.png"));
            assertThat(ended(program.follow("productai", "cdn-" + jobId)).state()).isEqualTo(JobState.ARCHIVED);
            for (AssetHost host : List.of(cdn, further)) {
                assertThat(host.requests()).isNotEmpty().allSatisfy(request -> assertThat(request.headers().keySet())
                        .containsOnly("host", "accept", "accept-encoding", "user-agent", "connection"));
            }
        }
    }

    /** camel-kafka sends a message to the topic in its header kafka.OVERRIDE_TOPIC; components for JMS, files and HTTP have their own such headers. */
    @Test
    void cve_2026_49098_no_header_from_outside_leaves_with_an_event() throws Exception {
        MockEndpoint events = program.program.context().getEndpoint("mock:events", MockEndpoint.class);
        image("/event.png");
        answers("kafka.OVERRIDE_TOPIC", provider.url("/event.png"));
        String job = "{\"provider\":\"productai\",\"jobId\":\"kafka.OVERRIDE_TOPIC\",\"tags\":{\"kafka.OVERRIDE_TOPIC\":\"stolen\"}}";
        assertThat(send(withCommands(to("/api/jobs")).POST(HttpRequest.BodyPublishers.ofString(job))).statusCode()).isEqualTo(201);
        assertThat(ended(new JobKey("productai", "kafka.OVERRIDE_TOPIC")).state()).isEqualTo(JobState.ARCHIVED);
        await().until(() -> program.events().stream().filter(event -> event.subject().endsWith("OVERRIDE_TOPIC")).map(OutboxEvent::publishedAt).anyMatch(at -> at != null));
        Message event = events.getExchanges().stream().map(exchange -> exchange.getMessage()).filter(message -> message.getBody(String.class).contains("OVERRIDE_TOPIC")).findFirst()
                .orElseThrow();
        assertThat(event.getHeaders()).containsExactlyInAnyOrderEntriesOf(Map.of("content-type", "application/cloudevents+json", "CamelHttpMethod", "POST",
                "kafka.KEY", "productai/kafka.OVERRIDE_TOPIC", "JMSXGroupID", "productai/kafka.OVERRIDE_TOPIC"));
    }

    /** camel-platform-http-main asks for credentials at the path it was told, and not below it. */
    @Test
    void cve_2026_40022_every_path_of_every_route_needs_the_token() throws Exception {
        Set<String> paths = new TreeSet<>();
        program.program.context().getEndpoints().stream().filter(PlatformHttpEndpoint.class::isInstance).map(endpoint -> ((PlatformHttpEndpoint) endpoint).getPath())
                .filter(path -> !path.startsWith("/hooks")).forEach(path -> paths.add(path.replaceAll("\\{[^}]*}", "x")));
        assertThat(paths).hasSizeGreaterThan(10).contains("/api/jobs", "/api/jobs/x/x/retry", "/api/events/x/republish");
        for (String path : paths) {
            Set<String> spellings = new LinkedHashSet<>(List.of(path, path + "/", path + "/below", path + "//", path + "/..", path + "?x", path + ";x", path + "%2f", path + "%00",
                    "/" + path, path.replace("/api", "/API"), path.replace("/api/", "/api%2f"), path.replace("/api", "/api/."), "/hooks/.." + path, "/hooks/%2e%2e" + path, "/app.js/.." + path,
                    "/observe" + path, "http://127.0.0.1" + path));
            for (String spelling : spellings) {
                for (String method : List.of("GET", "POST")) {
                    String answer = raw(method + " " + spelling + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
                    assertThat(answer).as(method + " " + spelling).matches(status -> status.startsWith("HTTP/1.1 401 ") || status.startsWith("HTTP/1.1 400 ")
                            || status.startsWith("HTTP/1.1 404 ") && spelling.startsWith("/hooks"));
                    assertThat(answer).doesNotContain("\"jobs\"", "\"events\"", "\"routes\"", "\"providers\"");
                }
            }
        }
    }

    /** {@code platform-http:proxy} makes a server that asks any host for anybody. */
    @Test
    void cve_2026_85316_this_is_nobodys_proxy() throws Exception {
        String token = "Host: 127.0.0.1:" + canary.getLocalPort() + "\r\nConnection: close\r\nAuthorization: Bearer " + TOKEN + "\r\n\r\n";
        assertThat(raw("GET " + canaryUrl() + " HTTP/1.1\r\n" + token)).startsWith("HTTP/1.1 400 ");
        assertThat(raw("CONNECT 127.0.0.1:" + canary.getLocalPort() + " HTTP/1.1\r\n" + token)).startsWith("HTTP/1.1 400 ");
        assertThat(raw("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 421 ");
        assertThat(program.program.context().getEndpoints()).noneMatch(endpoint -> endpoint.getEndpointUri().toLowerCase().matches("platform-http:/*proxy.*"));

        Path routes = folder.resolve("proxied");
        for (String uri : List.of("platform-http:proxy", "platform-http://proxy", "platform-http:/proxy", "Platform-Http:proxy?x=y", "platform-http:proxy/x", "{{provider.acme.address}}")) {
            Files.createDirectories(routes);
            Files.writeString(routes.resolve("open-proxy.camel.yaml"), """
                    - route:
                        id: open-proxy
                        description: Asks any host for anybody.
                        from:
                          uri: "%s"
                          steps:
                            - log:
                                message: x
                    """.formatted(uri));
            Settings settings = Settings.load(Path.of("").toAbsolutePath(), List.of(), Map.of(), new Properties(), Map.of("routes.folder", routes.toString(),
                    "provider.acme.address", "platform-http:proxy"));
            assertThat(new RoutesCheck(settings).findings()).as(uri).isNotEmpty().anyMatch(finding -> finding.told().contains("any caller reach any host"));
        }
    }

    /** Filters of old compared names as they are written, so that CAmelBeanMethodName came through: as a header (27636), as a query parameter (29891). */
    @Test
    void cve_2025_27636_and_29891_no_command_to_camel_comes_through_however_it_is_written() throws Exception {
        String query = COMMANDS.stream().map(name -> name + "=" + encoded(canaryUrl())).collect(Collectors.joining("&"));
        String api = send(withCommands(to("/api/echo?" + query)).GET()).body();
        hooks.clear();
        send(withCommands(to("/hooks/productai?" + query)).header("CamelHttpUri-Signature", canaryUrl()).header("X-Signature", "mine").POST(HttpRequest.BodyPublishers.ofString("{}")));
        assertThat(hooks).singleElement().asString().contains("X-Signature=mine");
        String hook = hooks.get(0);
        for (String headers : List.of(api, hook)) {
            Map<String, String> left = new TreeMap<>();
            for (String header : headers.substring(1, headers.length() - 1).split(", ")) {
                left.put(header.split("=", 2)[0], header);
            }
            // what Camel itself says of the request
            assertThat(left.keySet()).isSubsetOf("Content-Type", "X-Signature", "CamelHttpUri", "CamelHttpUrl", "CamelHttpPath", "CamelHttpQuery", "CamelHttpRawQuery", "CamelHttpMethod", "CamelHttpHost",
                    "CamelHttpPort", "CamelHttpScheme", "CamelVertxPlatformHttpLocalAddress", "CamelVertxPlatformHttpRemoteAddress", "*");
            assertThat(left.get("CamelHttpUri")).matches("CamelHttpUri=/(api|hooks)/.*");
            assertThat(left.get("CamelHttpUrl")).startsWith("CamelHttpUrl=http://127.0.0.1:" + port + "/");
            assertThat(left.get("CamelHttpPath")).matches("CamelHttpPath=/(api/echo|hooks/productai)");
        }

        // a genuine webhook with commands wakes its job, and the status call goes where it always goes
        answers("woken");
        JobKey woken = program.follow("productai", "woken");
        String body = "{\"job_id\":\"woken\"}";
        assertThat(send(withCommands(to("/hooks/productai?" + query)).header("X-ProductAI-Signature", signed(body)).POST(HttpRequest.BodyPublishers.ofString(body))).statusCode()).isEqualTo(202);
        await().until(() -> program.job(woken).polls() > 0);
        assertThat(provider.requests()).filteredOn(request -> request.target().equals("/v1/jobs/woken")).isNotEmpty().allSatisfy(request -> assertThat(request.headers().keySet())
                .containsOnly("host", "accept", "authorization", "user-agent", "connection", "accept-encoding"));
    }

    /** The same in what a provider answers: no header of its own decides. */
    @Test
    void cve_2025_27636_an_answers_header_does_not_say_what_its_status_is() throws Exception {
        image("/status.png");
        answersWith("404 Not Found", "not-found", provider.url("/status.png"));
        Job lost = ended(program.follow("productai", "not-found"));
        assertThat(lost.state()).isEqualTo(JobState.LOST);
        assertThat(provider.asked("/status.png")).isZero();
    }

    /** And in what comes with an asset: nothing of it is in S3 but bytes and type. */
    @Test
    void cve_2025_27636_an_assets_headers_stay_behind() throws Exception {
        image("/headers.png");
        answers("headers", provider.url("/headers.png"));
        Job job = ended(program.follow("productai", "headers"));
        assertThat(job.state()).isEqualTo(JobState.ARCHIVED);
        assertThat(objects("headers")).containsExactlyInAnyOrder("productai/headers/image.png", "productai/headers/manifest.json");
        try (var s3 = io.mediajobs.archive.S3Clients.create(program.program.settings().copy())) {
            for (String key : objects("headers")) {
                var head = s3.headObject(object -> object.bucket(TestProgram.BUCKET).key(key));
                assertThat(head.metadata()).isEmpty();
                assertThat(head.contentType()).isEqualTo(key.endsWith("png") ? "image/png" : "application/json");
            }
        }
    }
}
