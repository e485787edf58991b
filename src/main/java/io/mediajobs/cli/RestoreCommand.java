package io.mediajobs.cli;

import io.mediajobs.store.Backup;
import io.mediajobs.store.StoreSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code restore}: puts a backup in the place of the embedded job store. */
@Command(name = "restore", description = {"Puts a backup in the place of the embedded job store, while the program is stopped. The store that was there is kept.",
        "Jobs that were accepted after the backup are not in it: register them again. Jobs that finished after it are asked for again;"
                + " their assets overwrite themselves, and their events come again under the same ids."})
final class RestoreCommand implements Callable<Integer> {

    @ParentCommand
    private Main main;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "What backup has written.")
    private Path file;

    @Override
    public Integer call() {
        StoreSettings store = StoreSettings.of(main.settings());
        Path kept = Backup.restore(main.workingFolder().resolve(file).normalize(), store);
        PrintWriter out = spec.commandLine().getOut();
        out.println("Restored " + store.place() + "." + (kept == null ? "" : " The store that was there is now " + kept + "."));
        out.flush();
        return ExitCode.OK.number();
    }
}
