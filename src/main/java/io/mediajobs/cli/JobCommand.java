package io.mediajobs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code job}: one job with all that happened to it. */
@Command(name = "job", description = "Shows one job: where it stands, its assets, and what happened to it.")
final class JobCommand implements Callable<Integer> {

    private static final String[] FIELDS = {"state", "attempt", "progress", "polls", "registeredAt", "nextPollAt", "deadlineAt", "updatedAt", "manifest"};

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
        JsonNode job = new ApiClient(main.settings()).get("api/jobs/" + ApiClient.segment(provider) + "/" + ApiClient.segment(jobId));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(job.toPrettyString());
        } else {
            print(job, out);
        }
        out.flush();
        return ExitCode.OK.number();
    }

    private static void print(JsonNode job, PrintWriter out) {
        out.println(Printable.line(job.path("provider").asText() + "/" + job.path("jobId").asText()));
        for (String field : FIELDS) {
            if (job.hasNonNull(field)) {
                line(out, field, job.path(field).asText());
            }
        }
        job.path("tags").properties().forEach(tag -> line(out, "tag " + tag.getKey(), tag.getValue().asText()));
        if (job.hasNonNull("error")) {
            line(out, "error", job.path("error").path("code").asText() + ": " + job.path("error").path("message").asText());
        }
        if (!job.path("assets").isEmpty()) {
            out.println();
            Table assets = new Table("ROLE", "KEY", "BYTES", "SHA-256");
            job.path("assets").forEach(asset -> assets.row(asset.path("role").asText(), asset.path("key").asText(), asset.path("bytes").asText(""),
                    asset.path("sha256").asText("")));
            assets.print(out);
        }
        if (!job.path("timeline").isEmpty()) {
            out.println();
            Table timeline = new Table("AT", "WHAT", "DETAIL");
            job.path("timeline").forEach(entry -> timeline.row(entry.path("at").asText(), entry.path("what").asText(), entry.path("detail").asText("")));
            timeline.print(out);
        }
    }

    private static void line(PrintWriter out, String name, String value) {
        out.println(Printable.line("  " + name + " ".repeat(Math.max(1, 14 - name.length())) + value));
    }
}
