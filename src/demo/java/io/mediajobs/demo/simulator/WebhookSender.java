package io.mediajobs.demo.simulator;

import java.net.URI;
import java.time.Duration;
import java.util.function.Function;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Posts ProductAI's webhooks, once each and without a second try, as the documentation promises none. */
final class WebhookSender {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);
    private static final long LOOK_AGAIN_MILLIS = 50;

    private final Vertx vertx;
    private final HttpClient client;
    private final Function<SimulatedJob, Webhook> maker;

    WebhookSender(Vertx vertx, Function<SimulatedJob, Webhook> maker) {
        this.vertx = vertx;
        this.client = vertx.createHttpClient();
        this.maker = maker;
    }

    void whenEnded(SimulatedJob job, URI url) {
        vertx.setTimer(LOOK_AGAIN_MILLIS, tick -> {
            if (job.hasEnded()) {
                post(maker.apply(job), url);
            } else {
                whenEnded(job, url);
            }
        });
    }

    private void post(Webhook webhook, URI url) {
        var options = new RequestOptions().setMethod(HttpMethod.POST).setAbsoluteURI(url.toString())
                .setTimeout(Duration.ofSeconds(10).toMillis())
                .putHeader("Content-Type", "application/json").putHeader(Webhook.SIGNATURE_HEADER, webhook.signature());
        client.request(options).compose(request -> request.send(Buffer.buffer(webhook.body())))
                .onSuccess(response -> LOG.debug("Webhook to {}: {}", url, response.statusCode()))
                .onFailure(e -> LOG.warn("The webhook could not be posted to {}: {}", url, e.getMessage()));
    }
}
