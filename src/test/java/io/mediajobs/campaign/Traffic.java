package io.mediajobs.campaign;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Has the product follow jobs while it is being killed, as a client does that wants to be sure: what was not answered is sent again.
 * And looks at each event as it is told.
 */
final class Traffic implements Runnable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_AT_ONCE = 20;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final CampaignSettings settings;
    private final URI simulator;
    private final String token;
    private final List<Node> nodes;
    private final List<EventsFile> eventsFiles;
    private final Bucket bucket;
    private final Findings findings;
    private final JobMix mix;
    private final Random random;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build();
    private final Outages outages;
    private final LinkedBlockingQueue<CampaignJob> wanted = new LinkedBlockingQueue<>();
    private final Map<String, CampaignJob> followed = new LinkedHashMap<>();
    private final Set<String> ended = new HashSet<>();
    private final Map<String, String> manifests = new HashMap<>();
    /** Wanted ones that are not followed yet. */
    private final AtomicInteger outstanding = new AtomicInteger();
    private volatile boolean moreJobs = true;
    private volatile boolean stopped;
    /** Jobs are about to be followed. */
    private volatile boolean busy;
    private int mostInFlight;
    private int repeats;

    Traffic(CampaignSettings settings, URI simulator, String token, List<Node> nodes, List<EventsFile> eventsFiles, Bucket bucket, Findings findings) {
        this.settings = settings;
        this.simulator = simulator;
        this.token = token;
        this.nodes = nodes;
        this.eventsFiles = eventsFiles;
        this.bucket = bucket;
        this.findings = findings;
        this.mix = new JobMix(settings.seed(), settings.longest());
        this.random = new Random(settings.seed());
        this.outages = new Outages(simulator, http, settings.seed());
    }

    /** Sees to it that what the point needs comes in soon. */
    void provide(CrashPoint.Needs needs) {
        synchronized (mix) {
            switch (needs) {
                case A_REGISTRATION -> want(List.of(mix.next()));
                case A_LARGE_ASSET -> want(List.of(mix.large()));
                case NOTHING -> {
                    // it comes by itself
                }
            }
        }
    }

    private void want(List<CampaignJob> jobs) {
        outstanding.addAndGet(jobs.size());
        wanted.addAll(jobs);
    }

    /** No new jobs from now on but one last of each provider: one that was down when nobody asked any more could not recover. */
    void noMoreJobs() {
        synchronized (mix) {
            want(mix.oneOfEach());
        }
        moreJobs = false;
    }

    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                readEvents();
                if (moreJobs) {
                    outages.goOn();
                } else {
                    outages.end();
                }
                // a job that is wanted comes at once; how many have ended is looked at now and then
                CampaignJob first = wanted.poll(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
                busy = true;
                List<CampaignJob> next = new ArrayList<>();
                if (first != null) {
                    next.add(first);
                }
                wanted.drainTo(next);
                int ofThemWanted = next.size();
                addMissing(next);
                if (!next.isEmpty()) {
                    follow(next);
                }
                outstanding.addAndGet(-ofThemWanted);
                busy = false;
            }
            readEvents();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            findings.add("the campaign itself failed", e.toString());
        }
    }

    /** As many as are to be in flight. */
    private void addMissing(List<CampaignJob> next) {
        int missing = moreJobs ? settings.jobs() - inFlight() : 0;
        synchronized (mix) {
            for (int i = 0; i < Math.min(missing, MOST_AT_ONCE); i++) {
                next.add(mix.next());
            }
        }
    }

    private void follow(List<CampaignJob> jobs) throws IOException, InterruptedException {
        ArrayNode orders = JSON.createArrayNode();
        jobs.forEach(job -> orders.add(job.order()));
        HttpResponse<String> ordered = http.send(HttpRequest.newBuilder(simulator.resolve("/simulator/jobs"))
                .POST(HttpRequest.BodyPublishers.ofString(orders.toString())).build(), HttpResponse.BodyHandlers.ofString());
        if (ordered.statusCode() != 201) {
            throw new IllegalStateException("the simulator refuses jobs: " + ordered.body());
        }
        ArrayNode body = JSON.createArrayNode();
        jobs.forEach(job -> registration(body, job));
        int known = jobs.size();
        again(body);
        JsonNode results = post(body);
        for (int i = 0; results != null && i < results.size(); i++) {
            JsonNode result = results.get(i);
            int status = result.path("status").asInt();
            if (status != 201 && status != 200) {
                throw new IllegalStateException("a registration is refused: " + result);
            }
            if (i >= known && status == 201) {
                findings.add("a job that was followed is new when it is registered again", result.toString());
            }
        }
        if (results != null) {
            synchronized (this) {
                jobs.forEach(job -> followed.put(job.name(), job));
                mostInFlight = Math.max(mostInFlight, inFlight());
            }
        }
    }

    /** Now and then jobs that are followed are registered again: what was answered once must be there. */
    private synchronized void again(ArrayNode body) {
        if (random.nextInt(4) == 0 && !followed.isEmpty()) {
            List<CampaignJob> all = List.copyOf(followed.values());
            registration(body, all.get(random.nextInt(all.size())));
            repeats++;
        }
    }

    private static void registration(ArrayNode body, CampaignJob job) {
        ObjectNode entry = body.addObject().put("provider", job.provider()).put("jobId", job.jobId());
        if (job.deadline() != null) {
            entry.put("deadline", job.deadline());
        }
        entry.putObject("tags").put("end", job.end());
    }

    /** Sends until it is answered; null if the campaign was stopped before. */
    private JsonNode post(ArrayNode body) throws IOException, InterruptedException {
        while (!stopped) {
            Node node = nodes.get(random.nextInt(nodes.size()));
            try {
                HttpResponse<String> answer = http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + "/api/jobs"))
                        .timeout(Duration.ofSeconds(15)).header("Authorization", "Bearer " + token).header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body.toString())).build(), HttpResponse.BodyHandlers.ofString());
                // a provider's route that has not started yet is not known yet
                boolean starting = answer.body().contains("unknown-provider");
                if (answer.statusCode() == 200 && !starting) {
                    return JSON.readTree(answer.body()).path("results");
                }
                if (answer.statusCode() < 500 && answer.statusCode() != 404 && !starting) {
                    throw new IllegalStateException("registrations are answered with " + answer.statusCode() + ": " + answer.body());
                }
            } catch (IOException e) {
                // killed before, while or after it took them: nobody knows, so all of them again
            }
            readEvents();
            outages.goOn();
            awaitANode();
        }
        return null;
    }

    /** Until one of the nodes listens, but not for long: events are to be read. */
    private void awaitANode() {
        try {
            await().atMost(Duration.ofMillis(500)).pollDelay(LOOK_AGAIN).pollInterval(LOOK_AGAIN).until(() -> stopped || nodes.stream().anyMatch(Node::isListening));
        } catch (ConditionTimeoutException e) {
            // all are dead or starting; the caller looks at what else there is and comes again
        }
    }

    private synchronized int inFlight() {
        return followed.size() - (int) followed.keySet().stream().filter(ended::contains).count();
    }

    private synchronized void readEvents() {
        for (EventsFile file : eventsFiles) {
            for (String line : file.more()) {
                JsonNode event;
                try {
                    event = EventsFile.parse(line);
                } catch (IOException e) {
                    findings.add("a line of the events is not one JSON object", line.length() > 300 ? line.substring(0, 300) + "…" : line);
                    continue;
                }
                if (!event.path("type").asText().startsWith("mediajobs.job.")) {
                    continue;
                }
                String name = event.path("subject").asText();
                ended.add(name);
                if (event.path("type").asText().endsWith(".completed")) {
                    remember(name, event.path("data").path("manifest").asText());
                }
            }
        }
    }

    /** Takes down which manifests there are: what is written once is never written otherwise. */
    synchronized void rememberManifests() {
        for (CampaignJob job : followed.values()) {
            if (!ended.contains(job.name()) && job.end().equals("archived")) {
                String key = job.name() + "/manifest.json";
                if (bucket.sha256(key) != null) {
                    remember(job.name(), key);
                }
            }
        }
    }

    private void remember(String name, String key) {
        String sha256 = bucket.sha256(key);
        if (sha256 == null) {
            findings.add("an event says completed and there is no manifest", name);
            return;
        }
        String before = manifests.put(name, sha256);
        if (before != null && !before.equals(sha256)) {
            findings.add("a manifest was written again with other bytes", key);
        }
    }

    synchronized List<CampaignJob> followed() {
        return List.copyOf(followed.values());
    }

    /** Jobs that have no event yet. */
    synchronized List<String> unfinished() {
        return followed.keySet().stream().filter(name -> !ended.contains(name)).toList();
    }

    boolean isIdle() {
        return outstanding.get() == 0 && !busy && unfinished().isEmpty();
    }

    synchronized Map<String, String> manifests() {
        return Map.copyOf(manifests);
    }

    synchronized int mostInFlight() {
        return mostInFlight;
    }

    int outages() {
        return outages.count();
    }

    synchronized int repeats() {
        return repeats;
    }
}
