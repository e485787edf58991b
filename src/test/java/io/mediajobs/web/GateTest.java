package io.mediajobs.web;

import static io.mediajobs.web.JobsApiTest.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.KnownSecrets;
import io.mediajobs.config.Settings;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.store.JobChange;
import io.mediajobs.store.NewJob;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {

    private static final String AUTH = "Authorization: Bearer " + RunningApi.TOKEN;

    @TempDir
    static Path folder;
    static RunningApi api;

    @BeforeAll
    static void start() throws Exception {
        // Camel's own filter of headers lets everything in here: the gate alone must not
        api = new RunningApi(folder, Map.of("http.request-timeout", "2s", "http.connections", "40", "camel.beans.callerHeaders", "#class:org.apache.camel.support.DefaultHeaderFilterStrategy",
                "camel.beans.callerHeaders.inFilterPattern", "(?!)"));
        api.main.getCamelContext().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                // tells which headers came through
                from("platform-http:/api/echo").process(exchange -> exchange.getMessage().setBody(exchange.getMessage().getHeaders().toString()));
            }
        });
    }

    @AfterAll
    static void stop() throws Exception {
        api.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/jobs", "/api/jobs/", "//api/jobs", "/api//jobs", "/API/jobs", "/api/jobs/a/b", "/api/jobs/a/b/check", "/api%2fjobs",
        "/api/%6aobs", "/./api/jobs", "/x/../api/jobs", "/x/%2e%2e/api/jobs", "/x/..;/api/jobs", "/api/jobs;x=y", "/api\\jobs", "/api/jobs?x", "/api/jobs#x",
        "//", "/.", "/%2f", "/?", "/index.html", "/app.js/", "/app.js/../api/jobs", "/app.js%2f..%2fapi/jobs", "/APP.JS", "/app.js?x", "/style.css;/api/jobs",
        "/observe/health", "/hooks/stories", "/nothing", "http://127.0.0.1/api/jobs", "*", "/%00"})
    void everyPathNeedsTheTokenHoweverItIsSpelt(String path) throws Exception {
        for (String method : List.of("GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")) {
            String status = api.rawStatus(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            assertThat(status).as(method + " " + path).matches("HTTP/1.1 (401|400) .*");
        }
    }

    @Test
    void thePageIsOpenAndNothingElse() throws Exception {
        for (String path : List.of("/", "/app.js", "/style.css", "/favicon.svg")) {
            var answer = api.send(api.to(path));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Content-Security-Policy")).contains("default-src 'none'").contains("script-src 'self'").doesNotContain("unsafe");
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
            assertThat(api.send(api.to(path).method("HEAD", HttpRequest.BodyPublishers.noBody())).status()).isEqualTo(200);
            assertThat(api.send(api.to(path).POST(HttpRequest.BodyPublishers.noBody())).status()).isEqualTo(401);
        }
    }

    @Test
    void aWrongTokenIs401WithAChallenge() throws Exception {
        var none = api.send(api.to("/api/jobs"));
        problem(none, 401, "no-token");
        assertThat(none.header("WWW-Authenticate")).startsWith("Bearer");
        for (String wrong : List.of("Bearer x", "Bearer ", "Basic " + RunningApi.TOKEN, RunningApi.TOKEN, "Bearer " + RunningApi.TOKEN + "x",
                "Bearer " + RunningApi.TOKEN.toUpperCase(), "Bearer " + RunningApi.TOKEN.substring(1))) {
            assertThat(api.send(api.to("/api/jobs").header("Authorization", wrong)).status()).isEqualTo(401);
        }
        assertThat(api.rawGet("/api/jobs", AUTH, AUTH)).startsWith("HTTP/1.1 401");
        assertThat(api.rawGet("/api/jobs?token=" + RunningApi.TOKEN)).startsWith("HTTP/1.1 401");
        assertThat(api.rawGet("/api/jobs", "authorization: bearer " + RunningApi.TOKEN)).startsWith("HTTP/1.1 200");
    }

    @Test
    void aThousandWrongTokensAreToldToWaitAndTheRightOneIsNot() throws Exception {
        try (RunningApi flooded = new RunningApi(folder.resolve("flooded"))) {
            int waits = 0;
            for (int i = 0; i < 1_000; i++) {
                waits += flooded.send(flooded.to("/api/jobs").header("Authorization", "Bearer wrong-" + i)).status() == 429 ? 1 : 0;
            }
            assertThat(waits).isGreaterThan(900);
            assertThat(flooded.get("/api/jobs").status()).isEqualTo(200);
        }
    }

    @Test
    void aForeignHostNameIsRefused() throws Exception {
        for (String host : List.of("evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "", "[::1].evil.example", "0.0.0.0",
                "localhost:80:80", "169.254.169.254")) {
            assertThat(api.rawStatus("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")).as(host).contains(" 421 ");
        }
        for (String host : List.of("localhost", "LOCALHOST:1", "127.0.0.1:8080", "[::1]", "[::1]:8080")) {
            assertThat(api.rawStatus("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")).as(host).contains(" 200 ");
        }
        assertThat(api.rawStatus("GET / HTTP/1.0\r\n\r\n")).contains(" 400 ");
        assertThat(api.rawStatus("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n")).contains(" 400 ");
    }

    @Test
    void requestsFromOtherSitesAreRefused() throws Exception {
        String own = "Host: localhost\r\nConnection: close\r\nContent-Length: 0\r\n" + AUTH + "\r\n";
        for (String header : List.of("Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Origin: http://evil.example", "Origin: null",
                "Origin: http://localhost:81", "Origin: http://localhost.evil.example")) {
            assertThat(api.rawStatus("POST /api/providers/stories/resume HTTP/1.1\r\n" + own + header + "\r\n\r\n")).as(header).contains(" 403 ");
        }
        for (String header : List.of("Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: none", "Origin: http://localhost", "Origin: https://localhost")) {
            assertThat(api.rawStatus("POST /api/providers/stories/resume HTTP/1.1\r\n" + own + header + "\r\n\r\n")).as(header).contains(" 200 ");
        }
        var preflight = api.send(api.to("/api/jobs").method("OPTIONS", HttpRequest.BodyPublishers.noBody()).header("Access-Control-Request-Method", "POST"));
        assertThat(preflight.response().headers().map().keySet()).noneMatch(name -> name.startsWith("access-control"));
    }

    @Test
    void noHeaderOfTheCallersReachesARoute() throws Exception {
        String names = api.rawGet("/api/echo", AUTH, "CamelHttpUri: http://evil", "CAmelBeanMethodName: exec", "cAmelExecCommandExecutable: ls",
                "CamelAwsS3Key: x", "CamelSqlQuery: x", "kafka.OVERRIDE_TOPIC: x", "org.apache.camel.x: y", "X-Mine: 1", "Cookie: a=b", "Accept: */*");
        assertThat(names).startsWith("HTTP/1.1 200").doesNotContainIgnoringCase("bean").doesNotContainIgnoringCase("exec").doesNotContain("S3Key")
                .doesNotContain("Sql").doesNotContain("OVERRIDE").doesNotContain("org.apache").doesNotContain("X-Mine").doesNotContain("Cookie")
                .doesNotContain("Authorization").doesNotContain("http://evil").contains("CamelHttpUri=/api/echo");
    }

    @Test
    void noRouteIsAProxy() throws Exception {
        try (var files = Files.walk(Path.of("routes"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".yaml")).toList()) {
                assertThat(Files.readString(file)).as(file.toString()).doesNotContainPattern("platform-http:/*proxy");
            }
        }
        assertThat(api.rawStatus("CONNECT example.org:443 HTTP/1.1\r\nHost: localhost\r\n" + AUTH + "\r\n\r\n")).contains(" 400 ");
        assertThat(api.rawGet("http://example.org/", AUTH)).startsWith("HTTP/1.1 400");
    }

    @Test
    void anAnswerMayTakeLongerThanARequest() throws Exception {
        JobKey key = new JobKey("stories", "large");
        api.jobs.register(List.of(new NewJob(key, Map.of(), Duration.ofHours(1), Duration.ZERO)));
        api.jobs.override(key, job -> JobChange.to(JobState.ARCHIVED).askNoMore().manifest("stories/large/manifest.json"));
        // an object of some GiB takes minutes to read, and nothing passes over the connection meanwhile
        api.s3 = () -> new CountDownLatch(1).await(6, TimeUnit.SECONDS);
        var answer = api.post("/api/jobs/stories/large/verify");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.json().path("detail").asText()).contains("nobody is there");
    }

    @Test
    void aConnectionIsTimedAlsoAfterARefusedRequest() throws Exception {
        long begun = System.nanoTime();
        try (Socket socket = new Socket("127.0.0.1", api.port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("POST /api/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}".getBytes(StandardCharsets.ISO_8859_1));
            while (socket.getInputStream().read() != '}') {
                assertThat(System.nanoTime() - begun).isLessThan(10_000_000_000L);
            }
            socket.setSoTimeout(200);
            socket.getOutputStream().write("GET /".getBytes(StandardCharsets.ISO_8859_1));
            while (!closedAfterOneMoreByte(socket)) {
                assertThat(System.nanoTime() - begun).isLessThan(10_000_000_000L);
            }
        }
    }

    @Test
    void tooLongAddressesAndHeadersAreRefused() throws Exception {
        assertThat(api.rawStatus("GET /api/jobs/stories/" + "x".repeat(1_000_000) + " HTTP/1.1\r\nHost: localhost\r\n" + AUTH + "\r\n\r\n")).contains(" 414 ");
        assertThat(api.rawStatus("GET /api/jobs HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(1_000_000) + "\r\n\r\n")).contains(" 431 ");
        assertThat(api.rawStatus("nonsense\r\n\r\n")).contains(" 400 ");
        assertThat(api.rawGet("/api/jobs", AUTH)).startsWith("HTTP/1.1 200");
    }

    @Test
    void whoSendsARequestByteByByteIsCutOff() throws Exception {
        for (String begin : List.of("", "GET /api/jobs HTTP/1.1\r\nHost: loc",
                "POST /api/jobs HTTP/1.1\r\nHost: localhost\r\n" + AUTH + "\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")) {
            long begun = System.nanoTime();
            try (Socket socket = new Socket("127.0.0.1", api.port)) {
                socket.setSoTimeout(200);
                socket.getOutputStream().write(begin.getBytes(StandardCharsets.ISO_8859_1));
                while (!closedAfterOneMoreByte(socket)) {
                    assertThat(System.nanoTime() - begun).as("still open after '" + begin + "'").isLessThan(10_000_000_000L);
                }
            }
        }
    }

    private static boolean closedAfterOneMoreByte(Socket socket) {
        try {
            socket.getOutputStream().write('x');
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void fiftyIdleConnectionsLeaveRoomForOthersAgain() throws Exception {
        Socket[] idle = new Socket[50];
        try {
            for (int i = 0; i < idle.length; i++) {
                idle[i] = new Socket("127.0.0.1", api.port);
            }
            org.awaitility.Awaitility.await().ignoreExceptions().until(() -> api.rawGet("/api/jobs", AUTH).startsWith("HTTP/1.1 200"));
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void aTakenPortStopsTheStartWithASentence() throws Exception {
        assertThatThrownBy(() -> new RunningApi(folder.resolve("second"), Map.of("http.port", String.valueOf(api.port))).close())
                .hasStackTraceContaining(ConfigurationException.class.getName()).hasStackTraceContaining("Set http.port to a free port");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> new RunningApi(folder.resolve("third"), Map.of("observe.port", String.valueOf(taken.getLocalPort()))).close())
                    .hasStackTraceContaining("Set observe.port to a free port");
        }
    }

    @Test
    void aTokenIsMadeOnceAndForItsOwnerOnly() throws Exception {
        Path data = folder.resolve("token");
        ApiToken made = ApiToken.of(settings(data, ""));
        assertThat(made.value()).hasSize(43);
        assertThat(ApiToken.of(settings(data, "")).value()).isEqualTo(made.value());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("api-token")))).isEqualTo("rw-------");
        assertThat(made.toString()).doesNotContain(made.value());
        assertThat(KnownSecrets.hide("the token " + made.value())).isEqualTo("the token [redacted]");
        assertThatThrownBy(() -> ApiToken.of(settings(data, "short"))).isInstanceOf(ConfigurationException.class).hasMessageContaining("http.token")
                .hasMessageNotContaining("short");
    }

    private static Settings settings(Path data, String token) {
        return Settings.load(data, List.of(), Map.of(), new Properties(), Map.of("data.folder", data.toString(), "http.token", token));
    }
}
