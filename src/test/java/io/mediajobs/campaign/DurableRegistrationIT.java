package io.mediajobs.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.TestProgram;
import io.mediajobs.demo.s3.EmbeddedS3;
import io.mediajobs.demo.simulator.ProviderSimulator;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An answer of 201 is a promise: the process is killed with SIGKILL as soon as those three digits have arrived, and the job is there.
 * 20 times; {@code -Ddurable.registrations=500} for more.
 */
class DurableRegistrationIT {

    private static final Logger LOG = LoggerFactory.getLogger(DurableRegistrationIT.class);
    private static final String TOKEN = "registration-token-0123456789";
    private static final byte[] CREATED = "HTTP/1.1 201".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path folder;

    @Test
    void aJobIsThereWhenItsRegistrationWasAnswered() throws Exception {
        int rounds = Integer.getInteger("durable.registrations", 20);
        try (ProviderSimulator simulator = ProviderSimulator.start(); EmbeddedS3 s3 = EmbeddedS3.start(folder.resolve("s3"))) {
            s3.createBucket(TestProgram.BUCKET);
            Map<String, String> settings = TestProgram.settings(folder, simulator, s3);
            settings.put("http.token", TOKEN);
            // as little as possible beside the registration: each round is a start of the program
            for (String off : List.of("pictory-image", "pictory-video", "pictory-render", "stories")) {
                settings.put("provider." + off + ".enabled", "false");
            }
            // two in turn: while one is killed and looked into, the other starts
            Launcher launcher = new Launcher(Files.createDirectories(folder.resolve("lib")), "128m");
            List<Node> nodes = List.of(node("a", settings, launcher), node("b", settings, launcher));
            nodes.get(0).train();
            List<String> missing = new ArrayList<>();
            List<List<String>> answered = List.of(new ArrayList<>(), new ArrayList<>());
            try {
                nodes.get(0).start(null, 0);
                for (int round = 0; round < rounds; round++) {
                    Node node = nodes.get(round % 2);
                    nodes.get((round + 1) % 2).start(null, 0);
                    assertThat(node.isReady()).as("starts, see %s", node.log()).isTrue();
                    String jobId = "job-" + round;
                    register(node, jobId);
                    node.kill();
                    answered.get(round % 2).add("productai/" + jobId);
                    List<String> there = StoreReader.sqlite(node.data().resolve("jobs.db")).jobs().stream().map(StoreReader.JobRow::name).toList();
                    answered.get(round % 2).stream().filter(name -> !there.contains(name)).forEach(missing::add);
                }
            } finally {
                nodes.forEach(Node::kill);
            }
            LOG.warn("Killed at once after 201: {} times, {} jobs missing", rounds, missing.size());
            assertThat(missing).isEmpty();
            for (Node node : nodes) {
                assertThat(node.data().resolve("routes/checked")).as("what need not be looked at again").isRegularFile();
                try (Stream<Path> files = Files.walk(node.temporary())) {
                    assertThat(files.filter(file -> file.toString().endsWith(".so"))).as("each process uses the library that the one before left").extracting(file -> file.getFileName().toString())
                            .containsExactly("libsqlitejdbc.so");
                }
            }
        }
    }

    private Node node(String name, Map<String, String> settings, Launcher launcher) throws Exception {
        try (ServerSocket one = new ServerSocket(0); ServerSocket two = new ServerSocket(0)) {
            return new Node(folder.resolve(name), settings, one.getLocalPort(), two.getLocalPort(), launcher);
        }
    }

    /** Sends the registration until it is taken; when this returns the first twelve bytes of the answer have just arrived. */
    private static void register(Node node, String jobId) throws Exception {
        byte[] body = ("{\"provider\":\"productai\",\"jobId\":\"" + jobId + "\"}").getBytes(StandardCharsets.UTF_8);
        byte[] head = ("POST /api/jobs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + TOKEN + "\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 200; i++) {
            try (Socket socket = new Socket("127.0.0.1", node.port())) {
                socket.setSoTimeout(20_000);
                socket.getOutputStream().write(head);
                socket.getOutputStream().write(body);
                InputStream in = socket.getInputStream();
                byte[] answer = in.readNBytes(CREATED.length);
                if (java.util.Arrays.equals(answer, CREATED)) {
                    return;
                }
            }
            // the listener is there a moment before the routes are
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new AssertionError("no 201, see " + node.log());
    }
}
