package io.mediajobs;

import java.io.File;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The class path of this process, for others that it starts. */
public final class ProductClassPath {

    private ProductClassPath() {
    }

    /** Jars and folders that exist. */
    public static List<Path> entries() {
        String ofTests = System.getProperty("surefire.test.class.path");
        // mvn exec:java runs in Maven's own process, with a class loader of its own
        if (ofTests == null && ProductClassPath.class.getClassLoader() instanceof URLClassLoader loader) {
            return Arrays.stream(loader.getURLs()).map(ProductClassPath::path).toList();
        }
        String all = ofTests == null ? System.getProperty("java.class.path") : ofTests;
        return Arrays.stream(all.split(File.pathSeparator)).filter(entry -> !entry.isEmpty()).map(Path::of).map(Path::toAbsolutePath).filter(Files::exists).toList();
    }

    private static Path path(URL url) {
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
