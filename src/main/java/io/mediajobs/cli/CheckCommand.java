package io.mediajobs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import io.mediajobs.live.Finding;
import io.mediajobs.live.RoutesCheck;
import io.mediajobs.runtime.MediaJobRoutes;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code check}: whether settings and routes can be run, without running them. */
@Command(name = "check", description = {"Checks settings and routes without starting anything; says what it finds as 'file:line:column: sentence'.",
        "Mappings are run on the sample answers beside them. It does not ask providers, S3 or brokers."})
final class CheckCommand implements Callable<Integer> {

    @ParentCommand
    private Main main;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "FOLDER", description = "The routes folder. Default: what routes.folder says.")
    private Path folder;

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "text",
            description = "text: 'file:line:column: sentence'; json: a list of {\"file\", \"line\", \"column\", \"sentence\"}. Default: ${DEFAULT-VALUE}.")
    private Format format;

    /** As it is written on the command line. */
    enum Format {
        text, json
    }

    @Override
    public Integer call() {
        var definitions = main.definitions();
        if (folder != null) {
            definitions.put("routes.folder", main.workingFolder().resolve(folder).normalize().toString());
        }
        Settings settings = main.settings(definitions);
        List<Finding> findings = new ArrayList<>();
        try {
            MediaJobRoutes.check(settings);
        } catch (ConfigurationException e) {
            findings.add(new Finding("settings", e.getMessage()));
        }
        RoutesCheck routes = new RoutesCheck(settings).withSchema().withSamples();
        findings.addAll(routes.findings());
        PrintWriter out = spec.commandLine().getOut();
        if (format == Format.json) {
            out.println(json(findings));
        } else {
            findings.forEach(finding -> out.println(Printable.line(finding.told())));
        }
        if (findings.isEmpty() && format == Format.text) {
            out.println("Nothing to complain about in " + routes.files() + " files of " + settings.path("routes.folder") + ".");
        }
        out.flush();
        return (findings.isEmpty() ? ExitCode.OK : ExitCode.FINDINGS).number();
    }

    private static String json(List<Finding> findings) {
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(findings);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("findings can always be written", e);
        }
    }
}
