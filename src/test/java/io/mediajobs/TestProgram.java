package io.mediajobs;

import io.mediajobs.config.Settings;
import io.mediajobs.demo.s3.EmbeddedS3;
import io.mediajobs.demo.simulator.ProviderSimulator;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.runtime.MediaJobRoutes;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.NewJob;
import io.mediajobs.store.Outbox;
import io.mediajobs.store.OutboxEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * The whole program with the shipped routes and the shipped settings, against the provider simulator and an S3 server, in a folder of
 * the test's own. Only addresses, keys and times are set: what production leans on is what runs.
 */
public final class TestProgram implements AutoCloseable {

    public static final String BUCKET = "media";

    public final ProviderSimulator simulator;
    public final EmbeddedS3 s3;
    public final MediaJobRoutes program;
    public final JobStore jobs;

    private TestProgram(ProviderSimulator simulator, EmbeddedS3 s3, MediaJobRoutes program) {
        this.simulator = simulator;
        this.s3 = s3;
        this.program = program;
        this.jobs = program.part("jobs", JobStore.class);
    }

    /** Starts it with {@code settings} on top; times are short unless they say otherwise. */
    public static TestProgram start(Path folder, Map<String, String> settings) {
        return start(folder, null, settings);
    }

    /** The same, with all that is set written into a properties file, where it can be edited; null for no file. */
    public static TestProgram start(Path folder, Path file, Map<String, String> settings) {
        ProviderSimulator simulator = ProviderSimulator.start();
        EmbeddedS3 s3 = EmbeddedS3.start(folder.resolve("s3"));
        try {
            s3.createBucket(BUCKET);
            Map<String, String> all = settings(folder, simulator, s3);
            all.putAll(settings);
            if (file != null) {
                write(file, all);
                all = Map.of();
            }
            return new TestProgram(simulator, s3, MediaJobRoutes.start(
                    Settings.load(Path.of("").toAbsolutePath(), file == null ? List.of() : List.of(file), Map.of(), new Properties(), all)));
        } catch (RuntimeException e) {
            s3.close();
            simulator.close();
            throw e;
        }
    }

    private static void write(Path file, Map<String, String> settings) {
        try {
            Files.write(file, settings.entrySet().stream().map(setting -> setting.getKey() + "=" + setting.getValue()).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a program needs to know to find the simulator and the S3 server, and to be quick. */
    public static Map<String, String> settings(Path folder, ProviderSimulator simulator, EmbeddedS3 s3) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("data.folder", folder.resolve("data").toString());
        all.put("provider.pictory.url", simulator.url("pictory-image"));
        all.put("provider.pictory.key", simulator.provider("pictory-image").key());
        all.put("provider.productai.url", simulator.url("productai"));
        all.put("provider.productai.key", simulator.provider("productai").key());
        all.put("provider.stories.url", simulator.url("stories"));
        all.put("provider.stories.key", simulator.provider("stories").key());
        for (String provider : List.of("pictory-image", "pictory-video", "pictory-render", "productai", "stories")) {
            all.put("provider." + provider + ".every", "200ms");
            all.put("provider." + provider + ".rate", "none");
        }
        all.put("poll.tick-millis", "50");
        all.put("poll.backoff", "100ms");
        all.put("poll.longest-backoff", "500ms");
        all.put("poll.not-found-every", "100ms");
        all.put("s3.endpoint", s3.endpoint().toString());
        all.put("s3.path-style", "true");
        all.put("s3.region", "us-east-1");
        // the simulator serves the assets
        all.put("archive.ports", "1-65535");
        all.put("archive.private-addresses", "127.0.0.1");
        all.put("s3.bucket", BUCKET);
        all.put("s3.access-key", s3.accessKey());
        all.put("s3.secret-key", s3.secretKey());
        all.put("http.port", "0");
        all.put("observe.port", "0");
        return all;
    }

    /** A port of the loopback address that nobody listens on. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A copy of the shipped routes, to be edited and then named by {@code routes.folder}. */
    public static Path copyRoutes(Path target) {
        Path source = Path.of("routes");
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.toList()) {
                Path copy = target.resolve(source.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return target;
    }

    /** Follows a job from now, with a deadline of an hour. */
    public JobKey follow(String provider, String jobId) {
        return follow(provider, jobId, Duration.ofHours(1));
    }

    public JobKey follow(String provider, String jobId, Duration deadline) {
        JobKey key = new JobKey(provider, jobId);
        jobs.register(List.of(new NewJob(key, Map.of(), deadline, Duration.ZERO)));
        return key;
    }

    public Job job(JobKey key) {
        return jobs.find(key).orElseThrow();
    }

    /** All events so far, oldest first. */
    public List<OutboxEvent> events() {
        return program.part("outbox", Outbox.class).list(0, 10_000);
    }

    /** Ids of the events about {@code subject}, oldest first. */
    public List<String> eventsOf(String subject) {
        return events().stream().filter(event -> event.subject().equals(subject)).map(OutboxEvent::id).toList();
    }

    @Override
    public void close() {
        try {
            program.close();
        } finally {
            s3.close();
            simulator.close();
        }
    }
}
