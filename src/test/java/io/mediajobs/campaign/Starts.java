package io.mediajobs.campaign;

import static org.awaitility.Awaitility.await;

import io.mediajobs.TestProgram;
import io.mediajobs.demo.s3.EmbeddedS3;
import io.mediajobs.demo.simulator.ProviderSimulator;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Starts the program again and again on the same data, with a job that is due, and kills it as soon as it has asked for it. Says how long it took
 * until it took jobs, and until it asked, and how much of a processor it used.
 * <pre>mvn -q test-compile exec:java -Dmain.class=io.mediajobs.campaign.Starts -Dexec.args="20"</pre>
 */
public final class Starts {

    private static final String TOKEN = "starts-token-0123456789";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Starts() {
    }

    public static void main(String[] arguments) throws Exception {
        int times = arguments.length == 0 ? 20 : Integer.parseInt(arguments[0]);
        Path folder = Files.createDirectories(Path.of("target/starts").toAbsolutePath().resolve(Long.toString(System.currentTimeMillis() / 1000)));
        try (ProviderSimulator simulator = ProviderSimulator.start(); EmbeddedS3 s3 = EmbeddedS3.start(folder.resolve("s3"))) {
            s3.createBucket(TestProgram.BUCKET);
            Map<String, String> settings = TestProgram.settings(folder, simulator, s3);
            settings.put("http.token", TOKEN);
            settings.put("provider.stories.deadline", "24h");
            // as shipped
            settings.put("provider.stories.rate", "5/s");
            settings.put("poll.tick-millis", "500");
            Launcher launcher = new Launcher(Files.createDirectories(folder.resolve("lib")), "192m");
            Node node = new Node(folder.resolve("node"), settings, TestProgram.freePort(), TestProgram.freePort(), launcher);
            node.train();
            simulator.job("stories", "endless").neverEnds();
            List<Long> listening = new ArrayList<>();
            List<Long> processor = new ArrayList<>();
            List<Long> asking = new ArrayList<>();
            // the first one is to take the job
            for (int i = 0; i <= times; i++) {
                long polls = simulator.ledger().totalPolls();
                node.start(null, 0);
                try {
                    if (!node.isReady()) {
                        throw new IllegalStateException("the program does not start, see " + node.log());
                    }
                    long wall = Duration.between(node.startedAt(), Instant.now()).toMillis();
                    long used = node.processorTime().toMillis();
                    if (i == 0) {
                        register(node.port());
                    }
                    await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(() -> simulator.ledger().totalPolls() > polls);
                    if (i > 0) {
                        listening.add(wall);
                        processor.add(used);
                        asking.add(Duration.between(node.startedAt(), Instant.now()).toMillis());
                    }
                } finally {
                    node.kill();
                }
            }
            say("It took jobs, from the start of the process", listening);
            say("Processor time it used until then", processor);
            say("It asked for the job that was due, from the start of the process", asking);
        }
        System.exit(0);
    }

    private static void register(int port) throws IOException, InterruptedException {
        HttpResponse<String> answer = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/jobs"))
                .header("Authorization", "Bearer " + TOKEN).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"provider\":\"stories\",\"jobId\":\"endless\"}")).build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 201) {
            throw new IllegalStateException("the job is answered with " + answer.statusCode() + ": " + answer.body());
        }
    }

    private static void say(String what, List<Long> millis) {
        Collections.sort(millis);
        System.out.printf(Locale.ROOT, "%s: shortest %.2f s, median %.2f s, longest %.2f s, of %d%n", what, millis.get(0) / 1000.0,
                millis.get(millis.size() / 2) / 1000.0, millis.get(millis.size() - 1) / 1000.0, millis.size());
    }
}
