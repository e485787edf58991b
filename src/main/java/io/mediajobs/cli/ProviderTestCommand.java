package io.mediajobs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mediajobs.report.Answer;
import io.mediajobs.report.AnswerReader;
import io.mediajobs.report.Mapping;
import io.mediajobs.report.MappingException;
import io.mediajobs.report.Mappings;
import io.mediajobs.report.Sample;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code provider test}: what a mapping makes of saved answers. */
@Command(name = "test", description = {"Shows what a provider's mapping makes of saved answers; without a file, of the samples beside the mapping.",
        "URLs are shown without their query."})
final class ProviderTestCommand implements Callable<Integer> {

    @ParentCommand
    private ProviderCommand parent;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAME", description = "The provider's mapping, such as productai.")
    private String name;

    @Parameters(index = "1..*", paramLabel = "ANSWER", description = "Saved answers.")
    private List<Path> answers = List.of();

    @Option(names = "--status", paramLabel = "N", defaultValue = "200", description = "The HTTP status that they came with. Default: ${DEFAULT-VALUE}.")
    private int status;

    private PrintWriter out;

    @Override
    public Integer call() throws IOException {
        out = spec.commandLine().getOut();
        Path folder = parent.main().settings(parent.main().definitions()).path("routes.folder").resolve("providers");
        Mapping mapping;
        try {
            mapping = new Mappings(folder).get(name);
        } catch (MappingException e) {
            throw new CommandException(ExitCode.FINDINGS, e.getMessage());
        }
        boolean good = answers.isEmpty() ? samples(folder, mapping) : saved(mapping);
        out.flush();
        return (good ? ExitCode.OK : ExitCode.FINDINGS).number();
    }

    private boolean saved(Mapping mapping) throws IOException {
        boolean good = true;
        for (Path file : answers) {
            Path path = parent.main().workingFolder().resolve(file);
            if (!Files.isRegularFile(path)) {
                throw new CommandException(ExitCode.FINDINGS, "There is no file " + file + ".");
            }
            Answer answer = new AnswerReader().read(status, null, Files.readAllBytes(path), mapping);
            good &= answer.fits() || !answer.isSuccess();
            out.println(file + (answer.fits() ? ": " + answer.report().status().word() : answer.isSuccess() ? ": cannot be used: " + Printable.line(answer.error().message())
                    : ": HTTP " + status));
            out.println(Sample.outcome(answer).toPrettyString());
        }
        return good;
    }

    private boolean samples(Path folder, Mapping mapping) throws IOException {
        List<Sample> samples = Sample.in(folder).stream().filter(sample -> sample.mapping().equals(name.replaceFirst("\\.jq$", ""))).toList();
        if (samples.isEmpty()) {
            throw new CommandException(ExitCode.FINDINGS, "There are no samples in " + folder.resolve(name + Sample.FOLDER) + "; name a file with a saved answer.");
        }
        boolean good = true;
        for (Sample sample : samples) {
            JsonNode outcome = sample.outcome(mapping);
            boolean expected = Files.exists(sample.expected());
            String difference = expected ? Sample.difference(expectation(sample), outcome) : "";
            good &= expected && difference.isEmpty();
            out.println(sample.name() + (!expected ? ": nothing says what is expected; if this is right, save it as " + sample.expected().getFileName() + ":"
                    : difference.isEmpty() ? ": as expected" : ": " + Printable.line(difference)));
            if (!expected) {
                out.println(outcome.toPrettyString());
            }
        }
        return good;
    }

    private static JsonNode expectation(Sample sample) throws IOException {
        try {
            return new ObjectMapper().readTree(Files.readString(sample.expected()));
        } catch (JsonProcessingException e) {
            throw new CommandException(ExitCode.FINDINGS, sample.expected() + " is not JSON (line " + e.getLocation().getLineNr() + ").", e);
        }
    }
}
