package io.mediajobs.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All settings of one process. Later layers win: the shipped {@code application.properties} (which is also the list of known
 * keys), the operator's file, environment variables ({@code EVENTS_URI} for {@code events.uri}), {@code -D} system properties,
 * and what the command line says.
 */
public final class Settings {

    private static final Pattern ENVIRONMENT = Pattern.compile("\\{\\{env:([A-Za-z_][A-Za-z0-9_]*)(?::([^{}]*))?}}");

    private static final Pattern REFERENCE = Pattern.compile("\\{\\{([A-Za-z][A-Za-z0-9.-]*)}}");

    /** What a setting may say instead of a time or a number. */
    private static final Set<String> NOT_AT_ALL = Set.of("never", "none", "0");

    private final Properties values;
    private final Set<String> shipped;
    /** Keys whose value comes from the environment. */
    private final Set<String> referring;
    private final Sources sources;
    /** What was asked for so far, with the parser of its text. */
    private final Map<String, Function<String, ?>> asked = new ConcurrentHashMap<>();

    /** Where settings come from; what a changed file is read with again. */
    private record Sources(Path home, List<Path> files, Map<String, String> environment, Map<String, String> system, Map<String, String> overrides) {
    }

    private Settings(Properties values, Set<String> shipped, Set<String> referring, Sources sources) {
        this.values = values;
        this.shipped = shipped;
        this.referring = referring;
        this.sources = sources;
    }

    /**
     * @param home        the folder that relative paths are relative to: where {@code routes/} is
     * @param files       the operator's properties files, later ones win; each need not say everything
     * @param environment usually {@code System.getenv()}
     * @param system      usually {@code System.getProperties()}
     * @param overrides   what this process insists on, such as the demo's addresses; never null
     * @throws ConfigurationException if the file cannot be read
     */
    public static Settings load(Path home, List<Path> files, Map<String, String> environment, Properties system, Map<String, String> overrides) {
        Map<String, String> properties = new TreeMap<>();
        system.stringPropertyNames().forEach(key -> properties.put(key, system.getProperty(key)));
        Map<Path, byte[]> contents = new LinkedHashMap<>();
        files.forEach(file -> contents.put(file, bytes(file)));
        return load(new Sources(home, List.copyOf(files), Map.copyOf(environment), properties, Map.copyOf(overrides)), contents);
    }

    /**
     * The same with other files: what a start now would have.
     *
     * @param contents of each of {@link #files}
     * @throws ConfigurationException if one cannot be read
     */
    public Settings again(Map<Path, byte[]> contents) {
        return load(sources, contents);
    }

    /** The same values, with nothing asked for yet: for whoever looks at them without living by them. */
    public Settings copy() {
        return new Settings(values, shipped, referring, sources);
    }

    /** The same with another value for one key, and nothing asked for yet. */
    public Settings with(String key, String value) {
        Properties other = all();
        other.setProperty(key, value);
        return new Settings(other, shipped, referring, sources);
    }

    private static Settings load(Sources sources, Map<Path, byte[]> contents) {
        Map<String, String> environment = sources.environment;
        Properties defaults = shippedProperties();
        Properties values = new Properties();
        values.putAll(defaults);
        Set<String> shipped = new TreeSet<>(values.stringPropertyNames());
        sources.files.forEach(file -> values.putAll(read(file, contents.get(file))));
        for (String key : new TreeSet<>(values.stringPropertyNames())) {
            String variable = environment.get(environmentName(key));
            if (variable != null) {
                values.setProperty(key, variable);
            }
        }
        sources.system.forEach((key, value) -> {
            if (shipped.contains(key) || values.containsKey(key) || isOurs(key)) {
                values.setProperty(key, value);
            }
        });
        values.putAll(sources.overrides);
        Set<String> referring = new TreeSet<>();
        for (String key : values.stringPropertyNames()) {
            if (ENVIRONMENT.matcher(values.getProperty(key)).find()) {
                referring.add(key);
            }
            values.setProperty(key, resolveEnvironment(values.getProperty(key), environment));
        }
        // before anything can go wrong with them and be told
        KnownSecrets.learn(values, defaults, referring, environment);
        for (String key : values.stringPropertyNames()) {
            String value = values.getProperty(key).trim();
            // made absolute here, since Camel would take them from the working directory
            if (key.endsWith(".folder") && !value.isEmpty() && !value.startsWith("{{")) {
                values.setProperty(key, sources.home.resolve(value).normalize().toString());
            }
        }
        return new Settings(values, shipped, referring, sources);
    }

    /** The settings as shipped in the jar: the same file that stands at the top of the project. */
    public static Properties shippedProperties() {
        try (InputStream stream = Settings.class.getResourceAsStream("application.properties")) {
            Properties properties = new Properties();
            properties.load(new InputStreamReader(stream, StandardCharsets.UTF_8));
            return properties;
        } catch (IOException e) {
            throw new IllegalStateException("application.properties is missing from the jar", e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new ConfigurationException("The properties file " + file + " does not exist.", e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static Properties read(Path file, byte[] content) {
        Properties properties = new Properties();
        try (Reader reader = new InputStreamReader(new ByteArrayInputStream(content), StandardCharsets.UTF_8.newDecoder())) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(file, e);
        }
        return properties;
    }

    private static ConfigurationException unreadable(Path file, Exception e) {
        return new ConfigurationException("The properties file " + file + " cannot be read: " + e.getMessage(), e);
    }

    private static boolean isOurs(String key) {
        return key.startsWith("provider.") || key.startsWith("camel.");
    }

    /**
     * The environment variable that an operator sets for a key: the one that the shipped file refers to, as PICTORY_API_KEY for
     * provider.pictory.key, otherwise the key's own name, as EVENTS_URI for events.uri.
     */
    public static String environmentVariable(String key) {
        String shippedValue = shippedProperties().getProperty(key, "");
        Matcher reference = ENVIRONMENT.matcher(shippedValue);
        return reference.find() ? reference.group(1) : environmentName(key);
    }

    /** {@code provider.pictory.key} is also {@code PROVIDER_PICTORY_KEY}. */
    static String environmentName(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    private static String resolveEnvironment(String value, Map<String, String> environment) {
        Matcher reference = ENVIRONMENT.matcher(value);
        return reference.replaceAll(match -> {
            String found = environment.get(match.group(1));
            if (found == null || found.isEmpty()) {
                found = match.group(2) == null ? "" : match.group(2);
            }
            return Matcher.quoteReplacement(found);
        });
    }

    /** Every key with its value, secrets included: for Camel's own placeholder resolution, never to be printed. */
    public Properties all() {
        Properties copy = new Properties();
        copy.putAll(values);
        return copy;
    }

    /** The keys of the shipped file. */
    public Set<String> shippedKeys() {
        return shipped;
    }

    /** The folder that relative paths are relative to. */
    public Path home() {
        return sources.home;
    }

    /** The operator's properties files, later ones win. */
    public List<Path> files() {
        return sources.files;
    }

    /** The keys that were asked for one by one, which whoever asked has acted on. */
    public Set<String> asked() {
        return Set.copyOf(asked.keySet());
    }

    /**
     * Whether {@code other} has a value that can be used for each of the keys that were asked for here.
     *
     * @throws ConfigurationException that names the first key that has not
     */
    public void requireSameOf(Settings other) {
        for (Map.Entry<String, Function<String, ?>> question : new TreeMap<>(asked).entrySet()) {
            if (other.has(question.getKey())) {
                other.parsed(question.getKey(), question.getValue());
            }
        }
    }

    /**
     * Whether what is a time, a size, a whole number or a yes or no in the shipped file is one here: routes take such values too, and would find out
     * with the first job. Camel's own keys are Camel's business.
     *
     * @throws ConfigurationException that names the first key whose value is of another kind
     */
    public void requireKinds() {
        Properties defaults = shippedProperties();
        for (String key : shipped) {
            String value = values.getProperty(key, "").trim();
            if (!key.startsWith("camel.") && !value.isEmpty() && !value.contains("{{") && !NOT_AT_ALL.contains(value)) {
                requireKind(key, defaults.getProperty(key).trim());
            }
        }
    }

    /**
     * Whether secrets are long enough to be recognised in whatever text they turn up.
     *
     * @throws ConfigurationException that names the first key whose secret is not
     */
    public void requireHidableSecrets() {
        KnownSecrets.tooShort(values, shippedProperties(), referring).stream().findFirst().ifPresent(key -> {
            throw new ConfigurationException("The setting " + key + " (" + environmentVariable(key) + ") holds a secret of fewer than " + KnownSecrets.SHORTEST
                    + " characters. It could not be told from an ordinary word, and so not be kept out of logs, events and answers: use a longer one.");
        });
    }

    private void requireKind(String key, String usual) {
        Settings asked = copy();
        if (usual.matches("\\d+(ms|s|m|h|d)")) {
            asked.duration(key);
        } else if (usual.matches("\\d+(B|KB|MB|GB)")) {
            asked.bytes(key);
        } else if (usual.matches("\\d+")) {
            asked.number(key);
        } else if (usual.matches("true|false")) {
            asked.flag(key);
        }
    }

    public boolean has(String key) {
        asked.putIfAbsent(key, Function.identity());
        String value = values.getProperty(key);
        return value != null && !value.isBlank();
    }

    /** @return the trimmed value, or {@code ""} if the key is there without one */
    public String text(String key) {
        asked.putIfAbsent(key, Function.identity());
        String value = values.getProperty(key);
        if (value == null) {
            throw new ConfigurationException("The setting " + key + " is missing.");
        }
        return value.trim();
    }

    /** @return the value with what it refers to by {@code {{key}}} in place; the setting must have a value */
    public String expanded(String key) {
        return REFERENCE.matcher(required(key)).replaceAll(reference -> Matcher.quoteReplacement(expanded(reference.group(1))));
    }

    /** @throws ConfigurationException if it is missing or empty */
    public String required(String key) {
        String value = text(key);
        if (value.isEmpty()) {
            throw new ConfigurationException("The setting " + key + " has no value. Set it in application.properties, as the environment variable "
                    + environmentVariable(key) + ", or with -D" + key + "=…");
        }
        return value;
    }

    public Duration duration(String key) {
        return parsed(key, Durations::parse);
    }

    public int number(String key) {
        return parsed(key, text -> {
            try {
                return Integer.parseInt(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'" + text + "' is not a whole number", e);
            }
        });
    }

    /** @return bytes; the setting is a number with an optional unit B, KB, MB or GB (powers of 1024) */
    public long bytes(String key) {
        return parsed(key, Sizes::parse);
    }

    public boolean flag(String key) {
        return parsed(key, text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
        });
    }

    /** @return an absolute path; the key ends in {@code .folder}, which is what made it so */
    public Path path(String key) {
        return Path.of(required(key));
    }

    private <T> T parsed(String key, Function<String, T> parser) {
        String text = required(key);
        asked.put(key, parser);
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("The setting " + key + " is wrong: " + e.getMessage() + ".", e);
        }
    }
}
