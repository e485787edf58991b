package io.mediajobs.campaign;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/** One process of the product with a data folder of its own, started again and again. */
final class Node {

    private static final Duration LONGEST_START = Duration.ofSeconds(60);

    private final Path folder;
    private final int port;
    private final Launcher launcher;
    private volatile Process process;
    private Instant startedAt;

    /** @param settings of the product; {@code data.folder}, the ports and the log are the node's own */
    Node(Path folder, Map<String, String> settings, int port, int observePort, Launcher launcher) {
        this.folder = folder;
        this.port = port;
        this.launcher = launcher;
        try {
            Files.createDirectories(temporary());
            Properties properties = new Properties();
            properties.putAll(settings);
            properties.setProperty("data.folder", data().toString());
            properties.setProperty("http.port", Integer.toString(port));
            properties.setProperty("observe.port", Integer.toString(observePort));
            try (var out = Files.newBufferedWriter(folder.resolve("application.properties"))) {
                properties.store(out, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path data() {
        return folder.resolve("data");
    }

    Path events() {
        return data().resolve("events/events.jsonl");
    }

    /** Its folder for temporary files. */
    Path temporary() {
        return folder.resolve("tmp");
    }

    Path log() {
        return folder.resolve("log");
    }

    int port() {
        return port;
    }

    /** @param point where it ends by itself, or null */
    void start(CrashPoint point, int passing) {
        List<String> options = new ArrayList<>();
        if (point != null) {
            options.add("-D" + ProductToKill.POINT + "=" + point);
            options.add("-D" + ProductToKill.PASSING + "=" + passing);
        }
        start(options);
    }

    /** @param options for Java */
    void start(List<String> options) {
        List<String> all = new ArrayList<>(options);
        all.add("-Djava.io.tmpdir=" + temporary());
        startedAt = Instant.now();
        process = launcher.start(all, List.of("run", "--home", Path.of("").toAbsolutePath().toString(),
                "--config", folder.resolve("application.properties").toString()), log());
    }

    /** Runs once and stops as it should, which leaves the archive of loaded classes that later starts are quicker with. */
    void train() throws InterruptedException {
        start(List.of("-XX:ArchiveClassesAtExit=" + launcher.archive()));
        if (!isReady() || !stops(LONGEST_START)) {
            throw new IllegalStateException("the product does not start or does not stop, see " + log());
        }
    }

    boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** When the process that runs, or ran last, was started. */
    Instant startedAt() {
        return startedAt;
    }

    /** Processor time it has used so far; zero if the system does not tell. */
    Duration processorTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Waits until the process has ended by itself. */
    boolean endsWithin(Duration time) throws InterruptedException {
        return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    int exitCode() {
        return process.exitValue();
    }

    /** SIGKILL; when this returns the process is gone. */
    void kill() {
        Process running = process;
        if (running == null) {
            return;
        }
        running.destroyForcibly();
        try {
            if (!running.waitFor(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("process " + running.pid() + " outlives SIGKILL");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** SIGTERM, as an operator stops it. */
    boolean stops(Duration patience) throws InterruptedException {
        process.destroy();
        return endsWithin(patience);
    }

    /** Waits until it takes jobs. */
    boolean isReady() {
        try {
            await().atMost(LONGEST_START).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(50)).until(() -> !process.isAlive() || isListening());
        } catch (ConditionTimeoutException e) {
            return false;
        }
        return process.isAlive();
    }

    boolean isListening() {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
