package io.mediajobs.web;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.spi.Resource;

/** The routes of one Camel context, as they were loaded. */
public final class CamelRoutes implements RouteCatalog {

    private final CamelContext context;
    private final Path folder;
    /** A version is what its route was made of; later edits of the file are not what runs. */
    private final Map<Route, String> versions = Collections.synchronizedMap(new WeakHashMap<>());

    /** @param folder the routes folder */
    public CamelRoutes(CamelContext context, Path folder) {
        this.context = context;
        this.folder = folder.toAbsolutePath().normalize();
    }

    @Override
    public Edition edition() {
        return new Edition(null, null, List.of(), List.of());
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
                route.getUptimeMillis() == 0 ? null : Instant.now().minusMillis(route.getUptimeMillis()).truncatedTo(ChronoUnit.SECONDS), null);
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
