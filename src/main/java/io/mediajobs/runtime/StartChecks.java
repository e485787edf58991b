package io.mediajobs.runtime;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.NearestName;
import io.mediajobs.config.Settings;
import io.mediajobs.live.ProviderFiles;
import io.mediajobs.live.RouteFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is checked of the settings before anything starts: that every key is known, that every provider that is on has what it needs, the ports. */
final class StartChecks {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{\\??([A-Za-z][A-Za-z0-9.-]*)(:[^{}]*)?}}");

    /** Parameters of kamelet:due-jobs that hold names of settings and not their values. */
    private static final Pattern NAMES_OF_SETTINGS = Pattern.compile("(?m)^\\s*(?:hookSecrets|assetKey|assetKeyUrl):(.*)$");
    private static final Pattern WEB_ADDRESS = Pattern.compile("(?i)https?://[^/?#\\s]+\\S*");
    private static final Pattern READ_AS_IT_IS = Pattern.compile("s3\\..+|archive\\.proxy.*|store\\.(user|password)|http\\.token");
    private static final int LARGEST_PORT = 65535;
    private static final Set<String> ANY_HOST = Set.of("0.0.0.0", "::");
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1");

    private final Settings settings;

    private StartChecks(Settings settings) {
        this.settings = settings;
    }

    /** @throws ConfigurationException with a sentence that names the key */
    static void run(Settings settings) {
        new StartChecks(settings).all();
    }

    private void all() {
        Path folder = settings.path("routes.folder");
        if (!Files.isDirectory(folder)) {
            throw new ConfigurationException("The routes folder " + folder + " (routes.folder) does not exist. Start from the folder of the"
                    + " distribution, or set routes.folder to where the routes are.");
        }
        Map<Path, String> files = read(folder);
        if (files.keySet().stream().noneMatch(file -> file.getFileName().toString().endsWith(".camel.yaml"))) {
            throw new ConfigurationException("The routes folder " + folder + " (routes.folder) has no routes in it: no file *.camel.yaml. Set routes.folder"
                    + " to where the routes are.");
        }
        unknownKeys(files);
        settings.requireKinds();
        settings.requireHidableSecrets();
        references();
        providers(files);
        ports();
    }

    private static Map<Path, String> read(Path folder) {
        // by stem, so that a provider's own file is named before that of its list
        Map<Path, String> files = new TreeMap<>(Comparator.comparing(ProviderFiles::stem).thenComparing(Comparator.naturalOrder()));
        try {
            for (Path path : RouteFiles.list(folder).stream().filter(path -> path.getFileName().toString().endsWith(".yaml")).toList()) {
                // what is no text is told by the check of the routes, which names the file
                files.put(path, new String(Files.readAllBytes(path), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new ConfigurationException("The routes folder " + folder + " cannot be read: " + e.getMessage() + ".", e);
        }
        return files;
    }

    /** A key that nobody reads is a misspelt one: it would silently do nothing. */
    private void unknownKeys(Map<Path, String> files) {
        Set<String> known = new TreeSet<>(settings.shippedKeys());
        files.values().forEach(text -> {
            known.addAll(placeholders(text));
            NAMES_OF_SETTINGS.matcher(text).results().forEach(names -> known.addAll(List.of(names.group(1).split("[\\s,\"']+"))));
        });
        for (String key : new TreeSet<>(settings.all().stringPropertyNames())) {
            if (!known.contains(key) && !key.startsWith("camel.") && !key.startsWith("org.quartz.")) {
                List<String> candidates = List.copyOf(known);
                throw new ConfigurationException("The setting " + key + " is not known" + NearestName.of(key, candidates)
                        .map(near -> "; did you mean " + near + "?").orElse(".") + " No route refers to it either.");
            }
        }
    }

    // what is read here and not by Camel knows of the environment alone: another reference would be taken for the value itself
    private void references() {
        for (String key : settings.shippedKeys()) {
            if (READ_AS_IT_IS.matcher(key).matches() && settings.all().getProperty(key).contains("{{")) {
                throw new ConfigurationException("The setting " + key + " refers to something that is no environment variable. It takes a value, or {{env:NAME}}.");
            }
        }
    }

    private void providers(Map<Path, String> files) {
        files.forEach((path, text) -> {
            if (!path.getParent().getFileName().toString().equals("providers") || !ProviderFiles.isOn(settings, path)) {
                return;
            }
            for (String key : placeholders(text)) {
                requireValue(path, text, key);
                requireWebAddress(key);
            }
        });
    }

    private void requireWebAddress(String key) {
        if (key.startsWith("provider.") && key.endsWith(".url") && settings.has(key) && !WEB_ADDRESS.matcher(settings.text(key)).matches()) {
            throw new ConfigurationException("The setting " + key + " is wrong: an address of a provider begins with http:// or https:// and has a host.");
        }
    }

    private void ports() {
        int http = port("http.port");
        int observe = port("observe.port");
        if (http == observe && http != 0 && settings.flag("camel.management.enabled") && sameHost(settings.text("http.host"), settings.text("observe.host"))) {
            throw new ConfigurationException("The settings http.port and observe.port are both " + http + "; they are two servers and need two ports.");
        }
    }

    private int port(String key) {
        int port = settings.number(key);
        if (port < 0 || port > LARGEST_PORT) {
            throw new ConfigurationException("The setting " + key + " is wrong: " + port + " is not a port; ports are 0 (any that is free) to " + LARGEST_PORT + ".");
        }
        return port;
    }

    private static boolean sameHost(String one, String other) {
        return one.equalsIgnoreCase(other) || ANY_HOST.contains(one) || ANY_HOST.contains(other)
                || LOOPBACK.contains(one.toLowerCase(Locale.ROOT)) && LOOPBACK.contains(other.toLowerCase(Locale.ROOT));
    }

    private void requireValue(Path path, String text, String key) {
        if (text.contains("{{" + key + ":") || text.contains("{{?" + key)) {
            return;
        }
        String stem = ProviderFiles.stem(path);
        String off = settings.shippedKeys().contains(ProviderFiles.enabledKey(stem))
                ? ", or switch the provider off with " + ProviderFiles.enabledKey(stem) + "=false" : ", or move " + path.getFileName() + " out of the routes folder";
        String needed = settings.has(key) ? emptyReference(key) : key;
        if (needed != null) {
            String variable = Settings.environmentVariable(needed);
            throw new ConfigurationException("Provider " + stem + " needs the setting " + needed + ", and it has no value. Set the environment variable "
                    + variable + off + ".");
        }
    }

    /** A value such as {@code Bearer {{provider.stories.key}}} has a value, but not if the key in it has none. */
    private String emptyReference(String key) {
        for (String inner : placeholders(settings.text(key))) {
            if (!settings.has(inner)) {
                return inner;
            }
        }
        return null;
    }

    private static Set<String> placeholders(String text) {
        Set<String> keys = new TreeSet<>();
        Matcher placeholder = PLACEHOLDER.matcher(text);
        while (placeholder.find()) {
            keys.add(placeholder.group(1));
        }
        return keys;
    }
}
