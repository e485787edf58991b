package io.mediajobs.events;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/** The settings that stand in application.properties as an example, behind a #. */
public final class ShippedExample {

    private ShippedExample() {
    }

    public static Map<String, String> commentedOut(String... prefixes) throws Exception {
        String lines = Files.readAllLines(Path.of("application.properties")).stream()
                .filter(line -> List.of(prefixes).stream().anyMatch(prefix -> line.startsWith("#" + prefix)))
                .map(line -> line.substring(1))
                .collect(Collectors.joining("\n"));
        Properties properties = new Properties();
        properties.load(new StringReader(lines));
        Map<String, String> map = new HashMap<>();
        properties.stringPropertyNames().forEach(key -> map.put(key, properties.getProperty(key)));
        return map;
    }
}
