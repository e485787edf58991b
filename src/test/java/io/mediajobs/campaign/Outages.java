package io.mediajobs.campaign;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/** Lets one provider after the other be down or refuse the key for some seconds, so that processes also die while a provider is probed. */
final class Outages {

    private static final List<String> PROVIDERS = List.of("pictory-image", "productai", "stories");

    private final URI simulator;
    private final HttpClient http;
    private final Random random;
    private String down;
    private Instant next = Instant.now();
    private int count;

    Outages(URI simulator, HttpClient http, long seed) {
        this.simulator = simulator;
        this.http = http;
        this.random = new Random(seed);
    }

    /** Begins or ends one when it is time. */
    void goOn() throws IOException, InterruptedException {
        if (Instant.now().isBefore(next)) {
            return;
        }
        if (down != null) {
            end();
            next = Instant.now().plusMillis(3_000 + random.nextInt(9_000));
        } else {
            down = PROVIDERS.get(random.nextInt(PROVIDERS.size()));
            int status = random.nextInt(3) == 0 ? 401 : 503;
            send(HttpRequest.newBuilder(at(down)).PUT(HttpRequest.BodyPublishers.ofString("{\"kind\":\"status\",\"status\":" + status + "}")));
            next = Instant.now().plusMillis(1_500 + random.nextInt(3_000));
            count++;
        }
    }

    /** From now on all providers answer. */
    void end() throws IOException, InterruptedException {
        if (down != null) {
            send(HttpRequest.newBuilder(at(down)).DELETE());
            down = null;
        }
    }

    int count() {
        return count;
    }

    private URI at(String provider) {
        return simulator.resolve("/simulator/outage/" + provider);
    }

    private void send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(request.timeout(Duration.ofSeconds(10)).build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 204) {
            throw new IOException("the simulator answers " + answer.statusCode() + " " + answer.body());
        }
    }
}
