package io.mediajobs.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mediajobs.config.KnownSecrets;
import io.mediajobs.store.Database;
import io.mediajobs.store.Outbox;
import io.mediajobs.store.OutboxEvent;
import io.mediajobs.store.StoreUnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.support.service.ServiceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class PublishEventsTest {

    @TempDir
    Path data;
    private Database database;

    @BeforeEach
    void open() {
        database = Database.open(data.resolve("jobs.db"));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void eventsGoToAFileOfJsonLinesByDefault() throws Exception {
        String odd = "{\"id\":\"ü🎬 ${env:HOME} {{env:HOME}} $simple{date:now} \\n\"}";
        Publisher.tell(database, "1", "mediajobs.job.failed");
        Publisher.tell(database, "2", "mediajobs.job.completed", odd);
        Publisher.tell(database, "1", "mediajobs.job.completed");
        try (Publisher publisher = Publisher.start(database, data, Map.of())) {
            await().until(() -> publisher.outbox().stream().allMatch(event -> event.publishedAt() != null));
        }
        try (Publisher again = Publisher.start(database, data, Map.of())) {
            Publisher.tell(database, "3", "mediajobs.job.lost");
            await().until(() -> again.outbox().stream().allMatch(event -> event.publishedAt() != null));
        }
        assertThat(Files.readString(data.resolve("events/events.jsonl"))).endsWith("\n");
        assertThat(Files.readAllLines(data.resolve("events/events.jsonl"))).containsExactly(
                "{\"id\":\"stories/1/1/mediajobs.job.failed\",\"type\":\"mediajobs.job.failed\"}", odd,
                "{\"id\":\"stories/1/1/mediajobs.job.completed\",\"type\":\"mediajobs.job.completed\"}",
                "{\"id\":\"stories/3/1/mediajobs.job.lost\",\"type\":\"mediajobs.job.lost\"}");
    }

    @Test
    void aLineThatAKillLeftUnfinishedIsWrittenAnew() throws Exception {
        Path lines = data.resolve("events/events.jsonl");
        String first = "{\"id\":\"stories/1/1/mediajobs.job.failed\",\"type\":\"mediajobs.job.failed\"}";
        String second = "{\"id\":\"stories/2/1/mediajobs.job.lost\",\"type\":\"mediajobs.job.lost\"}";
        for (String left : List.of(second, second.substring(0, 20), "{", "x".repeat(20_000))) {
            Files.createDirectories(lines.getParent());
            Files.writeString(lines, first + "\n" + left);
            String id = "2-" + left.length();
            Publisher.tell(database, id, "mediajobs.job.lost", second);
            try (Publisher publisher = Publisher.start(database, data, Map.of())) {
                await().until(() -> publisher.outbox().stream().allMatch(event -> event.publishedAt() != null));
            }
            assertThat(Files.readString(lines)).isEqualTo(first + "\n" + second + "\n");
        }
    }

    @Test
    void eachKindHasItsDestination() throws Exception {
        Map<String, String> kinds = Map.of("mediajobs.job.completed", "completed", "mediajobs.job.failed", "failed", "mediajobs.job.lost", "failed",
                "mediajobs.job.expired", "failed", "mediajobs.job.blocked", "failed", "mediajobs.job.cancelled", "failed",
                "mediajobs.provider.unauthorized", "provider", "mediajobs.provider.recovered", "provider", "mediajobs.something.new", "other");
        kinds.keySet().forEach(type -> Publisher.tell(database, "1", type));
        try (Publisher publisher = Publisher.start(database, data, Map.of("events.uri", "mock:other", "events.completed.uri", "mock:completed",
                "events.failed.uri", "mock:failed", "events.provider.uri", "mock:provider"))) {
            await().until(() -> publisher.outbox().stream().allMatch(event -> event.publishedAt() != null));
            for (String destination : List.of("completed", "failed", "provider", "other")) {
                List<String> types = kinds.keySet().stream().filter(type -> kinds.get(type).equals(destination)).toList();
                MockEndpoint mock = publisher.context().getEndpoint("mock:" + destination, MockEndpoint.class);
                assertThat(mock.getExchanges()).extracting(exchange -> exchange.getMessage().getBody(String.class))
                        .containsExactlyInAnyOrderElementsOf(types.stream()
                                .map(type -> "{\"id\":\"" + Publisher.id("1", type) + "\",\"type\":\"" + type + "\"}").toList());
            }
        }
    }

    /** kafka.OVERRIDE_TOPIC as a header of a message sends it to another topic than the route says. */
    @Test
    void noHeaderFromOutsideLeaves() throws Exception {
        try (Publisher publisher = Publisher.start(database, data, Map.of("events.uri", "mock:other"))) {
            OutboxEvent event = new OutboxEvent(1, "id", "mediajobs.job.completed", "stories/kafka.OVERRIDE_TOPIC", "{\"kafka.OVERRIDE_TOPIC\":\"stolen\"}",
                    java.time.Instant.now(), 0, 0, null, null, null);
            publisher.context().createProducerTemplate().sendBodyAndHeaders("direct:publish-event", event, Map.of("kafka.OVERRIDE_TOPIC", "stolen",
                    "KAFKA.override_topic", "stolen", "kafka.PARTITION_KEY", 7, "CamelHttpUri", "http://stolen", "CamelJmsDestinationName", "stolen",
                    "CamelFileName", "../stolen", "Authorization", "Bearer x"));
            MockEndpoint mock = publisher.context().getEndpoint("mock:other", MockEndpoint.class);
            assertThat(mock.getExchanges()).hasSize(1);
            assertThat(mock.getExchanges().get(0).getMessage().getHeaders()).containsExactlyInAnyOrderEntriesOf(Map.of(
                    "content-type", "application/cloudevents+json", "CamelHttpMethod", "POST", "kafka.KEY", "stories/kafka.OVERRIDE_TOPIC",
                    "JMSXGroupID", "stories/kafka.OVERRIDE_TOPIC"));
        }
    }

    @Test
    void aDestinationThatIsDownCostsOneAttemptAndOthersPass() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            Publisher.tell(database, "job-" + i, "mediajobs.job.failed");
        }
        Publisher.tell(database, "done", "mediajobs.job.completed");
        AtomicInteger attempts = new AtomicInteger();
        RouteBuilder destination = new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:down").errorHandler(noErrorHandler()).process(exchange -> {
                    attempts.incrementAndGet();
                    throw new IllegalStateException("broker down at https://host/queue?token=verysecret");
                });
            }
        };
        try (Publisher publisher = Publisher.start(database, data, Map.of("events.failed.uri", "direct:down", "events.uri", "mock:other",
                "events.retry-first", "1m", "events.batch", "7"), destination)) {
            MockEndpoint mock = publisher.context().getEndpoint("mock:other", MockEndpoint.class);
            await().untilAsserted(() -> assertThat(mock.getExchanges()).hasSize(1));
            await().during(Duration.ofSeconds(1)).untilAsserted(() -> assertThat(attempts).hasValue(1));
            assertThat(publisher.outbox().get(0).lastError()).isEqualTo("broker down at https://host/queue");
            assertThat(publisher.outbox().get(1).attempts()).isZero();
        }
    }

    @Test
    void anEventThatIsNotTakenIsFollowedByOthersButNotByItsOwnSubjects() throws Exception {
        Publisher.tell(database, "poison", "mediajobs.job.failed");
        Publisher.tell(database, "poison", "mediajobs.job.completed");
        for (int i = 0; i < 20; i++) {
            Publisher.tell(database, "job-" + i, "mediajobs.job.failed");
        }
        RouteBuilder destination = new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:picky").errorHandler(noErrorHandler()).filter(exchange -> exchange.getMessage().getBody(String.class).contains("stories/poison"))
                        .throwException(new IllegalArgumentException("too large"));
            }
        };
        try (Publisher publisher = Publisher.start(database, data, Map.of("events.uri", "direct:picky"), destination)) {
            await().untilAsserted(() -> assertThat(publisher.outbox()).filteredOn(event -> event.publishedAt() != null).hasSize(20));
            await().untilAsserted(() -> assertThat(publisher.outbox().get(0).attempts()).isGreaterThanOrEqualTo(3));
            assertThat(publisher.outbox().get(0).publishedAt()).isNull();
            assertThat(publisher.outbox().get(1).attempts()).isZero();
        }
    }

    @Test
    void anEventThatIsNeverTakenIsParkedAndPublishedAgainWhenSomebodySaysSo() throws Exception {
        Publisher.tell(database, "poison", "mediajobs.job.failed");
        Publisher.tell(database, "poison", "mediajobs.job.completed");
        AtomicBoolean picky = new AtomicBoolean(true);
        RouteBuilder destination = new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:picky").errorHandler(noErrorHandler())
                        .filter(exchange -> picky.get() && exchange.getMessage().getBody(String.class).contains("stories/poison/1/mediajobs.job.failed"))
                        .throwException(new IllegalArgumentException("I do not like this one"));
            }
        };
        try (Publisher publisher = Publisher.start(database, data, Map.of("events.uri", "direct:picky", "events.park-after", "3", "events.retry-first", "20ms"), destination)) {
            AtomicInteger number = new AtomicInteger();
            // others come in all the time, and are taken
            await().pollInterval(Duration.ofMillis(20)).until(() -> {
                Publisher.tell(database, "job-" + number.incrementAndGet(), "mediajobs.job.failed");
                return publisher.outbox().get(0).parkedAt() != null;
            });
            OutboxEvent parked = publisher.outbox().get(0);
            assertThat(parked.refusals()).isEqualTo(3);
            assertThat(parked.lastError()).isEqualTo("I do not like this one");
            assertThat(new Outbox(database).backlog().parked()).isOne();
            assertThat(new Outbox(database).parked(0, 10)).extracting(OutboxEvent::id).containsExactly(parked.id());
            // what comes after it in its own subject goes on
            await().until(() -> publisher.outbox().get(1).publishedAt() != null);
            picky.set(false);
            assertThat(new Outbox(database).republish(parked.id())).isTrue();
            await().until(() -> publisher.outbox().get(0).publishedAt() != null);
            assertThat(new Outbox(database).backlog().parked()).isZero();
        }
    }

    @Test
    void aDestinationThatTakesNothingParksNothing() throws Exception {
        for (int i = 0; i < 5; i++) {
            Publisher.tell(database, "job-" + i, "mediajobs.job.failed");
        }
        AtomicBoolean down = new AtomicBoolean(true);
        RouteBuilder destination = new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:down").errorHandler(noErrorHandler()).filter(exchange -> down.get()).throwException(new java.net.ConnectException("refused"));
            }
        };
        try (Publisher publisher = Publisher.start(database, data, Map.of("events.uri", "direct:down", "events.park-after", "1", "events.retry-first", "1ms",
                "events.retry-longest", "5ms", "events.tick-millis", "10"), destination)) {
            await().until(() -> publisher.outbox().stream().allMatch(event -> event.attempts() >= 3));
            assertThat(publisher.outbox()).allMatch(event -> event.parkedAt() == null && event.refusals() == 0);
            down.set(false);
            await().until(() -> publisher.outbox().stream().allMatch(event -> event.publishedAt() != null));
        }
    }

    /** A cut could leave half a secret, which nobody would know any more. */
    @Test
    void whyAnEventWasNotTakenIsToldWithoutSecrets() {
        KnownSecrets.add("kanarie-known-secret");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(Deliveries.class);
        logger.addAppender(log);
        try {
            Outbox outbox = new Outbox(database);
            Deliveries deliveries = new Deliveries(outbox, Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMinutes(1), 1_000);
            for (int before = 480; before < 500; before++) {
                Publisher.tell(database, "job-" + before, "mediajobs.job.failed");
                OutboxEvent event = outbox.take(1, List.of(), Duration.ofMinutes(1)).get(0);
                deliveries.failed(event, new IllegalStateException("x".repeat(before) + "kanarie-known-secret"), "https://h.example/hook?token=kanarie");
                outbox.park(event, outbox.list(0, 100).get(before - 480).lastError());
            }
            assertThat(outbox.list(0, 100)).hasSize(20).allSatisfy(event -> assertThat(event.lastError()).isNotBlank().doesNotContain("kanarie"));
            assertThat(log.list).hasSize(20).allSatisfy(line -> assertThat(line.getFormattedMessage()).contains("was not published").doesNotContain("kanarie"));
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void manyEventsOfOneSubjectLeaveInOrderWithinOneTick() throws Exception {
        for (int i = 0; i < 300; i++) {
            Publisher.tell(database, "one", "mediajobs.job.failed." + i, String.valueOf(i));
        }
        try (Publisher publisher = Publisher.start(database, data, Map.of("events.uri", "mock:other", "events.tick-millis", "600000"))) {
            MockEndpoint mock = publisher.context().getEndpoint("mock:other", MockEndpoint.class);
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(mock.getExchanges()).hasSize(300));
            for (int i = 0; i < 300; i++) {
                assertThat(mock.getExchanges().get(i).getMessage().getBody(String.class)).isEqualTo(String.valueOf(i));
            }
        }
    }

    @Test
    void aPauseWhileManyEventsWaitSendsNothingMoreThanWhatIsInHand() throws Exception {
        for (int i = 0; i < 30; i++) {
            Publisher.tell(database, "one", "mediajobs.job.failed." + i, String.valueOf(i));
        }
        List<String> sent = new CopyOnWriteArrayList<>();
        try (Publisher publisher = Publisher.start(database, data, Map.of("events.uri", "direct:destination"), new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:destination").process(exchange -> {
                    sent.add(exchange.getMessage().getBody(String.class));
                    if (sent.size() == 3) {
                        // as an operator's pause does it
                        ServiceHelper.suspendService(exchange.getContext().getRoute("publish-events").getConsumer());
                    }
                });
            }
        })) {
            await().until(() -> sent.size() >= 3 && publisher.context().getInflightRepository().size("publish-events") == 0);
            assertThat(sent).containsExactly("0", "1", "2");
            ServiceHelper.resumeService(publisher.context().getRoute("publish-events").getConsumer());
            await().until(() -> publisher.outbox().stream().allMatch(event -> event.publishedAt() != null));
            assertThat(sent).containsExactlyElementsOf(IntStream.range(0, 30).mapToObj(String::valueOf).toList());
        }
    }

    @Test
    void whatWasSentButNotTakenDownIsSentAgainWithTheSameId() throws Exception {
        Publisher.tell(database, "1", "mediajobs.job.completed");
        AtomicInteger sent = new AtomicInteger();
        try (Publisher publisher = Publisher.start(database, data, Map.of(), deliveries -> Interrupted.killed(deliveries, sent))) {
            await().untilAsserted(() -> assertThat(sent).hasPositiveValue());
        }
        assertThat(new Outbox(database).list(0, 10).get(0).publishedAt()).isNull();
        try (Publisher publisher = Publisher.start(database, data, Map.of())) {
            await().until(() -> publisher.outbox().get(0).publishedAt() != null);
        }
        List<String> lines = Files.readAllLines(data.resolve("events/events.jsonl"));
        assertThat(lines).hasSizeGreaterThanOrEqualTo(2);
        assertThat(lines).containsOnly("{\"id\":\"stories/1/1/mediajobs.job.completed\",\"type\":\"mediajobs.job.completed\"}");
    }

    @Test
    void aStoreThatIsAwayIsNotTheDestinationsFault() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger root = (Logger) LoggerFactory.getLogger("ROOT");
        root.addAppender(log);
        for (String job : List.of("1", "2", "3")) {
            Publisher.tell(database, job, "mediajobs.job.completed");
        }
        AtomicInteger away = new AtomicInteger(3);
        try (Publisher publisher = Publisher.start(database, data, Map.of("events.hold", "1s"), deliveries -> new Interrupted(deliveries, () -> {
            if (away.getAndDecrement() > 0) {
                throw new StoreUnavailableException("The job store does not answer: gone", new IllegalStateException("gone"));
            }
        }, () -> { }))) {
            await().atMost(Duration.ofSeconds(20)).until(() -> publisher.outbox().stream().allMatch(event -> event.publishedAt() != null));
            assertThat(publisher.outbox()).as("no attempt counts against an event").allMatch(event -> event.attempts() == 1);
        } finally {
            root.detachAppender(log);
        }
        List<String> told = log.list.stream().filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN)).map(ILoggingEvent::getFormattedMessage).toList();
        assertThat(told).allMatch(line -> line.contains("it was not taken down what came of them"));
    }

    /** Something goes wrong between the destination's yes and the outbox. */
    public static final class Interrupted {
        private final Deliveries deliveries;
        private final Runnable atPublished;
        private final Runnable atFailed;

        Interrupted(Object deliveries, Runnable atPublished, Runnable atFailed) {
            this.deliveries = (Deliveries) deliveries;
            this.atPublished = atPublished;
            this.atFailed = atFailed;
        }

        /** A process that dies each time. @param sent counts what the destination took */
        static Interrupted killed(Object deliveries, AtomicInteger sent) {
            Runnable killed = () -> {
                throw new IllegalStateException("killed");
            };
            return new Interrupted(deliveries, () -> {
                sent.incrementAndGet();
                killed.run();
            }, killed);
        }

        public List<OutboxEvent> due(Exchange loop, int most) {
            return deliveries.due(loop, most);
        }

        public boolean mayTry(OutboxEvent event) {
            return deliveries.mayTry(event);
        }

        public void published(OutboxEvent event, String destination) {
            atPublished.run();
            deliveries.published(event, destination);
        }

        public void failed(OutboxEvent event, Throwable reason, String destination) {
            atFailed.run();
            deliveries.failed(event, reason, destination);
        }
    }
}
