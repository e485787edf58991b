package io.mediajobs.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mediajobs.demo.simulator.ProviderSimulator;
import io.mediajobs.job.JobState;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks at what came of the demo with its own eyes: files in the S3 folder, manifests, the events file. Nothing that the product says of
 * itself is believed.
 */
final class Outcome {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String JOB_EVENT = "mediajobs.job.";

    private final List<String> complaints = new ArrayList<>();
    private int files;
    private long bytes;
    private int manifests;
    private int events;

    /**
     * @param bucket the folder of the bucket
     * @param lines  the events file
     */
    static Outcome of(Map<DemoJob, JobStanding> standings, ProviderSimulator simulator, Path bucket, Path lines) {
        Outcome outcome = new Outcome();
        Map<String, List<String>> told = outcome.events(lines);
        standings.forEach((job, standing) -> {
            outcome.checkState(job, standing);
            outcome.checkEvent(job, told.getOrDefault(job.name(), List.of()));
            if (job.expected() == JobState.ARCHIVED) {
                outcome.checkFiles(job, simulator, bucket);
            } else {
                outcome.checkNoFiles(job, bucket);
            }
        });
        return outcome;
    }

    private void checkState(DemoJob job, JobStanding standing) {
        if (standing.state() != job.expected()) {
            complaints.add(job.name() + " is " + standing.state().word() + " instead of " + job.expected().word()
                    + (standing.error().isEmpty() ? "." : ": " + standing.error()));
        }
    }

    private void checkEvent(DemoJob job, List<String> types) {
        String expected = JOB_EVENT + (job.expected() == JobState.ARCHIVED ? "completed" : job.expected().word());
        events += types.size();
        if (!types.equals(List.of(expected))) {
            complaints.add(job.name() + " has the events " + types + " instead of " + expected + " once.");
        }
    }

    private void checkFiles(DemoJob job, ProviderSimulator simulator, Path bucket) {
        Path folder = bucket.resolve(job.name());
        Set<String> named = new TreeSet<>();
        JsonNode manifest;
        try {
            manifest = JSON.readTree(folder.resolve("manifest.json").toFile());
        } catch (IOException e) {
            complaints.add(job.name() + " has no manifest that can be read.");
            return;
        }
        manifests++;
        for (JsonNode asset : manifest.path("assets")) {
            named.add(asset.path("key").asText() + " " + asset.path("sha256").asText());
        }
        Set<String> served = new TreeSet<>();
        for (String file : job.simulated().assets().keySet()) {
            String sha256 = simulator.sha256(job.simulated(), file);
            served.add(job.name() + "/" + file + " " + sha256);
            try {
                Path stored = folder.resolve(file);
                if (sha256.equals(sha256(stored))) {
                    files++;
                    bytes += Files.size(stored);
                } else {
                    complaints.add(job.name() + "/" + file + " is not what the provider served.");
                }
            } catch (IOException e) {
                complaints.add(job.name() + "/" + file + " is not in the bucket.");
            }
        }
        if (!named.equals(served)) {
            complaints.add("The manifest of " + job.name() + " names other files than the provider served.");
        }
    }

    private void checkNoFiles(DemoJob job, Path bucket) {
        if (Files.exists(bucket.resolve(job.name()).resolve("manifest.json"))) {
            complaints.add(job.name() + " has a manifest although it is not archived.");
        }
    }

    /** The types of the job events that the file tells, by {@code provider/jobId}. */
    private Map<String, List<String>> events(Path lines) {
        Map<String, List<String>> types = new HashMap<>();
        try {
            for (String line : Files.exists(lines) ? Files.readAllLines(lines, StandardCharsets.UTF_8) : List.<String>of()) {
                JsonNode event = JSON.readTree(line);
                if (event.path("type").asText().startsWith(JOB_EVENT)) {
                    types.computeIfAbsent(event.path("subject").asText(), any -> new ArrayList<>()).add(event.path("type").asText());
                }
            }
        } catch (JsonProcessingException e) {
            complaints.add("A line of " + lines + " is not JSON.");
        } catch (IOException e) {
            complaints.add(lines + " cannot be read: " + e + ".");
        }
        return types;
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(stream, digest).transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Everything that is not as it should be, a sentence each. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** Files that are, byte for byte, what the provider served. */
    int files() {
        return files;
    }

    /** Bytes of {@link #files()}. */
    long bytes() {
        return bytes;
    }

    int manifests() {
        return manifests;
    }

    /** Events about jobs. */
    int events() {
        return events;
    }
}
