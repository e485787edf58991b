package io.mediajobs.demo;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.mediajobs.demo.simulator.ProviderSimulator;

/** The HTTP client of these tests. Follows no redirect. */
final class Client {

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5)).build();

    private Client() {
    }

    /** GET with header name and value in turns. */
    static HttpResponse<byte[]> get(String url, String... headers) throws IOException, InterruptedException {
        return send(request(url, headers));
    }

    static HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    static <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> reader)
            throws IOException, InterruptedException {
        return HTTP.send(request.build(), reader);
    }

    static HttpRequest.Builder request(String url, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(20));
        return headers.length == 0 ? request : request.headers(headers);
    }

    /**
     * What a GET on a connection of its own gives, read to the end or to the exception: the JDK's client hides a reset before
     * the first byte, by asking again.
     */
    static String raw(String url, String authorization) throws IOException {
        URI uri = URI.create(url);
        try (var socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(20_000);
            String request = "GET " + uri.getRawPath() + " HTTP/1.1\r\nHost: " + uri.getAuthority() + "\r\nAuthorization: "
                    + authorization + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A status call with the right key. */
    static HttpResponse<byte[]> poll(ProviderSimulator simulator, String provider, String jobId)
            throws IOException, InterruptedException {
        return get(simulator.statusUrl(provider, jobId), "Authorization", simulator.provider(provider).authorization());
    }
}
