package io.mediajobs.events;

import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** Events by JMS, over the broker's own protocol. */
class JmsEventsIT extends ArtemisEventsContract {

    @Override
    ArtemisBroker broker(Path folder) throws Exception {
        return ArtemisBroker.start(folder, port);
    }

    @Override
    Map<String, String> connection() throws Exception {
        Map<String, String> settings = new HashMap<>(ShippedExample.commentedOut("camel.beans.artemis", "camel.beans.jmsConnections",
                "camel.component.jms.connection-factory"));
        settings.replaceAll((key, value) -> value.replace("localhost:61616", "127.0.0.1:" + port));
        settings.remove("camel.beans.artemis.user");
        settings.remove("camel.beans.artemis.password");
        return settings;
    }

    @Override
    String component() {
        return "jms";
    }

    @Override
    List<TextMessage> received(String queue, int count) throws Exception {
        try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port)) {
            return ArtemisBroker.received(factory, queue, count);
        }
    }
}
