package io.mediajobs.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Compares what the simulator served, what is in the bucket, what the events say and what the store holds. It shares no code with the
 * product: Java, a JSON parser, JDBC, and the contract of the README.
 */
final class Checker {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<CampaignJob> jobs;
    private final JsonNode ledger;
    private final Bucket bucket;
    private final List<Path> eventsFiles;
    private final StoreReader store;
    private final Map<String, String> manifestsSeen;
    private final int openUploads;
    private final Politeness politeness;
    private final Findings findings;
    private final Map<String, String> told = new HashMap<>();
    private final Map<String, Instant> toldAt = new HashMap<>();
    private final Map<String, Integer> numbers = new TreeMap<>();
    private int recovered;
    private int objects;
    private int repeatedEvents;
    private int repeatedDownloads;

    /**
     * @param jobs          every job whose registration was answered
     * @param ledger        {@code GET /simulator/ledger}
     * @param manifestsSeen SHA-256 of manifests as they were first seen, by job
     * @param openUploads   how many uploads in parts may be left open
     * @param politeness    what the providers may expect
     */
    Checker(List<CampaignJob> jobs, JsonNode ledger, Bucket bucket, List<Path> eventsFiles, StoreReader store, Map<String, String> manifestsSeen, int openUploads,
            Politeness politeness, Findings findings) {
        this.jobs = jobs;
        this.ledger = ledger;
        this.bucket = bucket;
        this.eventsFiles = eventsFiles;
        this.store = store;
        this.manifestsSeen = manifestsSeen;
        this.openUploads = openUploads;
        this.politeness = politeness;
        this.findings = findings;
    }

    void run() throws IOException {
        readEvents();
        checkEvents();
        checkProviderEvents();
        checkStore();
        checkBucket();
        checkLedger();
        politeness.check(ledger, findings);
    }

    private void readEvents() throws IOException {
        for (Path file : eventsFiles) {
            if (!Files.exists(file)) {
                continue;
            }
            String text = Files.readString(file, StandardCharsets.UTF_8);
            if (!text.isEmpty() && !text.endsWith("\n")) {
                findings.add("the events do not end with a line", file.toString());
            }
            for (String line : text.lines().filter(line -> !line.isEmpty()).toList()) {
                readEvent(line);
            }
        }
    }

    private void readEvent(String line) {
        JsonNode event;
        try {
            event = EventsFile.parse(line);
        } catch (IOException e) {
            findings.add("a line of the events is not one JSON object", line.length() > 300 ? line.substring(0, 300) + "…" : line);
            return;
        }
        String id = event.path("id").asText();
        String before = told.putIfAbsent(id, line);
        if (before == null) {
            toldAt.put(id, Instant.parse(event.path("time").asText()));
        } else {
            repeatedEvents++;
            if (!before.equals(line)) {
                findings.add("an event was told twice with different words", id);
            }
        }
    }

    private void checkEvents() {
        Set<String> expected = jobs.stream().map(CampaignJob::event).collect(Collectors.toSet());
        for (CampaignJob job : jobs) {
            if (!told.containsKey(job.event())) {
                findings.add("an event is missing", job.event() + ", told instead: " + told.keySet().stream().filter(id -> id.startsWith(job.name() + "/")).toList());
            }
        }
        for (String id : told.keySet()) {
            if (id.contains("/mediajobs.job.") && !expected.contains(id)) {
                findings.add("an event that should not be", id);
            }
        }
    }

    /** A provider's incidents are numbered; each is told once and ends once, and what ends them all is that it answers again. */
    private void checkProviderEvents() {
        Map<String, List<String>> incidents = new TreeMap<>();
        for (String id : told.keySet()) {
            if (id.contains("/mediajobs.provider.")) {
                incidents.computeIfAbsent(id.substring(0, id.lastIndexOf('/')), any -> new ArrayList<>()).add(id.substring(id.lastIndexOf('.') + 1));
            }
        }
        incidents.forEach((incident, words) -> {
            // an outage may turn into a refusal, which is the next incident and ends with it
            boolean ends = words.remove("recovered");
            if (words.size() != 1) {
                findings.add("an incident of a provider that is not one", incident + " " + words);
            } else if (ends) {
                recovered++;
            }
            numbers.merge(incident.substring(0, incident.indexOf('/')), 1, Integer::sum);
        });
        numbers.forEach((provider, count) -> {
            for (int number = 1; number <= count; number++) {
                if (!incidents.containsKey(provider + "/" + number)) {
                    findings.add("an incident of a provider was not told", provider + "/" + number);
                }
            }
            if (!told.containsKey(provider + "/" + count + "/mediajobs.provider.recovered")) {
                findings.add("it was not told that a provider has recovered", provider + "/" + count);
            }
        });
    }

    private void checkStore() {
        Map<String, StoreReader.JobRow> rows = store.jobs().stream().collect(Collectors.toMap(StoreReader.JobRow::name, Function.identity()));
        for (CampaignJob job : jobs) {
            StoreReader.JobRow row = rows.remove(job.name());
            if (row == null) {
                findings.add("a job that was answered is not in the store", job.name());
            } else if (!row.state().equals(job.end()) || row.attempt() != 1) {
                findings.add("a job has the wrong end", job.name() + " is " + row.state() + ", attempt " + row.attempt() + ", and should be " + job.end());
            } else if (row.leased() || row.due()) {
                findings.add("a finished job is still in work", job.name() + (row.leased() ? " is leased" : " is due"));
            }
        }
        rows.keySet().forEach(name -> findings.add("the store has a job that nobody registered", name));
        for (StoreReader.EventRow event : store.events()) {
            String line = told.get(event.id());
            if (event.waiting() || !event.published()) {
                findings.add("the outbox is not empty", event.id());
            } else if (line == null) {
                findings.add("an event is taken down as published and was not told", event.id());
            } else if (!line.equals(event.payload())) {
                findings.add("an event was told in other words than the outbox has", event.id());
            }
        }
    }

    private void checkBucket() throws IOException {
        Map<String, JsonNode> simulated = new HashMap<>();
        ledger.path("jobs").forEach(job -> simulated.put(job.path("provider").asText() + "/" + job.path("jobId").asText(), job));
        Set<String> keys = new HashSet<>(bucket.keys());
        for (CampaignJob job : jobs) {
            if (job.end().equals("archived")) {
                checkObjects(job, simulated.get(job.name()), keys);
            }
        }
        keys.forEach(key -> findings.add("an object that should not be", key));
        List<String> open = bucket.unfinishedUploads();
        if (open.size() > openUploads) {
            open.forEach(upload -> findings.add("an upload in parts was left open", upload));
        }
    }

    private void checkObjects(CampaignJob job, JsonNode simulated, Set<String> keys) throws IOException {
        String manifestKey = job.name() + "/manifest.json";
        if (!keys.remove(manifestKey)) {
            findings.add("a manifest is missing", job.name());
            return;
        }
        String seen = manifestsSeen.get(job.name());
        if (seen != null && !seen.equals(bucket.sha256(manifestKey))) {
            findings.add("a manifest was written again with other bytes", manifestKey);
        }
        JsonNode manifest = JSON.readTree(bucket.file(manifestKey).toFile());
        List<String> named = new ArrayList<>();
        for (JsonNode asset : manifest.path("assets")) {
            String key = asset.path("key").asText();
            named.add(key + " " + asset.path("bytes").asLong() + " " + asset.path("sha256").asText());
            if (!keys.remove(key)) {
                findings.add("an object of a manifest is missing", key);
            } else if (!asset.path("sha256").asText().equals(bucket.sha256(key)) || asset.path("bytes").asLong() != Files.size(bucket.file(key))) {
                findings.add("an object is not what its manifest says", key);
            } else {
                objects++;
            }
        }
        Set<String> served = new TreeSet<>();
        for (JsonNode asset : simulated.path("assets")) {
            String path = asset.path("path").asText();
            served.add(job.name() + path.substring(path.lastIndexOf('/')) + " " + asset.path("bytes").asLong() + " " + asset.path("sha256").asText());
            repeatedDownloads += Math.max(0, asset.path("downloads").asInt() - 1);
        }
        if (named.size() != served.size() || !new TreeSet<>(named).equals(served)) {
            findings.add("a manifest names other assets than the provider served", job.name() + ": " + named + " instead of " + served);
        }
        JsonNode event = told.containsKey(job.event()) ? EventsFile.parse(told.get(job.event())) : null;
        if (event != null) {
            Set<String> inEvent = new TreeSet<>();
            event.path("data").path("assets").forEach(asset -> inEvent.add(asset.path("key").asText() + " " + asset.path("bytes").asLong() + " " + asset.path("sha256").asText()));
            if (!inEvent.equals(served) || !event.path("data").path("manifest").asText().equals(manifestKey)) {
                findings.add("an event names other assets than the manifest", job.event());
            }
        }
    }

    private void checkLedger() {
        if (ledger.path("unauthorized").asLong() > 0) {
            findings.add("status calls without the right key", ledger.path("unauthorized").asText());
        }
        if (ledger.path("leakedKeys").asLong() > 0) {
            findings.add("a key went to the host of an asset", ledger.path("leakedKeys").asText());
        }
        ledger.path("unknownJobs").forEach(job -> findings.add("the provider was asked for a job that nobody registered", job.toString()));
        Map<String, CampaignJob> byName = jobs.stream().collect(Collectors.toMap(CampaignJob::name, Function.identity()));
        for (JsonNode job : ledger.path("jobs")) {
            CampaignJob known = byName.get(job.path("provider").asText() + "/" + job.path("jobId").asText());
            Instant end = known == null ? null : toldAt.get(known.event());
            for (JsonNode poll : job.path("polls")) {
                // the event's time has no more than milliseconds, and its last poll may be of the same one
                if (end != null && Instant.parse(poll.path("at").asText()).truncatedTo(ChronoUnit.MILLIS).isAfter(end)) {
                    findings.add("the provider was asked for a job after its end", known.name() + ", at " + poll.path("at").asText() + ", ended at " + end);
                    break;
                }
            }
        }
    }

    /** Objects that are, byte for byte, what the provider served. */
    int objects() {
        return objects;
    }

    /** Different events that were told. */
    int events() {
        return told.size();
    }

    /** Incidents of providers that were told, with their end. */
    int incidents() {
        return recovered;
    }

    /** Events that were told more than once, each time with the same id and the same words: that is allowed. */
    int repeatedEvents() {
        return repeatedEvents;
    }

    /** Downloads beyond the first of an asset, those included that a fault of its host made necessary. */
    int repeatedDownloads() {
        return repeatedDownloads;
    }
}
