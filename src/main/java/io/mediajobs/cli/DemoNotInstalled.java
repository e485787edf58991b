package io.mediajobs.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Stands in for the demo where its jars are not on the classpath. */
@Command(name = "demo", description = "Shows it all on this machine: simulated providers, an S3 server in a folder, and this program between them.")
final class DemoNotInstalled implements Subcommand {

    @Unmatched
    private String[] anything = {};

    @Override
    public Integer call() {
        throw new CommandException(ExitCode.CONFIGURATION, "The demo is not part of this installation: the folder demo/lib of the distribution is missing.");
    }
}
