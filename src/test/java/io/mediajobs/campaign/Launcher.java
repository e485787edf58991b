package io.mediajobs.campaign;

import io.mediajobs.ProductClassPath;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * Starts the product with the class path of this process, and as it is installed: from jars and, after {@link Node#train}, with an archive
 * of its loaded classes, which takes no folders.
 */
final class Launcher {

    private final Path folder;
    private final String heap;
    private final String classPath;

    /** @param folder for the jars */
    Launcher(Path folder, String heap) {
        this.folder = folder;
        this.heap = heap;
        Path announcement = folder.resolve("announcement");
        announce(announcement, "software/amazon/awssdk/global/handlers/execution.interceptors", CrashingS3.class);
        announce(announcement, "META-INF/services/java.sql.Driver", CrashingDriver.class);
        List<String> jars = new ArrayList<>();
        jars.add(jar(announcement, 0));
        for (Path entry : ProductClassPath.entries()) {
            jars.add(Files.isDirectory(entry) ? jar(entry, jars.size()) : entry.toString());
        }
        this.classPath = String.join(File.pathSeparator, jars);
    }

    /**
     * Writes the file by which a process that has this folder first on its class path finds a class, before all others of its kind. It does not stand
     * in the test resources, since it concerns no other test.
     */
    private static void announce(Path classPathFolder, String file, Class<?> found) {
        Path path = classPathFolder.resolve(file);
        try {
            Files.createDirectories(path.getParent());
            Files.writeString(path, found.getName() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The archive of classes that a process writes when it stops and later ones read. */
    Path archive() {
        return folder.resolve("classes.jsa");
    }

    /**
     * @param options for Java
     * @param output  what it says is appended there
     */
    Process start(List<String> options, List<String> arguments, Path output) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx" + heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xlog:disable"));
        if (Files.exists(archive())) {
            command.add("-XX:SharedArchiveFile=" + archive());
        }
        command.addAll(options);
        command.add(ProductToKill.class.getName());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().put("CLASSPATH", classPath);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String jar(Path classes, int number) {
        Path jar = folder.resolve("classes-" + number + ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar)); Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(file -> !file.equals(classes)).sorted().toList()) {
                // folders too: Flyway looks for its migrations in one
                boolean isFolder = Files.isDirectory(file);
                out.putNextEntry(new JarEntry(classes.relativize(file).toString().replace(File.separatorChar, '/') + (isFolder ? "/" : "")));
                if (!isFolder) {
                    Files.copy(file, out);
                }
                out.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return jar.toString();
    }
}
