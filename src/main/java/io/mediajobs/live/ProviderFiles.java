package io.mediajobs.live;

import io.mediajobs.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files in {@code routes/providers}, and which of them are switched on: {@code provider.<stem>.enabled}, true where nothing is
 * said. What is off is not loaded; {@code autoStartup} in the file would be the other way, but the schema of Camel's YAML takes no
 * placeholder there and visual editors would not open the file.
 */
public final class ProviderFiles {

    private static final String ENDING = ".camel.yaml";
    private static final String LIST = "-list";

    private ProviderFiles() {
    }

    /** Name of the file without its ending; also the id of its route. */
    public static String stem(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name;
    }

    /** The setting that switches the file of this stem on and off. */
    public static String enabledKey(String stem) {
        return "provider." + stem + ".enabled";
    }

    /** Whether the file is loaded, which a provider's is unless its setting says false. That of its list, NAME-list, goes with it. */
    public static boolean isOn(Settings settings, Path file) {
        String stem = stem(file);
        return isOn(settings, stem) && (!stem.endsWith(LIST) || isOn(settings, stem.substring(0, stem.length() - LIST.length())));
    }

    private static boolean isOn(Settings settings, String stem) {
        String key = enabledKey(stem);
        return !settings.has(key) || settings.flag(key);
    }

    /** The files that are switched off; none if there is no folder of providers. */
    public static List<Path> off(Settings settings) {
        Path folder = settings.path("routes.folder").resolve("providers");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(ENDING) && !isOn(settings, file)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
