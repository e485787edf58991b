package io.mediajobs.live;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * What a route file or kamelet refers to outside of itself: what must be built anew when that changes.
 *
 * @param routeIds       of the routes in it
 * @param configuredBy   what its routes name as their {@code routeConfigurationId}; null if they name none
 * @param configurations ids of the route configurations in it; {@code ""} for one without, which holds for all routes that name none
 * @param kamelets       names of the kamelets it uses
 * @param mappings       names of the jq files it uses, with their ending
 * @param keys           settings it refers to
 */
record RouteText(List<String> routeIds, String configuredBy, Set<String> configurations, Set<String> kamelets, Set<String> mappings, Set<String> keys) {

    private static final Pattern KAMELET = Pattern.compile("kamelet:(?://)?([A-Za-z0-9_-]+)");
    private static final Pattern MAPPING = Pattern.compile("(?m)^\\s*mapping:\\s*[\"']?([A-Za-z0-9][A-Za-z0-9._-]*)|\\b([A-Za-z0-9][A-Za-z0-9._-]*+(?<=\\.jq))");
    private static final Pattern KEY = Pattern.compile("\\{\\{\\??([A-Za-z][A-Za-z0-9.-]*)(?::[^{}]*)?}}");
    private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*#.*$");

    /** Of a file that passed the checks; of one that cannot be read, as much as can be seen. */
    static RouteText of(byte[] content) {
        String text = COMMENT.matcher(new String(content, StandardCharsets.UTF_8)).replaceAll("");
        List<String> routes = new ArrayList<>();
        Set<String> configurations = new HashSet<>();
        String configuredBy = null;
        for (Map<?, ?> entry : entries(text)) {
            if (entry.get("route") instanceof Map<?, ?> route) {
                routes.add(String.valueOf(route.get("id")));
                configuredBy = route.get("routeConfigurationId") == null ? configuredBy : String.valueOf(route.get("routeConfigurationId"));
            }
            if (entry.get("routeConfiguration") instanceof Map<?, ?> configuration) {
                configurations.add(configuration.get("id") == null ? "" : String.valueOf(configuration.get("id")));
            }
        }
        Set<String> mappings = new TreeSet<>();
        found(MAPPING, text).forEach(name -> mappings.add(name.endsWith(RouteFiles.MAPPING) ? name : name + RouteFiles.MAPPING));
        return new RouteText(routes, configuredBy, configurations, found(KAMELET, text), mappings, keys(text));
    }

    static Set<String> keys(String text) {
        return found(KEY, text);
    }

    private static Set<String> found(Pattern pattern, String text) {
        Set<String> names = new TreeSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            names.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
        }
        return names;
    }

    private static List<Map<?, ?>> entries(String text) {
        try {
            Object tree = load(text);
            if (tree instanceof List<?> list) {
                return list.stream().filter(Map.class::isInstance).<Map<?, ?>>map(entry -> (Map<?, ?>) entry).toList();
            }
        } catch (YamlEngineException e) {
            // whoever checks the file tells it
            return List.of();
        }
        return List.of();
    }

    private static Object load(String text) {
        return new Load(LoadSettings.builder().build()).loadFromString(text);
    }
}
