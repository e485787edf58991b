package io.mediajobs.campaign;

import io.mediajobs.TestProgram;
import io.mediajobs.demo.s3.EmbeddedS3;
import io.mediajobs.demo.simulator.ProviderSimulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Starts the program again and again on the same data, kills it as soon as it takes jobs, and says how long that took and how much of a processor
 * it used.
 * <pre>mvn -q test-compile exec:java -Dmain.class=io.mediajobs.campaign.Starts -Dexec.args="20"</pre>
 */
public final class Starts {

    private Starts() {
    }

    public static void main(String[] arguments) throws Exception {
        int times = arguments.length == 0 ? 20 : Integer.parseInt(arguments[0]);
        Path folder = Files.createDirectories(Path.of("target/starts").toAbsolutePath().resolve(Long.toString(System.currentTimeMillis() / 1000)));
        try (ProviderSimulator simulator = ProviderSimulator.start(); EmbeddedS3 s3 = EmbeddedS3.start(folder.resolve("s3"))) {
            s3.createBucket(TestProgram.BUCKET);
            Launcher launcher = new Launcher(Files.createDirectories(folder.resolve("lib")), "192m");
            Node node = new Node(folder.resolve("node"), TestProgram.settings(folder, simulator, s3), TestProgram.freePort(), TestProgram.freePort(), launcher);
            node.train();
            List<Long> wall = new ArrayList<>();
            List<Long> processor = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                node.start(null, 0);
                try {
                    if (!node.isReady()) {
                        throw new IllegalStateException("the program does not start, see " + node.log());
                    }
                    wall.add(Duration.between(node.startedAt(), Instant.now()).toMillis());
                    processor.add(node.processorTime().toMillis());
                } finally {
                    node.kill();
                }
            }
            say("It took jobs, from the start of the process", wall);
            say("Processor time it used until then", processor);
        }
        System.exit(0);
    }

    private static void say(String what, List<Long> millis) {
        Collections.sort(millis);
        System.out.printf(Locale.ROOT, "%s: shortest %.2f s, median %.2f s, longest %.2f s, of %d%n", what, millis.get(0) / 1000.0,
                millis.get(millis.size() / 2) / 1000.0, millis.get(millis.size() - 1) / 1000.0, millis.size());
    }
}
