package io.mediajobs.live;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.Route;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.component.seda.SedaEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.RouteService;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteDefinitionHelper;
import org.apache.camel.spi.Registry;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.PropertyBindingSupport;
import org.apache.camel.util.StringHelper;

/**
 * Builds routes in a context of its own that is thrown away. Everything is made and prepared there, with the beans of the running program, and nothing
 * is started: Camel's endpoints open connections, look for buckets and make schedules only then.
 */
final class Trial {

    private final CamelContext live;
    private final Properties settings;

    Trial(CamelContext live, Properties settings) {
        this.live = live;
        this.settings = settings;
    }

    /**
     * @param all   all route files and kamelets
     * @param built ids of the routes to build
     * @return where each of them begins, by its id
     * @throws Exception what Camel says of the first that cannot be built
     */
    Map<String, String> build(Collection<Resource> all, Set<String> built) throws Exception {
        TrialContext context = new TrialContext(new DefaultRegistry(live.getRegistry()));
        try {
            context.getCamelContextExtension().setName(live.getName() + "-trial");
            context.setAutoStartup(false);
            context.disableJMX();
            PropertiesComponent placeholders = (PropertiesComponent) context.getPropertiesComponent();
            placeholders.setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_NEVER);
            placeholders.setSystemPropertiesMode(PropertiesComponent.SYSTEM_PROPERTIES_MODE_NEVER);
            placeholders.setOverrideProperties(settings);
            context.addLifecycleStrategy(new LifecycleStrategySupport() {
                @Override
                public void onComponentAdd(String name, Component component) {
                    configure(context, name, component);
                }
            });
            context.build();
            PluginHelper.getRoutesLoader(context).loadRoutes(all);
            List<RouteDefinition> definitions = List.copyOf(context.getRouteDefinitions());
            RouteDefinitionHelper.forceAssignIds(context, definitions);
            for (RouteDefinition definition : definitions) {
                if (!built.contains(definition.getRouteId())) {
                    // the others have been looked at when they came
                    continue;
                }
                String twice = RouteDefinitionHelper.validateUniqueIds(definition, definitions);
                if (twice != null) {
                    throw new IllegalArgumentException("The id " + twice + " stands twice, in route " + definition.getRouteId() + " and elsewhere");
                }
            }
            for (RouteDefinition definition : definitions) {
                if (!built.contains(definition.getRouteId())) {
                    context.getRouteDefinitions().remove(definition);
                }
            }
            context.init();
            Map<String, String> beginnings = new TreeMap<>();
            context.routes().forEach(route -> beginnings.put(route.getRouteId(), route.getEndpoint().getEndpointUri()));
            return beginnings;
        } finally {
            // a queue that never was cannot be purged
            context.getEndpoints().stream().filter(SedaEndpoint.class::isInstance).forEach(queue -> ((SedaEndpoint) queue).setPurgeWhenStopping(false));
            context.stop();
        }
    }

    /** As Camel Main does at the start: what {@code camel.component.NAME.…} says. */
    private void configure(CamelContext context, String name, Component component) {
        String prefix = "camel.component." + name + ".";
        Map<String, Object> options = new HashMap<>();
        for (String key : settings.stringPropertyNames()) {
            if (key.startsWith(prefix)) {
                options.put(StringHelper.dashToCamelCase(key.substring(prefix.length())), context.resolvePropertyPlaceholders(settings.getProperty(key)));
            }
        }
        if (!options.isEmpty()) {
            PropertyBindingSupport.build().withCamelContext(context).withTarget(component).withConfigurer(component.getComponentPropertyConfigurer())
                    .withIgnoreCase(true).withReflection(true).withProperties(options).withRemoveParameters(false).bind();
        }
    }

    /** Routes are listed from their start on only; here none starts. */
    private static final class TrialContext extends DefaultCamelContext {

        private TrialContext(Registry registry) {
            super(registry);
        }

        private List<Route> routes() {
            return getRouteServices().values().stream().map(RouteService::getRoute).toList();
        }
    }
}
