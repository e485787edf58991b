package io.mediajobs.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mediajobs.TestProgram;
import io.mediajobs.store.Database;
import io.mediajobs.store.Outbox;
import io.mediajobs.store.OutboxEvent;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** Events to a real server of the SQS protocol, by the settings that application.properties gives as an example. */
class SqsEventsIT {

    private static final String ARN = "aws2-sqs:arn:aws:sqs:eu-central-1:123456789012:";

    @TempDir
    Path data;
    private Database database;
    private SQSRestServer server;
    private SqsClient queues;
    private int port;

    @BeforeEach
    void open() {
        database = Database.open(data.resolve("jobs.db"));
        port = TestProgram.freePort();
    }

    @AfterEach
    void close() {
        database.close();
        if (server != null) {
            queues.close();
            server.stopAndWait();
        }
    }

    private void startServer() {
        server = SQSRestServerBuilder.withInterface("127.0.0.1").withPort(port).start();
        server.waitUntilStarted();
        queues = SqsClient.builder().endpointOverride(URI.create("http://127.0.0.1:" + port)).region(Region.EU_CENTRAL_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any-key", "any-secret"))).build();
        queues.createQueue(queue -> queue.queueName("media-completed"));
        for (String name : List.of("media-events.fifo", "media-failed.fifo")) {
            queues.createQueue(queue -> queue.queueName(name).attributes(Map.of(QueueAttributeName.FIFO_QUEUE, "true")));
        }
    }

    private Map<String, String> settings() throws Exception {
        Map<String, String> settings = new HashMap<>(ShippedExample.commentedOut("camel.component.aws2-sqs"));
        assertThat(settings).as("referred to, not written down").containsEntry("camel.component.aws2-sqs.access-key", "{{env:SQS_ACCESS_KEY}}")
                .containsEntry("camel.component.aws2-sqs.secret-key", "{{env:SQS_SECRET_KEY}}");
        settings.replaceAll((key, value) -> value.replace("localhost:9324", "127.0.0.1:" + port).replace("{{env:SQS_ACCESS_KEY}}", "any-key")
                .replace("{{env:SQS_SECRET_KEY}}", "any-secret"));
        settings.put("camel.component.aws2-sqs.use-default-credentials-provider", "false");
        settings.put("events.uri", ARN + "media-events.fifo");
        settings.put("events.completed.uri", ARN + "media-completed");
        settings.put("events.failed.uri", ARN + "media-failed.fifo");
        return settings;
    }

    @Test
    void eachKindIsInItsQueueUnderItsSubjectAndItsId() throws Exception {
        startServer();
        String awkward = "é ".repeat(200) + "end";
        Publisher.tell(database, "1", "mediajobs.job.completed");
        Publisher.tell(database, "2", "mediajobs.job.failed");
        Publisher.tell(database, awkward, "mediajobs.something.new");
        try (Publisher publisher = Publisher.start(database, data, settings())) {
            await().atMost(Duration.ofSeconds(30)).until(() -> publisher.outbox().stream().allMatch(event -> event.publishedAt() != null));
        }
        Message completed = received("media-completed", 1).get(0);
        assertThat(completed.body()).isEqualTo("{\"id\":\"stories/1/1/mediajobs.job.completed\",\"type\":\"mediajobs.job.completed\"}");
        assertThat(completed.messageAttributes()).as("what is for Kafka and JMS stays here").containsOnlyKeys("content-type");
        assertThat(completed.messageAttributes().get("content-type").stringValue()).isEqualTo("application/cloudevents+json");
        Message failed = received("media-failed.fifo", 1).get(0);
        assertThat(failed.attributes()).containsEntry(MessageSystemAttributeName.MESSAGE_GROUP_ID, "stories/2")
                .containsEntry(MessageSystemAttributeName.MESSAGE_DEDUPLICATION_ID, "stories/2/1/mediajobs.job.failed");
        Message other = received("media-events.fifo", 1).get(0);
        assertThat(other.body()).contains(awkward);
        assertThat(other.attributes().get(MessageSystemAttributeName.MESSAGE_GROUP_ID)).as("what SQS does not take is hashed").matches("[0-9a-f]{64}")
                .isEqualTo(SqsEndpoints.fitting("stories/" + awkward));
    }

    @Test
    void aServerThatComesLateGetsEverythingInOrder() throws Exception {
        for (int i = 0; i < 30; i++) {
            Publisher.tell(database, "job-" + i % 3, "mediajobs.any." + i, String.valueOf(i));
        }
        try (Publisher publisher = Publisher.start(database, data, settings())) {
            await().atMost(Duration.ofSeconds(30)).until(() -> publisher.outbox().stream().anyMatch(event -> event.lastError() != null));
            assertThat(publisher.outbox()).allMatch(event -> event.publishedAt() == null).allMatch(event -> event.parkedAt() == null);
            assertThat(publisher.outbox().stream().map(OutboxEvent::lastError)).allMatch(error -> error == null || !error.contains("any-secret"));
            startServer();
            await().atMost(Duration.ofSeconds(60)).until(() -> publisher.outbox().stream().allMatch(event -> event.publishedAt() != null));
        }
        Map<String, List<Integer>> bySubject = new HashMap<>();
        received("media-events.fifo", 30).forEach(message -> bySubject.computeIfAbsent(message.attributes().get(MessageSystemAttributeName.MESSAGE_GROUP_ID),
                key -> new ArrayList<>()).add(Integer.valueOf(message.body())));
        assertThat(bySubject).containsOnlyKeys("stories/job-0", "stories/job-1", "stories/job-2");
        assertThat(bySubject.values()).allSatisfy(numbers -> assertThat(numbers).hasSize(10).isSorted());
    }

    @Test
    void whatIsSentAgainIsOneMessageInAFifoQueue() throws Exception {
        startServer();
        Publisher.tell(database, "1", "mediajobs.job.failed");
        AtomicInteger sent = new AtomicInteger();
        try (Publisher publisher = Publisher.start(database, data, settings(), deliveries -> PublishEventsTest.Interrupted.killed(deliveries, sent))) {
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(sent).hasPositiveValue());
        }
        try (Publisher publisher = Publisher.start(database, data, settings())) {
            await().atMost(Duration.ofSeconds(30)).until(() -> publisher.outbox().get(0).publishedAt() != null);
        }
        received("media-failed.fifo", 1);
    }

    @Test
    void anEventThatIsTooLargeIsParkedAtOnceAndHoldsUpNoOther() throws Exception {
        startServer();
        Publisher.tell(database, "1", "mediajobs.job.failed", "x".repeat(2 * 1024 * 1024));
        Publisher.tell(database, "1", "mediajobs.job.cancelled");
        try (Publisher publisher = Publisher.start(database, data, settings())) {
            await().atMost(Duration.ofSeconds(30)).until(() -> publisher.outbox().get(1).publishedAt() != null);
            OutboxEvent large = publisher.outbox().get(0);
            assertThat(large.parkedAt()).isNotNull();
            assertThat(large.attempts()).isEqualTo(1);
            assertThat(large.lastError()).contains("MessageTooLong", "Status Code: 400");
        }
        assertThat(received("media-failed.fifo", 1).get(0).body()).contains("mediajobs.job.cancelled");
    }

    @Test
    void aQueueThatIsNotThereParksNothing() throws Exception {
        startServer();
        Map<String, String> settings = settings();
        settings.putAll(Map.of("events.failed.uri", ARN + "made-later.fifo", "events.park-after", "1", "events.retry-first", "1ms", "events.retry-longest", "5ms"));
        Publisher.tell(database, "1", "mediajobs.job.failed");
        try (Publisher publisher = Publisher.start(database, data, settings)) {
            await().atMost(Duration.ofSeconds(30)).until(() -> publisher.outbox().get(0).attempts() >= 3);
            assertThat(new Outbox(database).list(0, 1).get(0).parkedAt()).isNull();
            queues.createQueue(queue -> queue.queueName("made-later.fifo").attributes(Map.of(QueueAttributeName.FIFO_QUEUE, "true")));
            await().atMost(Duration.ofSeconds(30)).until(() -> publisher.outbox().get(0).publishedAt() != null);
        }
    }

    private List<Message> received(String name, int count) {
        String url = queues.getQueueUrl(queue -> queue.queueName(name)).queueUrl();
        List<Message> messages = new ArrayList<>();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            take(url, messages);
            return messages.size() >= count;
        });
        take(url, messages);
        assertThat(messages).hasSize(count);
        return messages;
    }

    private void take(String url, List<Message> messages) {
        for (Message message : queues.receiveMessage(ask -> ask.queueUrl(url).maxNumberOfMessages(10).waitTimeSeconds(1)
                .messageSystemAttributeNames(MessageSystemAttributeName.ALL).messageAttributeNames("All")).messages()) {
            messages.add(message);
            queues.deleteMessage(done -> done.queueUrl(url).receiptHandle(message.receiptHandle()));
        }
    }
}
