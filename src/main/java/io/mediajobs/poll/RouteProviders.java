package io.mediajobs.poll;

import io.mediajobs.config.Durations;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Route;
import org.apache.camel.component.kamelet.KameletEndpoint;

/** Finds the providers where they are declared: in the routes that begin with {@code kamelet:due-jobs}. */
public final class RouteProviders implements Providers, CamelContextAware {

    private static final String KAMELET = "due-jobs";

    private CamelContext context;

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    /** Camel says which context this was bound in. */
    @Override
    public void setCamelContext(CamelContext context) {
        this.context = context;
    }

    @Override
    public List<Provider> all() {
        return context.getRoutes().stream().map(this::provider).filter(Objects::nonNull)
                .sorted(Comparator.comparing(Provider::name)).toList();
    }

    private Provider provider(Route route) {
        if (!(route.getEndpoint() instanceof KameletEndpoint kamelet) || !KAMELET.equals(kamelet.getTemplateId())) {
            return null;
        }
        Map<String, Object> declared = kamelet.getKameletProperties();
        return new Provider(text(declared, "provider", route.getRouteId()),
                Durations.parse(text(declared, "every", "15s")),
                Durations.parse(text(declared, "deadline", "2h")),
                Rate.perSecond(text(declared, "rate", "5/s")),
                Integer.parseInt(text(declared, "atOnce", "10")),
                context.getRouteController().getRouteStatus(route.getRouteId()).isStarted());
    }

    private String text(Map<String, Object> declared, String name, String otherwise) {
        Object value = declared.get(name);
        return value == null ? otherwise : context.resolvePropertyPlaceholders(value.toString());
    }
}
