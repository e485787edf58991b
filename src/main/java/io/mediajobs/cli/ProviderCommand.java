package io.mediajobs.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code provider}: makes and tries the two files that a provider is. */
@Command(name = "provider", subcommands = {ProviderNewCommand.class, ProviderTestCommand.class}, synopsisSubcommandLabel = "COMMAND",
        description = "Makes and tries the two files that a provider is.")
final class ProviderCommand implements Runnable {

    @ParentCommand
    private Main main;

    @Spec
    private CommandSpec spec;

    Main main() {
        return main;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command? There are " + String.join(", ", spec.subcommands().keySet()) + ".");
    }
}
