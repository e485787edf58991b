package io.mediajobs.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mediajobs.TestProgram;
import io.mediajobs.store.Database;
import jakarta.jms.DeliveryMode;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for events to a real broker by whatever protocol, with the settings that application.properties gives as an example. */
abstract class ArtemisEventsContract {

    private static final Duration LONGEST = Duration.ofSeconds(30);

    @TempDir
    Path data;
    Database database;
    int port;
    private ArtemisBroker broker;

    /** A broker at {@link #port} that keeps its messages in the folder. */
    abstract ArtemisBroker broker(Path folder) throws Exception;

    /** The example with the address and the account of this broker. */
    abstract Map<String, String> connection() throws Exception;

    /** Such as {@code jms}. */
    abstract String component();

    abstract List<TextMessage> received(String queue, int count) throws Exception;

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

    void startBroker() throws Exception {
        broker = broker(data.resolve("artemis"));
    }

    Map<String, String> settings() throws Exception {
        Map<String, String> settings = connection();
        settings.put("events.uri", component() + ":queue:media-events");
        settings.put("events.completed.uri", component() + ":queue:media-completed");
        settings.put("events.failed.uri", component() + ":queue:media-failed");
        return settings;
    }

    private static void awaitAllPublished(Publisher publisher) {
        await().atMost(LONGEST).until(() -> publisher.outbox().stream().allMatch(event -> event.publishedAt() != null));
    }

    @Test
    void eachKindIsInItsQueueAsDurableTextGroupedByItsSubject() throws Exception {
        startBroker();
        Publisher.tell(database, "1", "mediajobs.job.completed");
        Publisher.tell(database, "é 2", "mediajobs.job.failed");
        Publisher.tell(database, "3", "mediajobs.something.new");
        try (Publisher publisher = Publisher.start(database, data, settings())) {
            awaitAllPublished(publisher);
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
            // two kinds of events that go to the same queue
            Publisher.tell(database, "job-" + i % 3, i < 3 ? "mediajobs.job.failed" : "mediajobs.any." + i, String.valueOf(i));
        }
        Map<String, String> settings = settings();
        settings.put("events.failed.uri", settings.get("events.uri"));
        try (Publisher publisher = Publisher.start(database, data, settings)) {
            await().until(() -> publisher.outbox().stream().anyMatch(event -> event.lastError() != null));
            assertThat(publisher.outbox()).allMatch(event -> event.publishedAt() == null);
            // jobs go on: what they tell is taken down
            Publisher.tell(database, "job-0", "mediajobs.any.30", "30");
            startBroker();
            awaitAllPublished(publisher);
            broker.close();
            Publisher.tell(database, "job-1", "mediajobs.any.31", "31");
            await().until(() -> publisher.outbox().get(31).lastError() != null);
            startBroker();
            awaitAllPublished(publisher);
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
}
