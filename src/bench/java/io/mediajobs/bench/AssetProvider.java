package io.mediajobs.bench;

import io.mediajobs.servers.Answer;
import io.mediajobs.servers.PlainServer;
import io.mediajobs.servers.RepeatedBytes;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A provider whose jobs are completed at once, in the words of ProductAI, and the host of their assets. A path says what it gives:
 * {@code /known/LENGTH/NUMBER.mp4}, or {@code unknown} for one whose length is not announced; {@code /folder/COUNT/LENGTH/} lists files, as web
 * servers do.
 */
final class AssetProvider implements AutoCloseable {

    private static final String ETAG = "\"1\"";

    private final Map<String, List<String>> jobs = new ConcurrentHashMap<>();
    private final PlainServer server = new PlainServer(this::answer);
    private final AtomicInteger downloads = new AtomicInteger();
    private volatile long firstDownload;

    URI address() {
        return server.address();
    }

    /** As {@link PlainServer#delay}. */
    void delay(long millis) {
        server.delay(millis);
    }

    String url(String path) {
        return server.address() + path;
    }

    static String path(boolean known, long length, int number) {
        return (known ? "/known/" : "/unknown/") + length + "/" + number + ".mp4";
    }

    static RepeatedBytes bytes(long length, int number) {
        return new RepeatedBytes(length, number * 7_919);
    }

    /** The assets of a job, by their paths. */
    void job(String jobId, List<String> assets) {
        jobs.put(jobId, assets);
    }

    /** From now on the first download is waited for. */
    void watch() {
        firstDownload = 0;
        downloads.set(0);
    }

    /** When the first download since {@link #watch} began, by {@link System#nanoTime()}. */
    long firstDownload() {
        return firstDownload;
    }

    int downloads() {
        return downloads.get();
    }

    private void answer(PlainServer.Request request, Answer answer) throws IOException {
        String[] path = request.path().split("/");
        switch (path[1]) {
            case "v1" -> status(path[3], answer);
            case "folder" -> folder(request, path, answer);
            default -> file(request, path[1].equals("known"), bytes(Long.parseLong(path[2]), number(path[3])), answer);
        }
    }

    private static int number(String name) {
        return Integer.parseInt(name.substring(0, name.indexOf('.')));
    }

    private void status(String jobId, Answer answer) throws IOException {
        List<String> assets = jobs.get(jobId);
        if (assets == null) {
            answer.send(404, "{\"error\":\"no such job\"}", "Content-Type: application/json");
            return;
        }
        String images = assets.stream().map(path -> "{\"url\":\"" + url(path) + "\"}").collect(Collectors.joining(","));
        answer.send(200, "{\"job_id\":\"" + jobId + "\",\"status\":\"completed\",\"images\":[" + images + "]}", "Content-Type: application/json");
    }

    private void folder(PlainServer.Request request, String[] path, Answer answer) throws IOException {
        if (path.length == 5) {
            file(request, true, bytes(Long.parseLong(path[3]), number(path[4])), answer);
            return;
        }
        String links = IntStream.range(0, Integer.parseInt(path[2])).mapToObj(number -> "<a href=\"" + number + ".mp4\">" + number + ".mp4</a>")
                .collect(Collectors.joining("\n"));
        answer.send(200, "<html><body>" + links + "</body></html>", "Content-Type: text/html");
    }

    private void file(PlainServer.Request request, boolean known, RepeatedBytes bytes, Answer answer) throws IOException {
        if (request.method().equals("GET")) {
            downloads.incrementAndGet();
            if (firstDownload == 0) {
                firstDownload = System.nanoTime();
            }
        }
        String range = request.headers().get("range");
        if (range == null) {
            answer.send(200, bytes, 0, !known, "Content-Type: video/mp4", "ETag: " + ETAG);
            return;
        }
        long from = Long.parseLong(range.replaceAll("bytes=(\\d+)-.*", "$1"));
        answer.send(206, bytes, from, !known, "Content-Type: video/mp4", "ETag: " + ETAG,
                "Content-Range: bytes " + from + "-" + (bytes.length() - 1) + "/" + bytes.length());
    }

    @Override
    public void close() {
        server.close();
    }
}
