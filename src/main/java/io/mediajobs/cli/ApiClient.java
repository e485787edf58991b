package io.mediajobs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mediajobs.config.Settings;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** Calls the HTTP API of the running program. */
public final class ApiClient {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).version(HttpClient.Version.HTTP_1_1).build();
    private final URI base;
    private final String token;
    private Duration patience = PATIENCE;

    /** @throws CommandException if there is no token */
    public ApiClient(Settings settings) {
        this.base = ApiAddress.of(settings);
        this.token = ApiAddress.token(settings);
    }

    /** The same client, which waits so long for an answer. */
    ApiClient patient(Duration longer) {
        patience = longer;
        return this;
    }

    /** @param path as {@code api/jobs}, each segment encoded by {@link #segment} */
    public JsonNode get(String path) {
        return send(request(path).GET());
    }

    public JsonNode post(String path, JsonNode body) {
        return send(request(path).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    /** A call that says it all by its path. */
    JsonNode post(String path) {
        return send(request(path).POST(HttpRequest.BodyPublishers.noBody()));
    }

    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static String query(Map<String, String> parameters) {
        return parameters.isEmpty() ? "" : parameters.entrySet().stream()
                .map(parameter -> parameter.getKey() + "=" + segment(parameter.getValue())).collect(Collectors.joining("&", "?", ""));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).timeout(patience).header("Authorization", "Bearer " + token).header("Accept", "application/json");
    }

    private JsonNode send(HttpRequest.Builder request) {
        HttpResponse<String> response;
        try {
            response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new CommandException(ExitCode.NOT_RUNNING, "The running program does not answer at " + base + ": " + reason(e)
                    + ". Start it with media-job-routes run, or set http.host and http.port to where it is.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(ExitCode.NOT_RUNNING, "Interrupted before " + base + " answered.", e);
        }
        JsonNode body = parse(response.body());
        if (response.statusCode() / 100 == 2 && body != null) {
            return body;
        }
        String detail = body == null ? "" : body.path("detail").asText("");
        if (response.statusCode() == 401 || body == null || detail.isEmpty()) {
            throw new CommandException(ExitCode.NOT_RUNNING, "What answers at " + base + " says " + response.statusCode()
                    + (response.statusCode() == 401 ? ": it does not take this token. Is it another installation? Set data.folder or http.token to those of"
                    + " the running program." : " and is not this program. Set http.host and http.port to where it is."));
        }
        throw new CommandException(response.statusCode() == 503 ? ExitCode.UNREACHABLE : response.statusCode() >= 500 ? ExitCode.NOT_RUNNING : ExitCode.FINDINGS, detail);
    }

    private static String reason(IOException e) {
        if (e instanceof ConnectException) {
            return "nobody listens there";
        }
        return e instanceof HttpTimeoutException ? "it takes too long" : "the connection broke";
    }

    private static JsonNode parse(String body) {
        try {
            JsonNode json = JSON.readTree(body);
            return json == null || json.isMissingNode() ? null : json;
        } catch (JsonProcessingException e) {
            // not JSON, so not our API: send() says so
            return null;
        }
    }
}
