package io.mediajobs.live;

import io.mediajobs.config.Settings;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/**
 * What settings mean while the program runs: those that only routes refer to take effect with the routes, those that the program has acted on at its
 * start keep their value until the next start.
 */
final class LiveSettings {

    /** Camel cannot change the length of a queue that is in use. */
    private static final Set<String> OF_QUEUES = Set.of("archive.queue");

    private final Settings atStart;

    LiveSettings(Settings atStart) {
        this.atStart = atStart;
    }

    private boolean isFixed(String key) {
        return key.startsWith("camel.") || key.startsWith("org.quartz.") || OF_QUEUES.contains(key) || atStart.asked().contains(key);
    }

    /** What routes are built with, secrets included. */
    Properties of(Settings settings) {
        Properties all = settings.all();
        Properties start = atStart.all();
        Set<String> keys = new TreeSet<>(all.stringPropertyNames());
        keys.addAll(start.stringPropertyNames());
        for (String key : keys) {
            if (isFixed(key)) {
                if (start.containsKey(key)) {
                    all.setProperty(key, start.getProperty(key));
                } else {
                    all.remove(key);
                }
            }
        }
        return all;
    }

    /** Keys whose new value waits for the next start. */
    Set<String> waiting(Settings settings) {
        Properties all = settings.all();
        Properties start = atStart.all();
        Set<String> keys = new TreeSet<>(all.stringPropertyNames());
        keys.addAll(start.stringPropertyNames());
        Set<String> followed = new TreeSet<>();
        start.stringPropertyNames().stream().filter(key -> key.startsWith("camel.")).forEach(key -> followed.addAll(RouteText.keys(start.getProperty(key))));
        keys.removeIf(key -> !(isFixed(key) || followed.contains(key)) || String.valueOf(all.getProperty(key)).equals(String.valueOf(start.getProperty(key))));
        return keys;
    }

    /** Keys that stand for another value than before, themselves or through what they refer to. */
    static Set<String> difference(Properties before, Properties after) {
        Set<String> keys = new TreeSet<>(before.stringPropertyNames());
        keys.addAll(after.stringPropertyNames());
        keys.removeIf(key -> expanded(before, key, 0).equals(expanded(after, key, 0)));
        return keys;
    }

    private static String expanded(Properties all, String key, int depth) {
        String value = all.getProperty(key);
        if (value == null || depth > 10) {
            return String.valueOf(value);
        }
        StringBuilder whole = new StringBuilder(value);
        for (String inner : RouteText.keys(value)) {
            whole.append('\n').append(expanded(all, inner, depth + 1));
        }
        return whole.toString();
    }
}
