package io.mediajobs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code track}: has the running program follow jobs. */
@Command(name = "track", description = {"Has the running program follow jobs.", "To follow a job twice changes nothing, so whoever is unsure may repeat it."})
final class TrackCommand implements Callable<Integer> {

    /** What the API takes in one array. */
    private static final int AT_ONCE = 10_000;

    @ParentCommand
    private Main main;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "PROVIDER", description = "Such as pictory-video.")
    private String provider;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "JOB_ID", description = "The provider's own ids; - reads them from standard input, one a line.")
    private List<String> jobIds = new ArrayList<>();

    @Option(names = "--deadline", paramLabel = "TIME", description = "How long the jobs may take, such as 90s, 30m, 2h or 7d. Default: the provider's.")
    private String deadline;

    @Option(names = "--tag", paramLabel = "name=value", description = "Your own label for the jobs. May be repeated.")
    private List<String> tags = new ArrayList<>();

    @Override
    public Integer call() {
        Map<String, String> labels = labels();
        ApiClient api = new ApiClient(main.settings());
        PrintWriter out = spec.commandLine().getOut();
        List<String> ids = ids();
        boolean all = true;
        for (int from = 0; from < ids.size(); from += AT_ONCE) {
            List<String> batch = ids.subList(from, Math.min(from + AT_ONCE, ids.size()));
            for (JsonNode result : api.post("api/jobs", body(batch, labels)).path("results")) {
                String job = provider + "/" + batch.get(result.path("index").asInt());
                all &= !result.has("problem");
                out.println(Printable.line(job + ": " + words(result)));
            }
            out.flush();
        }
        return (all ? ExitCode.OK : ExitCode.FINDINGS).number();
    }

    private static String words(JsonNode result) {
        if (result.has("problem")) {
            return "refused. " + result.path("problem").path("detail").asText();
        }
        return result.path("status").asInt() == 201 ? "followed" : "already followed";
    }

    private ArrayNode body(List<String> batch, Map<String, String> labels) {
        ArrayNode body = JsonNodeFactory.instance.arrayNode();
        for (String id : batch) {
            ObjectNode job = body.addObject().put("provider", provider).put("jobId", id);
            if (deadline != null) {
                job.put("deadline", deadline);
            }
            if (!labels.isEmpty()) {
                ObjectNode named = job.putObject("tags");
                labels.forEach(named::put);
            }
        }
        return body;
    }

    private Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        for (String tag : tags) {
            int equals = tag.indexOf('=');
            if (equals < 1) {
                throw new ParameterException(spec.commandLine(), "'" + tag + "' is not a tag; write --tag name=value.");
            }
            labels.put(tag.substring(0, equals), tag.substring(equals + 1));
        }
        return labels;
    }

    private List<String> ids() {
        List<String> ids = new ArrayList<>();
        for (String id : jobIds) {
            if (!id.equals("-")) {
                ids.add(id);
                continue;
            }
            try {
                // not closed: standard input is the process's
                BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
                lines.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(ids::add);
            } catch (UncheckedIOException e) {
                throw new CommandException(ExitCode.USAGE, "Standard input cannot be read: " + e.getCause().getMessage(), e);
            }
        }
        if (ids.isEmpty()) {
            throw new CommandException(ExitCode.USAGE, "Standard input has no job ids; write one a line.");
        }
        return ids;
    }
}
