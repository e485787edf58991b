package io.mediajobs.demo;

import io.mediajobs.cli.ApiAddress;
import io.mediajobs.cli.ExitCode;
import io.mediajobs.cli.Main;
import io.mediajobs.cli.StopSignal;
import io.mediajobs.cli.Subcommand;
import io.mediajobs.config.Settings;
import io.mediajobs.demo.s3.EmbeddedS3;
import io.mediajobs.demo.simulator.ProviderSimulator;
import io.mediajobs.runtime.MediaJobRoutes;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code demo}: the product between simulated providers and an S3 server in a folder. */
@Command(name = "demo", description = {"Shows it all on this machine: simulated providers, an S3 server in a folder, and this program between them.",
        "Everything stays on the loopback address. The settings are the shipped ones with shorter times; your own file is not read."})
public final class DemoCommand implements Subcommand {

    /** How many of the providers' seconds pass in one. */
    private static final double SPEED = 10;
    private static final int MOST = 1_000;

    @ParentCommand
    private Main main;

    @Spec
    private CommandSpec spec;

    @Option(names = "--exit", description = "End when all jobs have ended; exit code 0 only if each ended as it should, byte for byte.")
    private boolean exit;

    @Option(names = "--folder", paramLabel = "DIR", defaultValue = "demo-data",
            description = "Where everything is written; emptied at the start if an earlier demo made it. Default: ./${DEFAULT-VALUE}.")
    private Path folder;

    @Option(names = "--jobs", paramLabel = "N", description = "How many jobs. Default: 25, all different; beyond that they repeat.")
    private int count = DemoJobs.usual();

    @Option(names = "--plain", description = "A line for each change instead of a table in place.")
    private boolean plain;

    @Override
    public Integer call() {
        if (count < 1 || count > MOST) {
            throw new ParameterException(spec.commandLine(), "--jobs must be 1 to " + MOST + ".");
        }
        StopSignal stop = StopSignal.listen();
        try (DemoFolder files = DemoFolder.fresh(main.workingFolder().resolve(folder).normalize())) {
            DemoLog.into(files.log());
            try (ProviderSimulator simulator = ProviderSimulator.builder().speed(SPEED).start();
                    EmbeddedS3 s3 = EmbeddedS3.start(files.s3())) {
                s3.createBucket(DemoSettings.BUCKET);
                Settings settings = DemoSettings.of(main.home(), files, simulator, s3, !exit, main.definitions());
                MediaJobRoutes program = MediaJobRoutes.start(settings);
                try {
                    return follow(simulator, files, settings, stop);
                } finally {
                    program.close();
                }
            }
        }
    }

    private int follow(ProviderSimulator simulator, DemoFolder files, Settings settings, StopSignal stop) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("Media Job Routes follows " + count + " jobs of five simulated providers, whose times run " + (int) SPEED
                + " times faster." + (exit ? "" : " The page: " + ApiAddress.of(settings)));
        out.println();
        out.flush();
        boolean good = new Demo(simulator, files, settings, out, view(out), stop, !exit).run(count);
        if (exit) {
            return (good ? ExitCode.OK : ExitCode.FINDINGS).number();
        }
        if (stop.isRaised()) {
            return ExitCode.OK.number();
        }
        out.println();
        out.println("Everything stays up until Ctrl-C.");
        out.flush();
        stop.await();
        return ExitCode.OK.number();
    }

    private JobsView view(PrintWriter out) {
        return plain || !main.isTerminal() ? new PlainView(out) : new LiveView(out, main.showsBlocks());
    }
}
