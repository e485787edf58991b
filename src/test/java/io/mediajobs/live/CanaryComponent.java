package io.mediajobs.live;

import java.net.ConnectException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;

/**
 * A component that writes down when one of its endpoints, producers or consumers is started: what would open a connection. The source
 * {@code canary:lacking} is one whose library is not there, and {@code canary:far} one whose server may be away.
 */
public final class CanaryComponent extends DefaultComponent {

    static final List<String> TOUCHED = new CopyOnWriteArrayList<>();
    /** How often {@code canary:far} will not start. */
    static final AtomicInteger AWAY = new AtomicInteger();

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
        return new DefaultEndpoint(uri, this) {
            @Override
            public Producer createProducer() {
                return new DefaultProducer(this) {
                    @Override
                    public void process(org.apache.camel.Exchange exchange) {
                        TOUCHED.add("called " + uri);
                    }

                    @Override
                    protected void doStart() {
                        TOUCHED.add("producer of " + uri);
                    }
                };
            }

            @Override
            public Consumer createConsumer(Processor processor) {
                return new DefaultConsumer(this, processor) {
                    @Override
                    protected void doStart() throws Exception {
                        TOUCHED.add("consumer of " + uri);
                        if (uri.endsWith("lacking")) {
                            throw new NoClassDefFoundError("org/example/Missing");
                        }
                        if (uri.endsWith("far") && AWAY.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                            throw new ConnectException("Connection refused");
                        }
                    }
                };
            }

            @Override
            protected void doStart() {
                TOUCHED.add("endpoint " + uri);
            }
        };
    }
}
