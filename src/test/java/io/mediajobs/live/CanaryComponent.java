package io.mediajobs.live;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;

/** A component that writes down when one of its endpoints, producers or consumers is started: what would open a connection. */
public final class CanaryComponent extends DefaultComponent {

    static final List<String> TOUCHED = new CopyOnWriteArrayList<>();

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
                    protected void doStart() {
                        TOUCHED.add("consumer of " + uri);
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
