package io.mediajobs.live;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.camel.Endpoint;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** Puts routes into the running context and takes them out of it. */
final class RouteSwap {

    private final LiveContext context;
    private final String folder;
    private final RetiredRoutes retired;
    private final Map<String, List<RouteConfigurationDefinition>> configurations = new HashMap<>();

    /** @param folder the routes folder: where messages say that routes come from */
    RouteSwap(LiveContext context, String folder, RetiredRoutes retired) {
        this.context = context;
        this.folder = folder;
        this.retired = retired;
    }

    /** The files as Camel takes them in. */
    List<Resource> resources(RouteFiles files, Predicate<String> wanted) {
        return files.names().stream().filter(wanted).map(file -> resource(files, file)).toList();
    }

    private Resource resource(RouteFiles files, String file) {
        return ResourceHelper.fromBytes("file:" + folder + "/" + file, files.bytes(file));
    }

    static boolean isLoaded(String file) {
        return file.endsWith(RouteFiles.ROUTE) || file.endsWith(RouteFiles.KAMELET);
    }

    /** All of them, into a context that has not started. */
    void loadAll(RouteFiles files) throws Exception {
        PluginHelper.getRoutesLoader(context).loadRoutes(resources(files, file -> file.endsWith(RouteFiles.KAMELET)));
        for (List<RoutesBuilder> builders : configured(files, files.names().stream().filter(file -> file.endsWith(RouteFiles.ROUTE)).toList()).values()) {
            add(builders);
        }
    }

    /** Takes in the route configurations of all these files, and returns what adds their routes, which may be configured by them. */
    private Map<String, List<RoutesBuilder>> configured(RouteFiles files, Collection<String> names) throws Exception {
        Map<String, List<RoutesBuilder>> builders = new LinkedHashMap<>();
        for (String file : names) {
            List<RouteConfigurationDefinition> before = List.copyOf(context.getRouteConfigurationDefinitions());
            for (RoutesBuilder builder : PluginHelper.getRoutesLoader(context).findRoutesBuilders(List.of(resource(files, file)))) {
                builders.computeIfAbsent(file, name -> new ArrayList<>()).add(builder);
                if (builder instanceof RouteConfigurationsBuilder configuring) {
                    context.addRoutesConfigurations(configuring);
                }
            }
            List<RouteConfigurationDefinition> added = new ArrayList<>(context.getRouteConfigurationDefinitions());
            added.removeAll(before);
            configurations.put(file, added);
        }
        return builders;
    }

    private void add(List<RoutesBuilder> builders) throws Exception {
        for (RoutesBuilder builder : builders) {
            context.addRoutes(builder);
        }
    }

    /**
     * What is replaced stops taking in work and what replaces it starts; in between, calls from other routes wait.
     *
     * @param beginnings endpoint URIs of the routes that come in, by route id
     * @throws Exception if one of them does not start, which may be an {@link Error} too: a library that is not there shows only then. The rest is
     *                   not done; the way back is the caller's
     */
    void apply(Plan plan, Map<String, String> beginnings) throws Exception {
        exchange(plan, beginnings, false);
    }

    /**
     * As above, on the way back: what does not start keeps nothing else from starting.
     *
     * @throws NotStartedException with what does not start; all the rest is done
     */
    void restore(Plan plan, Map<String, String> beginnings) throws Exception {
        exchange(plan, beginnings, true);
    }

    private void exchange(Plan plan, Map<String, String> beginnings, boolean all) throws Exception {
        Set<String> uris = Set.copyOf(beginnings.values());
        Predicate<Endpoint> taken = endpoint -> uris.contains(endpoint.getEndpointUri());
        List<RetiringRoute> leaving = new ArrayList<>();
        try {
            for (String file : plan.out()) {
                for (String id : plan.leaving(file)) {
                    leaving.addAll(RetiringRoute.letGo(context, id, taken));
                }
            }
        } finally {
            retired.add(leaving);
        }
        retired.closeEntrances(taken);
        replaceDefinitions(plan);
        leaving.forEach(route -> route.forgetTrigger(taken));
        Map<String, Throwable> failures = new LinkedHashMap<>();
        for (Map.Entry<String, List<RoutesBuilder>> file : configured(plan.to(), plan.in()).entrySet()) {
            try {
                if (all || failures.isEmpty()) {
                    add(file.getValue());
                }
            } catch (Exception | Error e) {
                // Camel's own services only expect exceptions
                failures.put(file.getKey(), e);
            }
        }
        if (!failures.isEmpty()) {
            throw new NotStartedException(failures);
        }
    }

    /** Kamelets and route configurations, which hold for what is built from now on. */
    private void replaceDefinitions(Plan plan) throws Exception {
        for (String file : plan.changed()) {
            if (file.endsWith(RouteFiles.KAMELET)) {
                RouteTemplateDefinition old = context.getRouteTemplateDefinition(RouteFiles.stem(file));
                if (old != null) {
                    context.removeRouteTemplateDefinition(old);
                }
            }
        }
        List<Resource> kamelets = resources(plan.to(), file -> file.endsWith(RouteFiles.KAMELET) && plan.changed().contains(file));
        if (!kamelets.isEmpty()) {
            PluginHelper.getRoutesLoader(context).loadRoutes(kamelets);
        }
        for (String file : plan.out()) {
            context.getRouteConfigurationDefinitions().removeAll(configurations.getOrDefault(file, List.of()));
            configurations.remove(file);
        }
    }
}
