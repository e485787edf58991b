package io.mediajobs.events;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.component.aws2.sqs.ExchangeIdMessageDeduplicationIdStrategy;
import org.apache.camel.component.aws2.sqs.Sqs2Configuration;
import org.apache.camel.component.aws2.sqs.Sqs2Constants;
import org.apache.camel.component.aws2.sqs.Sqs2Endpoint;
import org.apache.camel.component.aws2.sqs.Sqs2HeaderFilterStrategy;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * Gives the endpoints of SQS what no setting of Camel's can: messages to a FIFO queue are known by the ids that the route has set, and not by
 * one that is new at every try, which would make each repeat another message. What an endpoint's own address says stays.
 */
public final class SqsEndpoints extends LifecycleStrategySupport {

    /** The exchange property that holds what a FIFO queue knows a repeat by; the group is in {@code CamelAwsMessageGroupId}. */
    static final String DEDUPLICATION_ID = "CamelAwsMessageDeduplicationId";

    private static final String SCHEME = "aws2-sqs:";
    /** What SQS takes as a group or a deduplication id: up to 128 letters, digits and signs of ASCII, no blank. */
    private static final Pattern FITTING = Pattern.compile("[!-~]{1,128}");
    /** Headers that other brokers need; here they would be attributes of the message. In lower case, as Camel compares them. */
    private static final List<String> OF_OTHERS = List.of("kafka.key", "jmsxgroupid");

    @Override
    public void onEndpointAdd(Endpoint endpoint) {
        // asked first, so that a program without SQS loads nothing of it
        if (!endpoint.getEndpointUri().startsWith(SCHEME) || !(endpoint instanceof Sqs2Endpoint queue)) {
            return;
        }
        Sqs2Configuration configuration = queue.getConfiguration();
        if (configuration.getMessageGroupIdStrategy() == null) {
            configuration.setMessageGroupIdStrategy((Exchange exchange) -> fitting(exchange.getProperty(Sqs2Constants.MESSAGE_GROUP_ID_PROPERTY, String.class)));
        }
        if (configuration.getMessageDeduplicationIdStrategy() instanceof ExchangeIdMessageDeduplicationIdStrategy) {
            configuration.setMessageDeduplicationIdStrategy((Exchange exchange) -> fitting(exchange.getProperty(DEDUPLICATION_ID, exchange.getExchangeId(), String.class)));
        }
        if (queue.getHeaderFilterStrategy() == null) {
            // Camel's own, which it would put there after this
            Sqs2HeaderFilterStrategy headers = new Sqs2HeaderFilterStrategy();
            headers.getOutFilter().addAll(OF_OTHERS);
            queue.setHeaderFilterStrategy(headers);
        }
    }

    /** A job's id may be longer, and have any characters: then its SHA-256 stands for it, which is the same for the same id. */
    static String fitting(String id) {
        if (id == null || FITTING.matcher(id).matches()) {
            return id;
        }
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
