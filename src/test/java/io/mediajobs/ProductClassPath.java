package io.mediajobs;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The class path of the program, for processes that start it: its own classes, those of the tests and of the benchmarks, and the libraries that are
 * installed with it. What only tests need is left out, as there is more of that than of the others, and the program looks through it.
 */
public final class ProductClassPath {

    /** Written by the build. */
    private static final String LIBRARIES = "/program.class-path";

    private ProductClassPath() {
    }

    /** Jars and folders that exist. */
    public static List<Path> entries() {
        Path built = Path.of("target").toAbsolutePath();
        return Stream.concat(ofThisProcess().filter(entry -> entry.startsWith(built)), libraries()).toList();
    }

    private static Stream<Path> ofThisProcess() {
        String ofTests = System.getProperty("surefire.test.class.path");
        // mvn exec:java runs in Maven's own process, with a class loader of its own
        if (ofTests == null && ProductClassPath.class.getClassLoader() instanceof URLClassLoader loader) {
            return Arrays.stream(loader.getURLs()).map(ProductClassPath::path);
        }
        return paths(ofTests == null ? System.getProperty("java.class.path") : ofTests);
    }

    private static Stream<Path> libraries() {
        try (InputStream in = ProductClassPath.class.getResourceAsStream(LIBRARIES)) {
            return paths(new String(in.readAllBytes(), StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> paths(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator)).filter(entry -> !entry.isEmpty()).map(Path::of).map(Path::toAbsolutePath).filter(Files::exists);
    }

    private static Path path(URL url) {
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
