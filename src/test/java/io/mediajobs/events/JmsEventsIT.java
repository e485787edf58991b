package io.mediajobs.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mediajobs.TestProgram;
import io.mediajobs.store.Database;
import jakarta.jms.DeliveryMode;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events to a real JMS broker, by the settings that application.properties gives as an example. */
class JmsEventsIT {

    @TempDir
    Path data;
    private Database database;
    private ArtemisBroker broker;
    private int port;

    @BeforeEach
    void open() throws Exception {
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
        broker = ArtemisBroker.start(data.resolve("artemis"), port);
    }

    private Map<String, String> settings() throws Exception {
        Map<String, String> settings = new HashMap<>(ShippedExample.commentedOut("camel.beans.artemis", "camel.beans.jmsConnections",
                "camel.component.jms.connection-factory"));
        settings.replaceAll((key, value) -> value.replace("localhost:61616", "127.0.0.1:" + port));
        settings.remove("camel.beans.artemis.user");
        settings.remove("camel.beans.artemis.password");
        settings.put("events.uri", "jms:queue:media-events");
        settings.put("events.completed.uri", "jms:queue:media-completed");
        settings.put("events.failed.uri", "jms:queue:media-failed");
        return settings;
    }

    @Test
    void eachKindIsInItsQueueAsPersistentTextGroupedByItsSubject() throws Exception {
        startBroker();
        Publisher.tell(database, "1", "mediajobs.job.completed");
        Publisher.tell(database, "2", "mediajobs.job.failed");
        Publisher.tell(database, "3", "mediajobs.something.new");
        try (Publisher publisher = Publisher.start(database, data, settings())) {
            await().until(() -> publisher.outbox().stream().allMatch(event -> event.publishedAt() != null));
            // one connection for all: the consumer of this test is not there yet
            assertThat(broker.connections()).isLessThanOrEqualTo(1);
        }
        for (Map.Entry<String, String> expected : Map.of("media-completed", "1", "media-failed", "2", "media-events", "3").entrySet()) {
            List<TextMessage> messages = received(expected.getKey(), 1);
            assertThat(messages.get(0).getText()).contains("\"id\":\"stories/" + expected.getValue() + "/1/");
            assertThat(messages.get(0).getStringProperty("JMSXGroupID")).isEqualTo("stories/" + expected.getValue());
            assertThat(messages.get(0).getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
            assertThat(messages.get(0).getJMSExpiration()).isZero();
            assertThat(Collections.list(messages.get(0).getPropertyNames())).as("the key of Kafka stays here").noneMatch(name -> name.toString().contains("kafka"));
        }
    }

    @Test
    void aBrokerThatComesLateGetsEverythingInOrder() throws Exception {
        for (int i = 0; i < 30; i++) {
            Publisher.tell(database, "job-" + i % 3, "mediajobs.job.failed", "{}");
            Publisher.tell(database, "job-" + i % 3, "mediajobs.any." + i, String.valueOf(i));
        }
        Map<String, String> settings = settings();
        settings.put("events.failed.uri", "jms:queue:media-events");
        try (Publisher publisher = Publisher.start(database, data, settings)) {
            await().until(() -> publisher.outbox().stream().anyMatch(event -> event.lastError() != null));
            assertThat(publisher.outbox()).allMatch(event -> event.publishedAt() == null);
            startBroker();
            await().atMost(java.time.Duration.ofSeconds(30)).until(() -> publisher.outbox().stream().allMatch(event -> event.publishedAt() != null));
            broker.close();
            Publisher.tell(database, "job-0", "mediajobs.after.restart", "{\"last\":0}");
            await().until(() -> publisher.outbox().stream().anyMatch(event -> event.lastError() != null));
            startBroker();
            await().atMost(java.time.Duration.ofSeconds(30)).until(() -> publisher.outbox().stream().allMatch(event -> event.publishedAt() != null));
        }
        Map<String, List<Integer>> bySubject = new HashMap<>();
        for (TextMessage message : received("media-events", 34)) {
            if (message.getText().matches("\\d+")) {
                bySubject.computeIfAbsent(message.getStringProperty("JMSXGroupID"), key -> new ArrayList<>()).add(Integer.valueOf(message.getText()));
            }
        }
        assertThat(bySubject).hasSize(3);
        assertThat(bySubject.values()).allSatisfy(numbers -> assertThat(numbers).hasSize(10).isSorted());
    }

    private List<TextMessage> received(String queue, int count) throws Exception {
        try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port)) {
            return ArtemisBroker.received(factory, queue, count);
        }
    }
}
