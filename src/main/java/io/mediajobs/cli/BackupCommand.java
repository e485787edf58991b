package io.mediajobs.cli;

import io.mediajobs.store.Backup;
import io.mediajobs.store.StoreSettings;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code backup}: copies the embedded job store. */
@Command(name = "backup", description = {"Copies the embedded job store into a file, also while the program runs.",
        "What is in S3 is not part of it."})
final class BackupCommand implements Callable<Integer> {

    @ParentCommand
    private Main main;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "Where to; it must not exist.")
    private Path file;

    @Override
    public Integer call() {
        Backup.Copy copy = Backup.of(StoreSettings.of(main.settings()), main.workingFolder().resolve(file).normalize());
        spec.commandLine().getOut().println("Backed up " + copy.jobs() + " jobs, " + copy.bytes() + " bytes, into " + copy.file() + ".");
        spec.commandLine().getOut().flush();
        return ExitCode.OK.number();
    }
}
