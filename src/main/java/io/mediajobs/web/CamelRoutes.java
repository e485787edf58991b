package io.mediajobs.web;

import io.mediajobs.report.Mappings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.spi.Resource;

/** The routes of one Camel context as they were loaded at the start. */
public final class CamelRoutes implements RouteCatalog {

    private static final Pattern MAPPING = Pattern.compile("(?m)^\\s*mapping:\\s*[\"']?([A-Za-z0-9][A-Za-z0-9._-]*)");

    private final CamelContext context;
    private final Path folder;
    private final Mappings mappings;
    private final Map<Route, List<String>> mappingsOf = Collections.synchronizedMap(new WeakHashMap<>());
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
        for (String mapping : mappingsOf.computeIfAbsent(route, CamelRoutes::mappingsIn)) {
            Optional<Mappings.Rejection> rejection = mappings.rejection(mapping);
            if (rejection.isPresent()) {
                Mappings.Rejection found = rejection.get();
                return new Rejected(found.at(), found.line(), found.column(), found.message() + ".");
            }
        }
        return null;
    }

    /** Those that the route's file names as the parameter of {@code kamelet:read-report}. */
    private static List<String> mappingsIn(Route route) {
        try (InputStream content = route.getSourceResource().getInputStream()) {
            return MAPPING.matcher(new String(content.readAllBytes(), StandardCharsets.UTF_8)).results().map(found -> found.group(1)).toList();
        } catch (IOException e) {
            // the file is gone while its route runs on: then nobody knows, as with its version
            return List.of();
        }
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
