package io.mediajobs.poll;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The provider of the README's example of a list: {@code GET /v1/jobs} gives jobs in pages by a cursor, each with all that {@code GET /v1/jobs/ID}
 * gives. What it answers to a call can be replaced.
 */
final class ListingProvider implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] PNG = Base64.getDecoder()
            .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    /** A call. @param id of a single job; null for a page. @param cursor as it was sent, decoded; empty for the first page */
    record Call(long nanos, String id, String cursor) {
    }

    /** Any answer. */
    record Reply(int status, Map<String, String> headers, InputStream body) {

        static Reply of(int status, String body) {
            return new Reply(status, Map.of(), stream(body));
        }

        private static InputStream stream(String text) {
            return new java.io.ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        }

        Reply with(String header, String value) {
            return new Reply(status, Map.of(header, value), body);
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, ObjectNode> jobs = new LinkedHashMap<>();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private volatile int pageSize = 100;
    private volatile Function<Call, Reply> lists = this::page;
    private volatile Function<Call, Reply> singles = this::single;

    ListingProvider() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/v1/jobs", this::handle);
        server.createContext("/files", exchange -> send(exchange, new Reply(200, Map.of("Content-Type", "image/png"), new java.io.ByteArrayInputStream(PNG))));
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** As at the beginning: no jobs, no calls, the plain answers. */
    synchronized void reset() {
        jobs.clear();
        calls.clear();
        pageSize = 100;
        lists = this::page;
        singles = this::single;
    }

    synchronized ObjectNode job(String id, String state, Integer percent) {
        ObjectNode job = JSON.createObjectNode().put("id", id).put("state", state);
        if (percent != null) {
            job.put("percent", percent);
        }
        jobs.put(id, job);
        return job;
    }

    synchronized void completes(String id) {
        job(id, "completed", 100).putArray("files").addObject().put("kind", "image").put("href", url() + "/files/" + id + ".png?signature=secret");
    }

    void pagesOf(int size) {
        pageSize = size;
    }

    void answersLists(Function<Call, Reply> lists) {
        this.lists = lists;
    }

    void answersSingles(Function<Call, Reply> singles) {
        this.singles = singles;
    }

    /** Whether no call came within this time. */
    boolean isLeftAloneFor(Duration time) {
        return calls.stream().noneMatch(call -> System.nanoTime() - call.nanos() < time.toNanos());
    }

    List<Call> pages() {
        return calls.stream().filter(call -> call.id() == null).toList();
    }

    List<Call> singleCalls() {
        return calls.stream().filter(call -> call.id() != null).toList();
    }

    /** The true page. */
    synchronized Reply page(Call call) {
        int from = call.cursor().isEmpty() ? 0 : Integer.parseInt(call.cursor().replaceAll("[^0-9]", ""));
        List<ObjectNode> all = List.copyOf(jobs.values());
        int to = Math.min(all.size(), from + pageSize);
        ObjectNode page = JSON.createObjectNode();
        all.subList(Math.min(from, to), to).forEach(page.putArray("items")::add);
        page.put("more", to < all.size());
        if (to < all.size()) {
            page.put("cursor", "nächste & /" + to + "?");
        }
        return Reply.of(200, page.toString());
    }

    /** The true answer about a job. */
    synchronized Reply single(Call call) {
        ObjectNode job = jobs.get(call.id());
        return job == null ? Reply.of(404, "{}") : Reply.of(200, job.toString());
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        String id = path.equals("/v1/jobs") ? null : URLDecoder.decode(path.substring("/v1/jobs/".length()), StandardCharsets.UTF_8);
        String query = exchange.getRequestURI().getRawQuery();
        String cursor = query == null ? "" : Stream.of(query.split("&")).filter(part -> part.startsWith("cursor=")).findFirst().orElse("cursor=").substring(7);
        Call call = new Call(System.nanoTime(), id, URLDecoder.decode(cursor, StandardCharsets.UTF_8));
        calls.add(call);
        boolean authorized = "Bearer productai-demo-key".equals(exchange.getRequestHeaders().getFirst("Authorization"));
        send(exchange, !authorized ? Reply.of(401, "{}") : (id == null ? lists : singles).apply(call));
    }

    private static void send(HttpExchange exchange, Reply reply) throws IOException {
        try (exchange; InputStream body = reply.body()) {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            reply.headers().forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(reply.status(), 0);
            body.transferTo(exchange.getResponseBody());
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
