package io.mediajobs.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mediajobs.store.OutboxEvent;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Events over AMQP 1.0. */
class AmqpEventsIT extends ArtemisEventsContract {

    private static final String USER = "media-jobs";
    private static final String PASSWORD = "amqp-password-of-the-test";

    @Override
    ArtemisBroker broker(Path folder) throws Exception {
        return ArtemisBroker.start(folder, port, USER, PASSWORD);
    }

    @Override
    Map<String, String> connection() throws Exception {
        Map<String, String> settings = new HashMap<>(ShippedExample.commentedOut("camel.beans.amqp", "camel.component.amqp"));
        assertThat(settings).as("referred to, not written down").containsEntry("camel.beans.amqpBroker.username", "{{env:AMQP_USER}}")
                .containsEntry("camel.beans.amqpBroker.password", "{{env:AMQP_PASSWORD}}");
        settings.replaceAll((key, value) -> value.replace("localhost:5672", "127.0.0.1:" + port).replace("{{env:AMQP_USER}}", USER)
                .replace("{{env:AMQP_PASSWORD}}", PASSWORD));
        return settings;
    }

    @Override
    String component() {
        return "amqp";
    }

    @Override
    List<TextMessage> received(String queue, int count) throws Exception {
        return ArtemisBroker.received(new JmsConnectionFactory(USER, PASSWORD, "amqp://127.0.0.1:" + port), queue, count);
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
}
