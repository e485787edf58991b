package io.mediajobs.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The distribution as an operator has it: the archive that the build made, unpacked by tar. */
final class Installation {

    private final Path home;
    private final Path output;
    private int runs;

    private Installation(Path home, Path output) {
        this.home = home;
        this.output = output;
    }

    /** @param folder of the test's own */
    static Installation unpack(Path folder) throws IOException, InterruptedException {
        Path archive;
        try (Stream<Path> built = Files.list(Path.of("target"))) {
            archive = built.filter(path -> path.getFileName().toString().matches("media-job-routes-.*\\.tar\\.gz")).findFirst()
                    .orElseThrow(() -> new IllegalStateException("There is no distribution in target; run mvn verify, or mvn package first."));
        }
        Process tar = new ProcessBuilder("tar", "xzf", archive.toAbsolutePath().toString(), "-C", folder.toString()).inheritIO().start();
        if (tar.waitFor() != 0) {
            throw new IllegalStateException("tar failed");
        }
        try (Stream<Path> unpacked = Files.list(folder)) {
            return new Installation(unpacked.findFirst().orElseThrow(), Files.createDirectories(folder.resolve("output")));
        }
    }

    Path home() {
        return home;
    }

    Path script() {
        return home.resolve("bin/media-job-routes");
    }

    /** What a process left behind. */
    record Ended(int exitCode, String out, String err) {
    }

    /** A process that runs. */
    record Running(Process process, Path out, Path err) {

        Ended ended(long seconds) throws IOException, InterruptedException {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("It did not end within " + seconds + " s: " + Files.readString(out) + Files.readString(err));
            }
            return new Ended(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
        }

        boolean says(String text) {
            try {
                return Files.readString(out, StandardCharsets.UTF_8).contains(text);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    Running start(Path workingFolder, Map<String, String> environment, String... arguments) throws IOException {
        return start(script(), workingFolder, environment, arguments);
    }

    Running start(Path script, Path workingFolder, Map<String, String> environment, String... arguments) throws IOException {
        runs++;
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        Path out = output.resolve(runs + ".out");
        Path err = output.resolve(runs + ".err");
        ProcessBuilder builder = new ProcessBuilder(command).directory(workingFolder.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("MEDIA_JOB_ROUTES") || name.startsWith("S3_") || name.startsWith("JAVA_"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        return new Running(builder.start(), out, err);
    }
}
