package io.mediajobs.live;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** A component whose jar came without another one that it needs. */
public final class LackingComponent extends DefaultComponent {

    /** As Java does it for a class that this one refers to. */
    public LackingComponent() {
        throw new NoClassDefFoundError("org/example/Missing");
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
        throw new IllegalStateException("nobody can make this component");
    }
}
