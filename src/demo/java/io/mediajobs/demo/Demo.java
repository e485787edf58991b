package io.mediajobs.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mediajobs.cli.ApiAddress;
import io.mediajobs.cli.ApiClient;
import io.mediajobs.cli.StopSignal;
import io.mediajobs.config.Settings;
import io.mediajobs.demo.simulator.Misbehaviour;
import io.mediajobs.demo.simulator.ProviderSimulator;
import io.mediajobs.job.JobState;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** One run of the demo: registers jobs through the HTTP API, shows how they go on, checks what came of them. */
final class Demo {

    private static final long FRAME_MILLIS = 250;
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    /** The last events may be on their way when the last job has ended. */
    private static final Duration EVENTS_PATIENCE = Duration.ofSeconds(10);
    /** One provider is down for a while: real seconds since the start. */
    private static final double DOWN_FROM = 4;
    private static final double DOWN_TO = 8;
    private static final String DOWN = "stories";

    private final ProviderSimulator simulator;
    private final DemoFolder folder;
    private final Settings settings;
    private final PrintWriter out;
    private final JobsView view;
    private final StopSignal stop;
    private final boolean staysUp;
    private final ApiClient api;
    private final long begin = System.nanoTime();

    Demo(ProviderSimulator simulator, DemoFolder folder, Settings settings, PrintWriter out, JobsView view, StopSignal stop, boolean staysUp) {
        this.simulator = simulator;
        this.folder = folder;
        this.settings = settings;
        this.out = out;
        this.view = view;
        this.stop = stop;
        this.staysUp = staysUp;
        this.api = new ApiClient(settings);
    }

    /** @return whether every job ended as it should, and all that was to be stored and told was */
    boolean run(int count) {
        writeSettings();
        List<DemoJob> jobs = DemoJobs.create(simulator, count);
        register(jobs);
        Map<DemoJob, JobStanding> standings = follow(jobs);
        if (stop.isRaised()) {
            return false;
        }
        Outcome outcome = outcome(standings);
        summary(standings, outcome);
        return outcome.complaints().isEmpty();
    }

    private void register(List<DemoJob> jobs) {
        ArrayNode body = JsonNodeFactory.instance.arrayNode();
        for (DemoJob job : jobs) {
            ObjectNode entry = body.addObject().put("provider", job.simulated().provider()).put("jobId", job.simulated().jobId());
            if (job.deadline() != null) {
                entry.put("deadline", job.deadline());
            }
            entry.putObject("tags").put("demo", job.story());
        }
        for (JsonNode result : api.post("api/jobs", body).path("results")) {
            if (result.has("problem")) {
                throw new IllegalStateException("a demo job was refused: " + result.path("problem").path("detail").asText());
            }
        }
    }

    private Map<DemoJob, JobStanding> follow(List<DemoJob> jobs) {
        Map<DemoJob, JobStanding> standings = new LinkedHashMap<>();
        jobs.forEach(job -> standings.put(job, JobStanding.NEW));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        boolean settled = false;
        while (!settled && System.nanoTime() < deadline && !stop.isRaised()) {
            stop.await(Duration.ofMillis(FRAME_MILLIS));
            outage();
            ask(standings);
            view.show(seconds(), standings);
            settled = standings.values().stream().allMatch(JobStanding::isSettled);
        }
        simulator.provider(DOWN).recovers();
        return standings;
    }

    private void outage() {
        if (seconds() > DOWN_FROM && seconds() < DOWN_TO) {
            simulator.provider(DOWN).goesDown(Misbehaviour.status(503));
        } else {
            simulator.provider(DOWN).recovers();
        }
    }

    private void ask(Map<DemoJob, JobStanding> standings) {
        Map<String, JobStanding> now = new LinkedHashMap<>();
        String after = "";
        do {
            JsonNode page = api.get("api/jobs?limit=1000" + after);
            page.path("jobs").forEach(job -> now.put(job.path("provider").asText() + "/" + job.path("jobId").asText(), JobStanding.of(job)));
            after = page.hasNonNull("next") ? "&after=" + page.path("next").asText() : "";
        } while (!after.isEmpty());
        standings.replaceAll((job, before) -> now.getOrDefault(job.name(), before));
    }

    private Outcome outcome(Map<DemoJob, JobStanding> standings) {
        long deadline = System.nanoTime() + EVENTS_PATIENCE.toNanos();
        Outcome outcome;
        do {
            stop.await(Duration.ofMillis(FRAME_MILLIS));
            outcome = Outcome.of(standings, simulator, folder.s3().resolve(DemoSettings.BUCKET), folder.events());
        } while (outcome.events() < standings.size() && System.nanoTime() < deadline && !stop.isRaised());
        return outcome;
    }

    private double seconds() {
        return (System.nanoTime() - begin) / 1e9;
    }

    private void summary(Map<DemoJob, JobStanding> standings, Outcome outcome) {
        Map<JobState, Long> expected = standings.keySet().stream().collect(Collectors.groupingBy(DemoJob::expected, Collectors.counting()));
        Map<JobState, Long> got = standings.values().stream().collect(Collectors.groupingBy(JobStanding::state, Collectors.counting()));
        out.println();
        out.println("           expected  got");
        Arrays.stream(JobState.values()).filter(state -> expected.containsKey(state) || got.containsKey(state)).forEach(state ->
                out.printf("%-10s %8d %4d%n", state.word(), expected.getOrDefault(state, 0L), got.getOrDefault(state, 0L)));
        out.println();
        out.printf(Locale.ROOT, "Checked: %d files (%.1f MB) have the SHA-256 of what the provider served, %d manifests, %d events for %d jobs.%n",
                outcome.files(), outcome.bytes() / 1e6, outcome.manifests(), outcome.events(), standings.size());
        outcome.complaints().forEach(complaint -> out.println("WRONG: " + complaint));
        out.println(outcome.complaints().isEmpty() ? "Every job ended as it should." : "Not every job ended as it should; the log says more.");
        out.println();
        out.println("Files and manifests  " + folder.s3().resolve(DemoSettings.BUCKET));
        out.println("Events               " + folder.events());
        out.println("Log                  " + folder.log());
        if (staysUp) {
            out.println("Page and API         " + ApiAddress.of(settings) + "  (token: " + folder.token() + ")");
            out.println("Try                  " + command("jobs --state blocked"));
            out.println("                     " + command("job stories story-05"));
        }
        out.flush();
    }

    private String command(String words) {
        String line = words + " --config " + folder.settings();
        return System.getProperty("media-job-routes.home") == null ? "media-job-routes " + line : "mvn -q exec:java -Dexec.args=\"" + line + "\"";
    }

    /** So that the other commands find the demo by {@code --config}. */
    private void writeSettings() {
        try {
            Files.writeString(folder.settings(), "# Where the demo is, for: media-job-routes jobs --config THIS_FILE\n"
                    + "data.folder=" + folder.data().toString().replace("\\", "\\\\") + "\nhttp.port=" + settings.number("http.port") + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
