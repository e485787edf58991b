package io.mediajobs.poll;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Route;
import org.apache.camel.SuspendableService;
import org.apache.camel.component.kamelet.KameletEndpoint;

/** Finds the providers where they are declared: in the routes that begin with {@code kamelet:due-jobs}. */
public final class RouteProviders implements Providers, CamelContextAware {

    private static final String KAMELET = "due-jobs";
    private static final String LIST_KAMELET = "due-list";

    /** Who came while routes were exchanged is answered within this time, in nanoseconds. */
    private static final long AFTERWARDS = 1_000_000_000L;

    /** What the routes declared before they were exchanged: the parameters of each kamelet by the name of its provider. */
    private record Held(List<Provider> all, Map<String, Map<String, Map<String, String>>> declared) {
    }

    private CamelContext context;
    private volatile Held held;
    private volatile long changedAt = System.nanoTime() - AFTERWARDS;

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    /** Camel says which context this was bound in. */
    @Override
    public void setCamelContext(CamelContext context) {
        this.context = context;
    }

    /**
     * While routes are exchanged, a provider is there though its route is not, with its webhook, its list and its assets.
     *
     * @param still true to answer as it stands now, until false
     */
    public void hold(boolean still) {
        changedAt = System.nanoTime();
        held = still ? new Held(current(), Map.of(KAMELET, byProvider(KAMELET), LIST_KAMELET, byProvider(LIST_KAMELET))) : null;
    }

    private Map<String, Map<String, String>> byProvider(String kamelet) {
        Map<String, Map<String, String>> declared = new HashMap<>();
        declaring(kamelet).forEach(parameters -> declared.putIfAbsent(parameters.get("provider"), parameters));
        return declared;
    }

    @Override
    public boolean areChanging() {
        return held != null || System.nanoTime() - changedAt < AFTERWARDS;
    }

    @Override
    public List<Provider> all() {
        Held known = held;
        return known == null ? current() : known.all;
    }

    private List<Provider> current() {
        return context.getRoutes().stream().map(this::provider).filter(Objects::nonNull)
                .sorted(Comparator.comparing(Provider::name)).toList();
    }

    private Provider provider(Route route) {
        if (!begins(route, KAMELET)) {
            return null;
        }
        KameletEndpoint kamelet = (KameletEndpoint) route.getEndpoint();
        Map<String, String> declared = declared(kamelet);
        ProviderTerms terms = ProviderTerms.parse(declared);
        return new Provider(declared.getOrDefault("provider", route.getRouteId()), terms.every(), terms.firstAfter(), terms.deadline(), terms.perSecond(), terms.atOnce(),
                terms.predicted(), terms.stalledAfter(), terms.account(), isRunning(route));
    }

    private static boolean begins(Route route, String kamelet) {
        return route.getEndpoint() instanceof KameletEndpoint source && kamelet.equals(source.getTemplateId());
    }

    private boolean isRunning(Route route) {
        return context.getRouteController().getRouteStatus(route.getRouteId()).isStarted() && !isPaused(((KameletEndpoint) route.getEndpoint()).getRouteId());
    }

    private Map<String, String> declared(KameletEndpoint kamelet) {
        Map<String, String> declared = new HashMap<>();
        kamelet.getKameletProperties().forEach((name, value) -> declared.put(name, context.resolvePropertyPlaceholders(String.valueOf(value))));
        return declared;
    }

    @Override
    public Optional<HookTerms> hook(String name) {
        return declared(KAMELET, name).map(HookTerms::parse);
    }

    @Override
    public AssetTerms assets(String name) {
        return declared(KAMELET, name).map(AssetTerms::parse).orElse(AssetTerms.NONE);
    }

    @Override
    public Optional<ListTerms> list(String name) {
        return declared(LIST_KAMELET, name).map(ListTerms::parse);
    }

    /** The parameters of the running route that begins with a kamelet for this provider. */
    private Optional<Map<String, String>> declared(String kamelet, String name) {
        Held known = held;
        return known != null ? Optional.ofNullable(known.declared.get(kamelet).get(name))
                : declaring(kamelet).filter(declared -> name.equals(declared.get("provider"))).findFirst();
    }

    private Stream<Map<String, String>> declaring(String kamelet) {
        return context.getRoutes().stream().filter(route -> begins(route, kamelet) && (kamelet.equals(KAMELET) || isRunning(route)))
                .map(route -> declared((KameletEndpoint) route.getEndpoint()));
    }

    /** Whether the tick that the kamelet makes is paused, as an operator does it. */
    private boolean isPaused(String tick) {
        Route route = context.getRoute(tick);
        return route != null && route.getConsumer() instanceof SuspendableService source && source.isSuspended();
    }
}
