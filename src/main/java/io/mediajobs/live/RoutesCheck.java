package io.mediajobs.live;

import io.mediajobs.config.Settings;
import io.mediajobs.report.MappingException;
import io.mediajobs.report.Mappings;
import io.mediajobs.report.Redaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * Looks through a routes folder without starting anything: every YAML file can be read as a route, its id is its file's name and
 * nobody else's, every mapping compiles. What only shows when a route is built (a wrong option, a bean that is not there) is not found.
 */
public final class RoutesCheck {

    private static final String ROUTE = ".camel.yaml";
    private static final String KAMELET = ".kamelet.yaml";
    private static final String MAPPING = ".jq";

    private final Settings settings;
    private final Path folder;
    private final List<Finding> findings = new ArrayList<>();
    private final Map<String, String> fileOfId = new HashMap<>();
    private int files;

    /** @param settings what placeholders in the routes stand for, and {@code routes.folder} */
    public RoutesCheck(Settings settings) {
        this.settings = settings;
        this.folder = settings.path("routes.folder");
    }

    /** All that is wrong, file by file. */
    public List<Finding> findings() {
        findings.clear();
        fileOfId.clear();
        files = 0;
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path path : walk.filter(Files::isRegularFile).sorted().toList()) {
                check(path);
            }
        } catch (IOException e) {
            findings.add(new Finding(folder.toString(), "This folder cannot be read (" + e.getClass().getSimpleName() + ")."));
        }
        return List.copyOf(findings);
    }

    /** How many files the last look was at. */
    public int files() {
        return files;
    }

    private void check(Path path) {
        String name = path.getFileName().toString();
        String file = folder.relativize(path).toString();
        if (name.endsWith(ROUTE)) {
            files++;
            checkRoute(path, file, name.substring(0, name.length() - ROUTE.length()));
        } else if (name.endsWith(KAMELET)) {
            files++;
            checkKamelet(path, file);
        } else if (name.endsWith(MAPPING)) {
            files++;
            try {
                new Mappings(path.getParent()).check(name);
            } catch (MappingException e) {
                add(file, e);
            }
        } else if (name.endsWith(".yaml") || name.endsWith(".yml")) {
            findings.add(new Finding(file, "This file is not loaded: the name of a route file ends in " + ROUTE + "."));
        }
    }

    private void checkRoute(Path path, String file, String stem) {
        try (DefaultCamelContext scratch = scratch()) {
            PluginHelper.getRoutesLoader(scratch).loadRoutes(resource(scratch, path));
            List<RouteDefinition> routes = scratch.getRouteDefinitions();
            if (routes.isEmpty() && scratch.getRouteConfigurationDefinitions().isEmpty()) {
                findings.add(new Finding(file, "There is no route in this file."));
            }
            if (routes.size() > 1) {
                findings.add(new Finding(file, "There are " + routes.size() + " routes in this file; one is allowed."));
            }
            for (RouteDefinition route : routes) {
                checkId(file, stem, route.hasCustomIdAssigned() ? route.getId() : null);
            }
        } catch (Exception e) {
            add(file, e);
        }
    }

    private void checkId(String file, String stem, String id) {
        if (id == null) {
            findings.add(new Finding(file, "The route has no id; it should be " + stem + ", as the file."));
            return;
        }
        if (!id.equals(stem)) {
            findings.add(new Finding(file, "The route's id is " + id + "; it should be " + stem + ", as the file."));
        }
        String other = fileOfId.putIfAbsent(id, file);
        if (other != null) {
            findings.add(new Finding(file, "The route's id " + id + " is also that of " + other + "."));
        }
    }

    private void checkKamelet(Path path, String file) {
        try (DefaultCamelContext scratch = scratch()) {
            PluginHelper.getRoutesLoader(scratch).loadRoutes(resource(scratch, path));
        } catch (Exception e) {
            add(file, e);
        }
    }

    private DefaultCamelContext scratch() {
        DefaultCamelContext scratch = new DefaultCamelContext();
        scratch.setAutoStartup(false);
        scratch.getPropertiesComponent().setOverrideProperties(settings.all());
        scratch.build();
        return scratch;
    }

    private static Resource resource(DefaultCamelContext scratch, Path path) {
        return ResourceHelper.resolveResource(scratch, "file:" + path);
    }

    private void add(String file, Exception problem) {
        Throwable root = problem;
        while (root.getCause() != null && root.getCause().getMessage() != null) {
            root = root.getCause();
        }
        String message = Redaction.text(String.valueOf(root.getMessage())).strip().replaceAll("\\s*\\R\\s*", " ");
        findings.add(new Finding(file, message.endsWith(".") ? message : message + "."));
    }
}
