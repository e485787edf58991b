package io.mediajobs.archive;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Stands before an S3 server, writes down what it is asked, and misbehaves where a test wants it. */
final class S3Front implements AutoCloseable {

    enum Call { CREATE, PART, LIST_PARTS, COMPLETE, ABORT, LIST_UPLOADS, HEAD, GET, PUT, OTHER }

    /** @param part its number; 0 where there is none */
    record Asked(Call call, String key, int part) {
    }

    /**
     * @param forward whether the S3 server gets the request
     * @param status  of the answer instead of the server's; 0 for closing the connection without one
     * @param code    of the error in the body
     * @param then    is run before the answer
     */
    record Fault(boolean forward, int status, String code, Runnable then) {

        static Fault status(int status, String code) {
            return new Fault(false, status, code, () -> { });
        }

        static Fault reset() {
            return new Fault(false, 0, null, () -> { });
        }

        static Fault lostAnswer() {
            return new Fault(true, 0, null, () -> { });
        }

        static Fault before(Runnable then) {
            return new Fault(false, 0, null, then);
        }

        static Fault after(Runnable then) {
            return new Fault(true, 0, null, then);
        }
    }

    private record Rule(Predicate<Asked> where, AtomicInteger times, Fault fault) {
    }

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client;
    private final URI endpoint;
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();

    S3Front(URI server) throws Exception {
        client = vertx.createHttpClient(new HttpClientOptions().setDefaultHost(server.getHost()).setDefaultPort(server.getPort()).setMaxPoolSize(50)
                .setKeepAlive(false));
        int port = vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0).setHandle100ContinueAutomatically(true))
                .requestHandler(this::answer).listen().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS).actualPort();
        endpoint = URI.create("http://127.0.0.1:" + port);
    }

    URI endpoint() {
        return endpoint;
    }

    List<Asked> asked() {
        return asked;
    }

    long count(Call call) {
        return asked.stream().filter(each -> each.call() == call).count();
    }

    /** Numbers of the parts that were sent, in the order they came. */
    List<Integer> parts() {
        return asked.stream().filter(each -> each.call() == Call.PART).map(Asked::part).toList();
    }

    S3Front on(Predicate<Asked> where, int times, Fault fault) {
        rules.add(new Rule(where, new AtomicInteger(times), fault));
        return this;
    }

    S3Front on(Call call, int times, Fault fault) {
        return on(each -> each.call() == call, times, fault);
    }

    void clear() {
        rules.clear();
        asked.clear();
    }

    private void answer(HttpServerRequest request) {
        request.pause();
        Asked what = asked(request);
        asked.add(what);
        Fault fault = rules.stream().filter(rule -> rule.where().test(what) && rule.times().getAndDecrement() > 0).map(Rule::fault).findFirst().orElse(null);
        if (fault != null && !fault.forward()) {
            request.resume();
            request.endHandler(end -> instead(request, fault));
            return;
        }
        client.request(new RequestOptions().setMethod(request.method()).setURI(request.uri())).onSuccess(to -> forward(request, to, fault))
                .onFailure(e -> request.connection().close());
    }

    private void forward(HttpServerRequest request, HttpClientRequest to, Fault fault) {
        request.headers().forEach(header -> {
            if (!header.getKey().equalsIgnoreCase("Expect") && !header.getKey().equalsIgnoreCase("Connection")) {
                to.putHeader(header.getKey(), header.getValue());
            }
        });
        to.send(request).onSuccess(from -> {
            if (fault == null) {
                back(request, from);
            } else {
                from.resume();
                from.body().onComplete(done -> instead(request, fault));
            }
        }).onFailure(e -> request.connection().close());
    }

    private static void back(HttpServerRequest request, HttpClientResponse from) {
        var response = request.response().setStatusCode(from.statusCode());
        response.headers().setAll(from.headers());
        response.headers().remove("Connection").remove("Transfer-Encoding");
        response.setChunked(request.method() != HttpMethod.HEAD && from.getHeader("Content-Length") == null && from.statusCode() != 204);
        if (request.method() == HttpMethod.HEAD) {
            response.end();
        } else {
            from.pipeTo(response);
        }
    }

    private void instead(HttpServerRequest request, Fault fault) {
        vertx.executeBlocking(() -> {
            fault.then().run();
            return null;
        }).onComplete(done -> {
            if (fault.status() == 0) {
                request.connection().close();
                return;
            }
            request.response().setStatusCode(fault.status()).putHeader("Content-Type", "application/xml");
            if (request.method() == HttpMethod.HEAD) {
                request.response().end();
            } else {
                request.response().end(Buffer.buffer("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + fault.code()
                        + "</Code><Message>a test wants it</Message></Error>"));
            }
        });
    }

    private static Asked asked(HttpServerRequest request) {
        String path = request.path().replaceFirst("^/[^/]*/?", "");
        boolean upload = request.getParam("uploadId") != null;
        Call call = switch (request.method().name()) {
            case "POST" -> request.params().contains("uploads") ? Call.CREATE : upload ? Call.COMPLETE : Call.OTHER;
            case "PUT" -> upload ? Call.PART : Call.PUT;
            case "DELETE" -> upload ? Call.ABORT : Call.OTHER;
            case "HEAD" -> Call.HEAD;
            case "GET" -> upload ? Call.LIST_PARTS : request.params().contains("uploads") ? Call.LIST_UPLOADS : path.isEmpty() ? Call.OTHER : Call.GET;
            default -> Call.OTHER;
        };
        String part = request.getParam("partNumber");
        return new Asked(call, path, part == null ? 0 : Integer.parseInt(part));
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
