package io.mediajobs.cli;

import io.mediajobs.config.Settings;
import io.mediajobs.runtime.MediaJobRoutes;
import io.mediajobs.store.StoreSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code run}: the program itself, until it is asked to stop. */
@Command(name = "run", description = {"Follows jobs until it is stopped.",
        "SIGTERM or Ctrl-C: no new polls, work that runs may end within camel.main.shutdown-timeout, exit code 0. A second one: at once."})
final class RunCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

    @ParentCommand
    private Main main;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Settings settings = main.settings();
        StopSignal stop = StopSignal.listen();
        MediaJobRoutes program = start(settings);
        if (!stop.isRaised()) {
            spec.commandLine().getOut().println(ready(settings));
            spec.commandLine().getOut().flush();
            stop.await();
        }
        LOG.info("Stopping: no new polls; work that runs has {} s to end", settings.number("camel.main.shutdown-timeout"));
        program.close();
        LOG.info("Stopped");
        return ExitCode.OK.number();
    }

    private MediaJobRoutes start(Settings settings) {
        if (main.wantsStackTraces()) {
            return MediaJobRoutes.start(settings);
        }
        QuietStart quiet = QuietStart.begin();
        try {
            return MediaJobRoutes.start(settings);
        } finally {
            quiet.end();
        }
    }

    private static String ready(Settings settings) {
        return "Ready after " + sinceStart() + ": " + ApiAddress.of(settings) + " (API token: " + ApiAddress.tokenPlace(settings) + "), job store "
                + StoreSettings.of(settings).place() + ", bucket " + settings.text("s3.bucket")
                + (settings.has("s3.endpoint") ? " at " + settings.text("s3.endpoint") : "") + ".";
    }

    /** Time since this process was started: what an operator waits. */
    static String sinceStart() {
        Instant start = ProcessHandle.current().info().startInstant().orElse(Instant.now());
        return String.format(Locale.ROOT, "%.1f s", Duration.between(start, Instant.now()).toMillis() / 1000.0);
    }
}
