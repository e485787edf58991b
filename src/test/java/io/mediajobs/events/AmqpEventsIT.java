package io.mediajobs.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mediajobs.TestProgram;
import io.mediajobs.store.Database;
import io.mediajobs.store.OutboxEvent;
import jakarta.jms.DeliveryMode;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Events over AMQP 1.0 to a real broker, by the settings that application.properties gives as an example. */
class AmqpEventsIT {

    private static final String USER = "media-jobs";
    private static final String PASSWORD = "amqp-password-of-the-test";

    @TempDir
    Path data;
    private Database database;
    private ArtemisBroker broker;
    private int port;

    @BeforeEach
    void open() {
        database = Database.open(data.resolve("jobs.db"));
        port = TestProgram.freePort();
    }

    @AfterEach
    void close() throws Exception {
        database.close();
        if (broker != null) {
            broker.close();
        }
    }

    private void startBroker() throws Exception {
        broker = ArtemisBroker.start(data.resolve("artemis"), port, USER, PASSWORD);
    }

    private Map<String, String> settings() throws Exception {
        Map<String, String> settings = new HashMap<>(ShippedExample.commentedOut("camel.beans.amqp", "camel.component.amqp"));
        assertThat(settings).as("referred to, not written down").containsEntry("camel.beans.amqpBroker.username", "{{env:AMQP_USER}}")
                .containsEntry("camel.beans.amqpBroker.password", "{{env:AMQP_PASSWORD}}");
        settings.replaceAll((key, value) -> value.replace("localhost:5672", "127.0.0.1:" + port).replace("{{env:AMQP_USER}}", USER)
                .replace("{{env:AMQP_PASSWORD}}", PASSWORD));
        settings.put("events.uri", "amqp:queue:media-events");
        settings.put("events.completed.uri", "amqp:queue:media-completed");
        settings.put("events.failed.uri", "amqp:queue:media-failed");
        return settings;
    }

    @Test
    void eachKindIsInItsQueueAsDurableTextGroupedByItsSubject() throws Exception {
        startBroker();
        Publisher.tell(database, "1", "mediajobs.job.completed");
        Publisher.tell(database, "é 2", "mediajobs.job.failed");
        Publisher.tell(database, "3", "mediajobs.something.new");
        try (Publisher publisher = Publisher.start(database, data, settings())) {
            await().atMost(Duration.ofSeconds(30)).until(() -> publisher.outbox().stream().allMatch(event -> event.publishedAt() != null));
            assertThat(broker.connections()).as("one connection for all").isLessThanOrEqualTo(1);
        }
        // what is durable is there after a restart of the broker
        broker.close();
        startBroker();
        for (Map.Entry<String, String> expected : Map.of("media-completed", "1", "media-failed", "é 2", "media-events", "3").entrySet()) {
            TextMessage message = received(expected.getKey(), 1).get(0);
            assertThat(message.getText()).startsWith("{\"id\":\"stories/" + expected.getValue() + "/1/").endsWith("\"}");
            assertThat(message.getStringProperty("JMSXGroupID")).isEqualTo("stories/" + expected.getValue());
            assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
            assertThat(message.getJMSExpiration()).isZero();
            assertThat(Collections.list(message.getPropertyNames())).as("the key of Kafka stays here").noneMatch(name -> name.toString().contains("kafka"));
        }
    }

    @Test
    void aBrokerThatComesLateAndGoesAwayGetsEverythingInOrder() throws Exception {
        for (int i = 0; i < 30; i++) {
            Publisher.tell(database, "job-" + i % 3, "mediajobs.any." + i, String.valueOf(i));
        }
        try (Publisher publisher = Publisher.start(database, data, settings())) {
            await().until(() -> publisher.outbox().stream().anyMatch(event -> event.lastError() != null));
            assertThat(publisher.outbox()).allMatch(event -> event.publishedAt() == null);
            // jobs go on: what they tell is taken down
            Publisher.tell(database, "job-0", "mediajobs.any.30", "30");
            startBroker();
            await().atMost(Duration.ofSeconds(30)).until(() -> publisher.outbox().stream().allMatch(event -> event.publishedAt() != null));
            broker.close();
            Publisher.tell(database, "job-1", "mediajobs.any.31", "31");
            await().until(() -> publisher.outbox().get(31).lastError() != null);
            startBroker();
            await().atMost(Duration.ofSeconds(30)).until(() -> publisher.outbox().stream().allMatch(event -> event.publishedAt() != null));
            assertThat(publisher.outbox()).as("a broker that is away counts against no event").allMatch(event -> event.parkedAt() == null);
        }
        Map<String, List<Integer>> bySubject = new HashMap<>();
        for (TextMessage message : received("media-events", 32)) {
            bySubject.computeIfAbsent(message.getStringProperty("JMSXGroupID"), key -> new ArrayList<>()).add(Integer.valueOf(message.getText()));
        }
        assertThat(bySubject).hasSize(3);
        assertThat(bySubject.values()).allSatisfy(numbers -> assertThat(numbers).isSorted());
        assertThat(bySubject.values().stream().mapToInt(List::size).sum()).isEqualTo(32);
    }

    @Test
    void aBrokerThatRefusesUsIsToldWithoutThePassword() throws Exception {
        startBroker();
        Publisher.tell(database, "1", "mediajobs.job.completed");
        Map<String, String> settings = settings();
        settings.put("camel.beans.amqpBroker.password", "not-" + PASSWORD);
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        root.addAppender(log);
        try (Publisher publisher = Publisher.start(database, data, settings)) {
            await().until(() -> publisher.outbox().get(0).lastError() != null);
            OutboxEvent waiting = publisher.outbox().get(0);
            assertThat(waiting.lastError()).containsIgnoringCase("authentic").doesNotContain(PASSWORD);
            assertThat(waiting.parkedAt()).isNull();
        } finally {
            root.detachAppender(log);
        }
        assertThat(List.copyOf(log.list)).isNotEmpty().extracting(ILoggingEvent::getFormattedMessage).noneMatch(line -> line.contains(PASSWORD));
    }

    private List<TextMessage> received(String queue, int count) throws Exception {
        return ArtemisBroker.received(new JmsConnectionFactory(USER, PASSWORD, "amqp://127.0.0.1:" + port), queue, count);
    }
}
