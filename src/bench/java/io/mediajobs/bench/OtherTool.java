package io.mediajobs.bench;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What else brings files from HTTP into S3, in processes of its own. */
final class OtherTool {

    private static final long LONGEST_MINUTES = 10;

    private final Path folder;
    private final Map<String, String> environment;

    /** @param s3 endpoint that rclone knows as {@code s:} */
    OtherTool(Path folder, URI s3) {
        this.folder = folder;
        this.environment = Map.of("RCLONE_CONFIG", "/dev/null", "RCLONE_CONFIG_S_TYPE", "s3", "RCLONE_CONFIG_S_PROVIDER", "Other", "RCLONE_CONFIG_S_ENDPOINT", s3.toString(),
                "RCLONE_CONFIG_S_ACCESS_KEY_ID", "bench", "RCLONE_CONFIG_S_SECRET_ACCESS_KEY", "bench-secret", "RCLONE_CONFIG_S_REGION", "us-east-1",
                "RCLONE_CONFIG_S_NO_CHECK_BUCKET", "true");
    }

    static boolean isThere(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator)).anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    static String version(String program, String option) throws IOException {
        return new String(new ProcessBuilder(program, option).redirectErrorStream(true).start().getInputStream().readAllBytes()).lines().findFirst().orElse("?");
    }

    /**
     * What a command took.
     *
     * @param seconds   from its start to its end
     * @param processor seconds of processor time, of all its processes
     * @param output    what it said, line by line
     */
    record Took(double seconds, double processor, List<String> output) {
    }

    /** Runs a command of the shell. */
    Took run(String command) throws IOException, InterruptedException {
        Path output = folder.resolve("other-tool.log");
        long begin = System.nanoTime();
        ProcessBuilder builder = new ProcessBuilder(List.of("bash", "-o", "pipefail", "-c", "TIMEFORMAT='%U %S'; time { " + command + "; }")).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        // rclone 1.60 does not start with it
        builder.environment().remove("AWS_CA_BUNDLE");
        Process process = builder.start();
        if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IllegalStateException("not done in " + LONGEST_MINUTES + " minutes: " + command);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (process.exitValue() != 0) {
            throw new IllegalStateException(command + " failed: " + Files.readString(output));
        }
        List<String> lines = Files.readAllLines(output);
        String[] times = lines.get(lines.size() - 1).split(" ");
        return new Took(seconds, Double.parseDouble(times[0]) + Double.parseDouble(times[1]), lines.subList(0, lines.size() - 1));
    }
}
