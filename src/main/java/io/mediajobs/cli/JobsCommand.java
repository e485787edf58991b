package io.mediajobs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.mediajobs.config.NearestName;
import io.mediajobs.job.JobState;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code jobs}: the jobs that the running program follows, newest first. */
@Command(name = "jobs", description = "Lists the jobs that the running program follows, newest first.")
final class JobsCommand implements Callable<Integer> {

    /** The largest page of the API. */
    private static final int PAGE = 1_000;

    /** A state as the API names it. */
    static final class StateWord implements ITypeConverter<JobState> {

        @Override
        public JobState convert(String word) {
            try {
                return JobState.ofWord(word);
            } catch (IllegalArgumentException e) {
                List<String> known = Arrays.stream(JobState.values()).map(JobState::word).toList();
                throw new TypeConversionException("there is no state '" + word + "'" + NearestName.hint(word, known));
            }
        }
    }

    @ParentCommand
    private Main main;

    @Spec
    private CommandSpec spec;

    @Option(names = "--state", paramLabel = "STATE", converter = StateWord.class,
            description = "pending, processing, archiving, archived, failed, lost, expired, cancelled or blocked.")
    private JobState state;

    @Option(names = "--provider", paramLabel = "PROVIDER", description = "Such as pictory-video.")
    private String provider;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "50", description = "How many at the most. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--json", description = "As the HTTP API has them: {\"jobs\": […]}.")
    private boolean json;

    @Override
    public Integer call() {
        ApiClient api = new ApiClient(main.settings());
        ArrayNode jobs = JsonNodeFactory.instance.arrayNode();
        String after = null;
        boolean more;
        do {
            JsonNode page = api.get("api/jobs" + ApiClient.query(filter(Math.min(limit - jobs.size(), PAGE), after)));
            page.path("jobs").forEach(jobs::add);
            more = page.hasNonNull("next");
            after = page.path("next").asText(null);
        } while (more && jobs.size() < limit);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonNodeFactory.instance.objectNode().set("jobs", jobs).toPrettyString());
        } else {
            print(jobs, more, out);
        }
        out.flush();
        return ExitCode.OK.number();
    }

    private Map<String, String> filter(int page, String after) {
        Map<String, String> filter = new LinkedHashMap<>();
        if (state != null) {
            filter.put("state", state.word());
        }
        if (provider != null) {
            filter.put("provider", provider);
        }
        filter.put("limit", Integer.toString(page));
        if (after != null) {
            filter.put("after", after);
        }
        return filter;
    }

    private static void print(ArrayNode jobs, boolean more, PrintWriter out) {
        if (jobs.isEmpty()) {
            out.println("No jobs.");
            return;
        }
        Table table = new Table("STATE", "PROVIDER", "JOB", "%", "POLLS", "UPDATED", "ERROR");
        for (JsonNode job : jobs) {
            table.row(job.path("state").asText(), job.path("provider").asText(), job.path("jobId").asText(), job.path("progress").asText(""),
                    job.path("polls").asText(), job.path("updatedAt").asText(), Printable.cut(job.path("error").path("message").asText(""), 60));
        }
        table.print(out);
        if (more) {
            out.println("There are more; --limit shows them.");
        }
    }
}
