package io.mediajobs.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mediajobs.TestProgram;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.servers.Daemon;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A provider that says something all the time, and never everything: no read of its answer takes long. */
class AnswerDeadlineTest {

    private static final String HEAD = "HTTP/1.1 %s\r\nContent-Type: application/json\r\nX-Long: ";

    @TempDir
    Path folder;

    /** Answers every request with the beginning, then a letter every 20 ms until the other side goes. */
    private static ServerSocket dripping(String beginning) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Daemon.start(() -> {
            while (!server.isClosed()) {
                Socket asked = server.accept();
                Daemon.start(() -> {
                    try (asked) {
                        OutputStream out = asked.getOutputStream();
                        out.write(beginning.getBytes(StandardCharsets.US_ASCII));
                        while (true) {
                            out.write('a');
                            TimeUnit.MILLISECONDS.sleep(20);
                        }
                    }
                });
            }
        });
        return server;
    }

    private TestProgram program(ServerSocket server) {
        return TestProgram.start(folder, Map.of("provider.productai.url", "http://127.0.0.1:" + server.getLocalPort(), "provider.productai-list.enabled", "false", "poll.answer-deadline",
                "500ms", "poll.backoff", "100ms"));
    }

    @ParameterizedTest
    @CsvSource({"the head, 200 OK, ''", "the body, 200 OK, 'x\r\nContent-Length: 100000\r\n\r\n\"'", "a body without length, 200 OK, 'x\r\nConnection: close\r\n\r\n\"'"})
    void whoeverSendsByteByByteHoldsNoPlaceForEver(String what, String status, String rest) throws Exception {
        try (ServerSocket server = dripping(HEAD.formatted(status) + rest); TestProgram program = program(server)) {
            JobKey key = program.follow("productai", "x");
            await().atMost(Duration.ofSeconds(20)).until(() -> program.job(key).polls() >= 2);
            Job job = program.job(key);
            assertThat(program.jobs.timeline(job)).as(what).filteredOn("what", "unavailable").first().extracting("detail").asString()
                    .contains("the answer was not there as a whole within 500 ms (poll.answer-deadline)");
        }
    }

    @Test
    void anErrorKeepsItsMeaningWithoutTheRestOfItsBody() throws Exception {
        try (ServerSocket server = dripping(HEAD.formatted("422 Unprocessable") + "x\r\nContent-Length: 100000\r\n\r\n{"); TestProgram program = program(server)) {
            JobKey key = program.follow("productai", "x");
            await().atMost(Duration.ofSeconds(20)).until(() -> program.job(key).error() != null);
            assertThat(program.job(key).error().code()).isEqualTo("http-422");
        }
    }
}
