package io.mediajobs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code verify}: whether S3 still has what a job's manifest says. */
@Command(name = "verify", description = "Reads a job's objects in S3 once more, every byte, and says where they are not what its manifest says.")
final class VerifyCommand implements Callable<Integer> {

    /** 200 GB, the most that a job may have by default, at 10 MB a second. */
    private static final Duration PATIENCE = Duration.ofHours(6);

    @ParentCommand
    private Main main;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "PROVIDER", description = "Such as pictory-video.")
    private String provider;

    @Parameters(index = "1", paramLabel = "JOB_ID", description = "The provider's own id of the job.")
    private String jobId;

    @Option(names = "--json", description = "As the HTTP API has it.")
    private boolean json;

    @Override
    public Integer call() {
        JsonNode result = new ApiClient(main.settings()).patient(PATIENCE)
                .post("api/jobs/" + ApiClient.segment(provider) + "/" + ApiClient.segment(jobId) + "/verify");
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(result.toPrettyString());
        } else {
            print(result, out);
        }
        out.flush();
        return (result.path("verified").asBoolean() ? ExitCode.OK : ExitCode.FINDINGS).number();
    }

    private static void print(JsonNode result, PrintWriter out) {
        String read = result.path("objects").asText() + (result.path("objects").asInt() == 1 ? " object, " : " objects, ") + result.path("bytes").asText() + " bytes, were read.";
        if (result.path("verified").asBoolean()) {
            out.println("All is as " + Printable.line(result.path("manifest").asText()) + " says; " + read);
            return;
        }
        Table drift = new Table("KEY", "WHAT", "EXPECTED", "FOUND");
        result.path("drift").forEach(each -> drift.row(each.path("key").asText(), each.path("what").asText(), each.path("expected").asText(""),
                each.path("found").asText("")));
        drift.print(out);
        out.println();
        out.println(read + " To have the job's assets fetched anew, retry it.");
    }
}
