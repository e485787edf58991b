package io.mediajobs.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mediajobs.TestProgram;
import io.mediajobs.store.Database;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events to a real Kafka broker. */
class KafkaEventsIT {

    @TempDir
    Path data;
    private Database database;
    private KafkaBroker broker;
    private int port;

    @BeforeEach
    void open() throws Exception {
        database = Database.open(data.resolve("jobs.db"));
        port = TestProgram.freePort();
    }

    @AfterEach
    void close() {
        database.close();
        if (broker != null) {
            broker.close();
        }
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("camel.component.kafka.brokers", "127.0.0.1:" + port);
        settings.put("events.uri", "kafka:media-events");
        settings.put("events.completed.uri", "kafka:media-completed");
        settings.put("events.failed.uri", "kafka:media-failed");
        return settings;
    }

    @Test
    void eachKindIsInItsTopicUnderItsSubject() throws Exception {
        broker = KafkaBroker.start(data.resolve("kafka"), port);
        for (int i = 0; i < 20; i++) {
            Publisher.tell(database, "job-" + i, i % 2 == 0 ? "mediajobs.job.completed" : "mediajobs.job.expired");
        }
        // what a header kafka.OVERRIDE_TOPIC would do must not be done by data either
        Publisher.tell(database, "kafka.OVERRIDE_TOPIC", "mediajobs.job.failed", "{\"kafka.OVERRIDE_TOPIC\":\"stolen\"}");
        try (Publisher publisher = Publisher.start(database, data, settings())) {
            await().atMost(Duration.ofSeconds(30)).until(() -> publisher.outbox().stream().allMatch(event -> event.publishedAt() != null));
        }
        List<ConsumerRecord<String, String>> completed = received("media-completed", 10);
        assertThat(completed).allSatisfy(message -> {
            assertThat(message.value()).contains("\"id\":\"" + message.key() + "/1/mediajobs.job.completed\"");
            assertThat(message.key()).startsWith("stories/job-");
            assertThat(message.headers()).filteredOn(header -> header.key().equals("content-type")).singleElement().satisfies(header ->
                    assertThat(new String(header.value(), StandardCharsets.UTF_8)).isEqualTo("application/cloudevents+json"));
        });
        assertThat(received("media-failed", 11)).anyMatch(message -> message.key().equals("stories/kafka.OVERRIDE_TOPIC"));
    }

    @Test
    void aBrokerThatComesLateGetsEverythingInOrder() throws Exception {
        for (int i = 0; i < 60; i++) {
            Publisher.tell(database, "job-" + i % 3, "mediajobs.any." + i, String.valueOf(i));
        }
        Map<String, String> settings = settings();
        settings.put("camel.component.kafka.max-block-ms", "1000");
        try (Publisher publisher = Publisher.start(database, data, settings)) {
            await().until(() -> publisher.outbox().stream().anyMatch(event -> event.lastError() != null));
            assertThat(publisher.outbox()).allMatch(event -> event.publishedAt() == null);
            broker = KafkaBroker.start(data.resolve("kafka"), port);
            await().atMost(Duration.ofSeconds(60)).until(() -> publisher.outbox().stream().allMatch(event -> event.publishedAt() != null));
        }
        Map<String, List<Integer>> bySubject = new HashMap<>();
        received("media-events", 60).forEach(message -> bySubject.computeIfAbsent(message.key(), key -> new ArrayList<>()).add(Integer.valueOf(message.value())));
        assertThat(bySubject).hasSize(3);
        assertThat(bySubject.values()).allSatisfy(numbers -> assertThat(numbers).hasSize(20).isSorted());
    }

    @Test
    void whatDiesBetweenAckAndMarkIsSentAgainWithTheSameId() throws Exception {
        broker = KafkaBroker.start(data.resolve("kafka"), port);
        Publisher.tell(database, "1", "mediajobs.job.completed");
        AtomicInteger sent = new AtomicInteger();
        try (Publisher publisher = Publisher.start(database, data, settings(), deliveries -> PublishEventsTest.Interrupted.killed(deliveries, sent))) {
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(sent).hasPositiveValue());
        }
        int before = sent.get();
        try (Publisher publisher = Publisher.start(database, data, settings())) {
            await().atMost(Duration.ofSeconds(30)).until(() -> publisher.outbox().get(0).publishedAt() != null);
        }
        assertThat(received("media-completed", before + 1)).extracting(ConsumerRecord::value)
                .containsOnly("{\"id\":\"stories/1/1/mediajobs.job.completed\",\"type\":\"mediajobs.job.completed\"}");
    }

    private List<ConsumerRecord<String, String>> received(String topic, int count) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", "127.0.0.1:" + port, "group.id", "test-" + topic,
                "auto.offset.reset", "earliest"), new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
                return records.size() >= count;
            });
            consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            assertThat(records).hasSize(count);
        }
        return records;
    }
}
