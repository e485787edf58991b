package io.mediajobs.bench;

import io.mediajobs.TestProgram;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mediajobs.ProductClassPath;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** The product as a process of its own, with the shipped routes, asked over its HTTP API. */
final class ProductProcess implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TOKEN = "bench-token-0123456789";
    static final String PROVIDER = "productai";

    private final Path folder;
    private final List<String> options;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();
    private Process process;

    /** @param options for Java, such as {@code -Xmx256m} */
    ProductProcess(Path folder, Map<String, String> settings, List<String> options) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.options = options;
        this.port = TestProgram.freePort();
        Properties all = new Properties();
        all.putAll(Map.of("data.folder", folder.resolve("data").toString(), "http.port", Integer.toString(port), "observe.port", "0", "http.token", TOKEN,
                "provider.pictory-image.enabled", "false", "provider.pictory-video.enabled", "false", "provider.pictory-render.enabled", "false",
                "provider.stories.enabled", "false", "provider.productai-list.enabled", "false"));
        all.putAll(settings);
        try (var out = Files.newBufferedWriter(folder.resolve("application.properties"))) {
            all.store(out, null);
        }
    }

    ProductProcess start() throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(options);
        command.addAll(List.of("io.mediajobs.cli.Main", "run", "--home", Path.of("").toAbsolutePath().toString(), "--config",
                folder.resolve("application.properties").toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
        builder.environment().put("CLASSPATH", ProductClassPath.entries().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        process = builder.start();
        Awaitility.await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(50)).until(() -> isUp() || !process.isAlive());
        if (!process.isAlive()) {
            throw new IllegalStateException("the product did not start, see " + folder.resolve("log"));
        }
        return this;
    }

    private boolean isUp() throws Exception {
        try {
            return get("/api/providers").path("providers").size() > 0;
        } catch (ConnectException e) {
            return false;
        }
    }

    long pid() {
        return process.pid();
    }

    /** Processor time so far. */
    Duration processorTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    void follow(List<String> jobIds) {
        String jobs = jobIds.stream().map(id -> "{\"provider\":\"" + PROVIDER + "\",\"jobId\":\"" + id + "\"}").collect(Collectors.joining(",", "[", "]"));
        try {
            HttpResponse<String> answer = http.send(request("/api/jobs").header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(jobs)).build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 300) {
                throw new IllegalStateException(answer.body());
            }
        } catch (Exception e) {
            throw new IllegalStateException("the jobs are not followed", e);
        }
    }

    boolean isArchived(String jobId) throws Exception {
        JsonNode job = get("/api/jobs/" + PROVIDER + "/" + jobId);
        if (job.path("state").asText().equals("blocked")) {
            throw new IllegalStateException("job " + jobId + " is blocked: " + job.path("error"));
        }
        return job.path("state").asText().equals("archived");
    }

    /** How many archived jobs have {@code part} in their id. */
    int archived(String part) throws Exception {
        int count = 0;
        String after = "";
        do {
            JsonNode page = get("/api/jobs?limit=200&state=archived&q=" + part + after);
            count += page.path("jobs").size();
            after = "&after=" + page.path("next").asText();
        } while (after.length() > "&after=null".length() && count > 0);
        return count;
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(http.send(request(path).build(), HttpResponse.BodyHandlers.ofString()).body());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).header("Authorization", "Bearer " + TOKEN);
    }

    /** SIGKILL; when this returns the process is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Resident memory in MiB; by the kernel's name for it, {@code VmRSS} or {@code VmHWM} (the highest so far). */
    static long residentMib(long pid, String which) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream().filter(line -> line.startsWith(which + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024).findFirst().orElse(-1);
        } catch (IOException e) {
            throw new UncheckedIOException("resident memory is read from /proc, which this system has not", e);
        }
    }
}
