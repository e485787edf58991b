package io.mediajobs.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mediajobs.TestProgram;
import io.mediajobs.events.ArtemisBroker;
import io.mediajobs.events.ShippedExample;
import io.mediajobs.job.JobKey;
import jakarta.jms.TextMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example that takes in registrations from a queue, as it is shipped, in the whole program and with a real broker. */
class QueueIntakeIT {

    private static final String QUEUE = "media-jobs-to-follow";
    private static final Path EXAMPLE = Path.of("examples/intake/register-from-queue.camel.yaml");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;
    private ArtemisBroker broker;
    private ActiveMQConnectionFactory factory;
    private Path route;

    @BeforeEach
    void start() throws Exception {
        broker = ArtemisBroker.start(folder.resolve("artemis"), TestProgram.freePort());
        factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + broker.port());
        route = TestProgram.copyRoutes(folder.resolve("routes")).resolve(EXAMPLE.getFileName());
        Files.copy(EXAMPLE, route);
    }

    @AfterEach
    void stop() throws Exception {
        factory.close();
        broker.close();
    }

    private TestProgram program() throws Exception {
        Map<String, String> settings = new HashMap<>(ShippedExample.commentedOut("camel.beans.artemis", "camel.beans.jmsConnections", "camel.component.jms.connection-factory"));
        settings.replaceAll((key, value) -> value.replace("localhost:61616", "127.0.0.1:" + broker.port()));
        settings.remove("camel.beans.artemis.user");
        settings.remove("camel.beans.artemis.password");
        settings.put("routes.folder", folder.resolve("routes").toString());
        settings.put("camel.main.shutdown-timeout", "2");
        return TestProgram.start(folder, settings);
    }

    private static boolean knows(TestProgram program, String jobId) {
        return program.jobs.find(new JobKey("stories", jobId)).isPresent();
    }

    private static String job(String jobId) {
        return "{\"provider\":\"stories\",\"jobId\":\"" + jobId + "\"}";
    }

    @Test
    void jobsAreFollowedAndWhatIsRefusedIsPutAsideWithItsReason() throws Exception {
        ArtemisBroker.send(factory, QUEUE, List.of(job("one"), "no JSON", job("one"), "{\"provider\":\"storys\",\"jobId\":\"two\"}",
                "[" + job("three") + ",{\"provider\":\"stories\"}," + job("four") + "]", "", job("five")));
        try (TestProgram program = program()) {
            await().atMost(PATIENCE).until(() -> knows(program, "five") && broker.waiting(QUEUE) == 0);
            assertThat(List.of("one", "three", "four")).allMatch(jobId -> knows(program, jobId));
            assertThat(knows(program, "two")).isFalse();
        }
        List<TextMessage> refused = ArtemisBroker.received(factory, "media-jobs-refused", 4);
        assertThat(refused.get(0).getText()).isEqualTo("no JSON");
        assertThat(refused.get(0).getStringProperty("refused")).startsWith("This is not JSON: ");
        assertThat(refused.get(1).getText()).contains("\"two\"");
        assertThat(refused.get(1).getStringProperty("refused")).contains("did you mean stories?");
        assertThat(refused.get(2).getStringProperty("refused")).isEqualTo("1 of 3 registrations were refused. The first, at index 1: The job id is missing.");
        assertThat(refused.get(3).getStringProperty("refused")).isEqualTo("There is no JSON.");
    }

    @Test
    void whatIsInterruptedBeforeItIsAcknowledgedComesAgain() throws Exception {
        // the jobs are on disk, and the message stays for a long time in the step behind that
        String shipped = Files.readString(EXAMPLE);
        Files.writeString(route, shipped.replace("        - choice:\n", "        - delay:\n            constant:\n              expression: \"600000\"\n        - choice:\n"));
        assertThat(route).content().contains("600000");
        ArtemisBroker.send(factory, QUEUE, List.of(job("one")));
        try (TestProgram program = program()) {
            await().atMost(PATIENCE).until(() -> knows(program, "one"));
        }
        assertThat(broker.waiting(QUEUE)).as("not acknowledged").isEqualTo(1);
        Files.writeString(route, shipped);
        try (TestProgram program = program()) {
            await().atMost(PATIENCE).until(() -> broker.waiting(QUEUE) == 0);
            assertThat(knows(program, "one")).isTrue();
        }
        assertThat(broker.waiting("media-jobs-refused")).isZero();
    }
}
