package io.mediajobs.web;

import io.mediajobs.report.Mappings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.spi.Resource;

/** The routes of one Camel context as they were loaded at the start. */
public final class CamelRoutes implements RouteCatalog {

    private static final Pattern READ_REPORT = Pattern.compile("^kamelet:(?://)?read-report.*[?&]mapping=([^&]+)");

    private final CamelContext context;
    private final Path folder;
    private final Mappings mappings;
    /** A version is what was on disk when its route was first seen; later edits of the file are not what runs. */
    private final Map<Route, String> versions = Collections.synchronizedMap(new WeakHashMap<>());

    /**
     * @param folder   the routes folder
     * @param mappings whose edits that cannot be used are told with the routes that read answers by them
     */
    public CamelRoutes(CamelContext context, Path folder, Mappings mappings) {
        this.mappings = mappings;
        this.context = context;
        this.folder = folder.toAbsolutePath().normalize();
    }

    @Override
    public List<RouteEntry> all() {
        return context.getRoutes().stream()
                .filter(route -> !route.isCreatedByKamelet() && route.getSourceResource() != null)
                .map(this::entry)
                .sorted(Comparator.comparing(RouteEntry::file).thenComparing(RouteEntry::id))
                .toList();
    }

    private RouteEntry entry(Route route) {
        String state = context.getRouteController().getRouteStatus(route.getId()).name().toLowerCase(Locale.ROOT);
        return new RouteEntry(route.getRouteId(), file(route.getSourceResource()), state, versions.computeIfAbsent(route, CamelRoutes::version),
                route.getUptimeMillis() == 0 ? null : Instant.now().minusMillis(route.getUptimeMillis()).truncatedTo(ChronoUnit.SECONDS), rejected(route));
    }

    private Rejected rejected(Route route) {
        for (String mapping : mappingsOf(route)) {
            Optional<Mappings.Rejection> rejection = mappings.rejection(mapping);
            if (rejection.isPresent()) {
                Mappings.Rejection found = rejection.get();
                return new Rejected(found.at(), found.line(), found.column(), found.message() + ".");
            }
        }
        return null;
    }

    /** Those that the route names in a call of {@code kamelet:read-report}. */
    private static List<String> mappingsOf(Route route) {
        List<String> names = new ArrayList<>();
        if (route.getRoute() instanceof RouteDefinition definition) {
            for (ToDefinition to : ProcessorDefinitionHelper.filterTypeInOutputs(definition.getOutputs(), ToDefinition.class)) {
                Matcher call = READ_REPORT.matcher(String.valueOf(to.getUri()));
                if (call.find()) {
                    names.add(call.group(1));
                }
            }
        }
        return names;
    }

    private String file(Resource resource) {
        String location = resource.getLocation();
        Path path = Path.of(location.startsWith("file:") ? location.substring(5) : location).toAbsolutePath().normalize();
        return (path.startsWith(folder) ? folder.relativize(path) : path.getFileName()).toString().replace('\\', '/');
    }

    private static String version(Route route) {
        try (InputStream content = route.getSourceResource().getInputStream()) {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content.readAllBytes()), 0, 6);
        } catch (IOException e) {
            return null;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
