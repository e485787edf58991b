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

    @ParentCommand
    private Main main;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        // not with the class, which is there before the log is
        Logger log = LoggerFactory.getLogger(RunCommand.class);
        // Java's own way would print it past the log, secrets included
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> log.error("Thread {} ended by a failure", thread.getName(), failure));
        Settings settings = main.settings();
        // before the start: what it cannot say of the settings must stop it
        String where = where(settings);
        int patience = settings.number("camel.main.shutdown-timeout");
        StopSignal stop = StopSignal.listen();
        try (MediaJobRoutes program = start(settings)) {
            if (!stop.isRaised()) {
                spec.commandLine().getOut().println("Ready after " + sinceStart() + ": " + where);
                spec.commandLine().getOut().flush();
                stop.await();
            }
            log.info("Stopping: no new polls; work that runs has {} s to end", patience);
        }
        ClassArchive.write();
        log.info("Stopped");
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

    private static String where(Settings settings) {
        return ApiAddress.of(settings) + " (API token: " + ApiAddress.tokenPlace(settings) + "), job store "
                + StoreSettings.of(settings).place() + ", bucket " + settings.text("s3.bucket")
                + (settings.has("s3.endpoint") ? " at " + settings.text("s3.endpoint") : "") + ".";
    }

    /** Time since this process was started: what an operator waits. */
    static String sinceStart() {
        Instant start = ProcessHandle.current().info().startInstant().orElse(Instant.now());
        return String.format(Locale.ROOT, "%.1f s", Duration.between(start, Instant.now()).toMillis() / 1000.0);
    }
}
