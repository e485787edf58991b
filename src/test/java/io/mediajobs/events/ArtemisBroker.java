package io.mediajobs.events;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.security.CheckType;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.spi.core.security.ActiveMQSecurityManager;

/** A real Artemis broker in this process, which speaks its own protocol and AMQP 1.0 on one port. What it was sent survives its stop. */
public final class ArtemisBroker implements AutoCloseable {

    private final EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
    private final int port;

    /** Lets everybody in. */
    public static ArtemisBroker start(Path folder, int port) throws Exception {
        return new ArtemisBroker(folder, port, null, null);
    }

    /** Lets in who knows the password. */
    public static ArtemisBroker start(Path folder, int port, String user, String password) throws Exception {
        return new ArtemisBroker(folder, port, user, password);
    }

    private ArtemisBroker(Path folder, int port, String user, String password) throws Exception {
        this.port = port;
        broker.setConfiguration(new ConfigurationImpl()
                .setPersistenceEnabled(true)
                .setJournalDirectory(folder.resolve("journal").toString())
                .setBindingsDirectory(folder.resolve("bindings").toString())
                .setPagingDirectory(folder.resolve("paging").toString())
                .setLargeMessagesDirectory(folder.resolve("large").toString())
                .setSecurityEnabled(user != null)
                .setJMXManagementEnabled(false)
                .addAcceptorConfiguration("tcp", "tcp://127.0.0.1:" + port)
                .addAddressSetting("#", new AddressSettings().setAutoCreateQueues(true).setAutoCreateAddresses(true).setAutoDeleteQueues(false)
                        .setMaxDeliveryAttempts(-1)));
        if (user != null) {
            broker.setSecurityManager(new ActiveMQSecurityManager() {
                @Override
                public boolean validateUser(String name, String word) {
                    return user.equals(name) && password.equals(word);
                }

                @Override
                public boolean validateUserAndRole(String name, String word, Set<Role> roles, CheckType check) {
                    return validateUser(name, word);
                }
            });
        }
        broker.start();
    }

    int connections() {
        return broker.getActiveMQServer().getConnectionCount();
    }

    /** Takes messages until {@code count} are there, and sees to it that there is no other. */
    public static List<TextMessage> received(ConnectionFactory factory, String queue, int count) throws JMSException {
        List<TextMessage> messages = new ArrayList<>();
        try (Connection connection = factory.createConnection()) {
            connection.start();
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageConsumer consumer = session.createConsumer(session.createQueue(queue));
            while (messages.size() < count) {
                TextMessage message = (TextMessage) consumer.receive(5_000);
                if (message == null) {
                    throw new AssertionError("There is no message " + (messages.size() + 1) + " in " + queue + ".");
                }
                messages.add(message);
            }
            if (consumer.receiveNoWait() != null) {
                throw new AssertionError("There are more than " + count + " messages in " + queue + ".");
            }
        }
        return messages;
    }

    /** Puts texts into a queue, in this order. */
    public static void send(ConnectionFactory factory, String queue, List<String> texts) throws JMSException {
        try (Connection connection = factory.createConnection()) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(session.createQueue(queue));
            for (String text : texts) {
                producer.send(session.createTextMessage(text));
            }
        }
    }

    /** How many messages a queue holds, those included that a consumer has not acknowledged. */
    public long waiting(String queue) {
        var found = broker.getActiveMQServer().locateQueue(queue);
        return found == null ? 0 : found.getMessageCount();
    }

    public int port() {
        return port;
    }

    /** May be called more than once. */
    @Override
    public void close() throws Exception {
        broker.stop();
    }
}
