package io.mediajobs.campaign;

import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mediajobs.TestProgram;
import io.mediajobs.demo.s3.EmbeddedS3;
import io.mediajobs.demo.simulator.ProviderSimulator;
import io.mediajobs.store.PostgresServer;
import io.mediajobs.store.StoreSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionTimeoutException;
import org.slf4j.LoggerFactory;

/**
 * Kills processes of the product again and again, at random moments and at named points, while jobs of all kinds are followed; lets
 * the last one finish; and has the {@link Checker} say what was lost or doubled.
 * <pre>mvn -q test-compile exec:java -Dmain.class=io.mediajobs.campaign.CrashCampaign -Dexec.args="--kills 200 --jobs 500 --seed 7"</pre>
 * The exit code is 0 only if nothing is wrong.
 */
public final class CrashCampaign {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int RATE = 60;
    private static final int AT_ONCE = 20;
    private static final String TOKEN = "campaign-token-0123456789";
    /** A point that is not passed within this time of work is not waited for any longer. */
    private static final Duration LONGEST_LIFE = Duration.ofSeconds(4);
    /** At random a process is killed within this time of its start, or of its being ready. */
    private static final int LATEST_MILLIS = 2_000;

    private final CampaignSettings settings;
    private final PrintStream out;
    private final Findings findings = new Findings();
    private final Map<String, Integer> killsByPoint = new TreeMap<>();
    private final List<Instant> killed = new CopyOnWriteArrayList<>();
    private final List<Instant> starts = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> readyMillis = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> readyProcessorMillis = Collections.synchronizedList(new ArrayList<>());
    /** The machine's load averages: how long a start takes depends on what else runs. */
    private final List<Double> loads = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger kills = new AtomicInteger();
    private List<Long> resumeMillis = List.of();

    CrashCampaign(CampaignSettings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    public static void main(String[] arguments) throws Exception {
        if (LoggerFactory.getLogger("io.zonky") instanceof Logger postgres) {
            postgres.setLevel(Level.WARN);
        }
        CrashCampaign campaign = new CrashCampaign(CampaignSettings.of(Arrays.asList(arguments)), System.out);
        System.exit(campaign.run() ? 0 : 1);
    }

    /** @return whether nothing was lost, doubled or otherwise wrong */
    boolean run() throws IOException, InterruptedException {
        Files.createDirectories(settings.folder());
        Instant begin = Instant.now();
        out.printf("Crash campaign: seed %d, %d kills, %d jobs in flight, %d node(s), %s, in %s%n", settings.seed(), settings.kills(), settings.jobs(),
                settings.nodes(), settings.postgres() ? "PostgreSQL" : "SQLite", settings.folder());
        List<Node> nodes = new CopyOnWriteArrayList<>();
        // a campaign that is stopped leaves no process behind
        Runtime.getRuntime().addShutdownHook(new Thread(() -> nodes.forEach(Node::kill)));
        try (ProviderSimulator simulator = ProviderSimulator.start(); EmbeddedS3 s3 = EmbeddedS3.start(settings.folder().resolve("s3"));
                PostgresServer postgres = settings.postgres() ? PostgresServer.start(settings.folder()) : null) {
            StoreSettings database = postgres == null ? null : postgres.newDatabase();
            Bucket bucket = new Bucket(s3.createBucket(TestProgram.BUCKET));
            Launcher launcher = new Launcher(Files.createDirectories(settings.folder().resolve("lib")), settings.heap());
            for (int i = 1; i <= settings.nodes(); i++) {
                nodes.add(new Node(settings.folder().resolve("node-" + i), product(simulator, s3, database), TestProgram.freePort(), TestProgram.freePort(), launcher));
            }
            nodes.get(0).train();
            StoreReader store = database == null ? StoreReader.sqlite(nodes.get(0).data().resolve("jobs.db"))
                    : new StoreReader(database.url(), database.user(), database.password());
            List<EventsFile> eventsFiles = nodes.stream().map(node -> new EventsFile(node.events())).toList();
            Traffic traffic = new Traffic(settings, URI.create(simulator.url()), TOKEN, nodes, eventsFiles, bucket, findings);
            Thread registering = new Thread(traffic, "traffic");
            registering.start();
            killAll(nodes, eventsFiles, traffic, store);
            if (settings.kills() >= 20 && killsByPoint.keySet().stream().noneMatch(how -> how.endsWith("commit"))) {
                findings.add("no process was killed at a commit", "the driver that knows of commits is not used");
            }
            traffic.noMoreJobs();
            finish(nodes, traffic, store, bucket);
            traffic.stop();
            registering.join();
            JsonNode ledger = ledger(simulator);
            Checker checker = new Checker(traffic.followed(), ledger, bucket, nodes.stream().map(Node::events).toList(), store, traffic.manifests(),
                    settings.openUploads(), new Politeness(RATE, AT_ONCE, killed), findings);
            checker.run();
            report(traffic, checker, ledger, bucket, Duration.between(begin, Instant.now()));
        } finally {
            nodes.forEach(Node::kill);
        }
        return findings.isEmpty();
    }

    private Map<String, String> product(ProviderSimulator simulator, EmbeddedS3 s3, StoreSettings database) {
        Map<String, String> all = TestProgram.settings(settings.folder(), simulator, s3);
        for (String provider : List.of("pictory-image", "pictory-video", "pictory-render", "productai", "stories")) {
            all.put("provider." + provider + ".every", "3s");
            all.put("provider." + provider + ".at-once", Integer.toString(AT_ONCE));
            all.put("provider." + provider + ".rate", RATE + "/s");
        }
        all.put("poll.tick-millis", "200");
        all.put("poll.lease", settings.postgres() ? "5s" : "2m");
        all.put("poll.not-found-asks", "4");
        all.put("poll.not-found-every", "500ms");
        all.put("circuit.pause", "1s");
        all.put("circuit.longest-pause", "2s");
        all.put("refused.pause", "1s");
        all.put("archive.multipart-from", "5MB");
        all.put("archive.part-size", "5MB");
        // an upload that was begun when nobody could write down its name any more
        all.put("archive.orphan-after", "10s");
        all.put("archive.orphans-tick-millis", "1000");
        all.put("archive.asset-retry-delay", "200ms");
        all.put("archive.ask-again-after", "500ms");
        all.put("archive.fresh-url-delay", "300ms");
        all.put("events.tick-millis", "200");
        all.put("http.token", TOKEN);
        if (database != null) {
            all.put("store.url", database.url());
            all.put("store.user", database.user());
            all.put("store.password", database.password());
            all.put("events.hold", "5s");
        }
        return all;
    }

    /** One killer a node, so that several can be dead at the same time. */
    private void killAll(List<Node> nodes, List<EventsFile> eventsFiles, Traffic traffic, StoreReader store) throws InterruptedException {
        List<Thread> killers = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            EventsFile events = eventsFiles.get(i);
            Random random = new Random(settings.seed() * 31 + i);
            Thread killer = new Thread(() -> {
                try {
                    while (kills.getAndIncrement() < settings.kills()) {
                        killOnce(node, events, random, traffic, store);
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (RuntimeException e) {
                    findings.add("the campaign itself failed", e.toString());
                }
            }, "killer-" + (i + 1));
            killers.add(killer);
            killer.start();
        }
        for (Thread killer : killers) {
            killer.join();
        }
    }

    private void killOnce(Node node, EventsFile events, Random random, Traffic traffic, StoreReader store) throws InterruptedException {
        CrashPoint point = random.nextInt(3) == 0 ? null : point(random);
        int passing = point == null ? 0 : 1 + random.nextInt(point.latest);
        boolean starting = point == null && random.nextInt(3) == 0;
        Duration life = point == null ? Duration.ofMillis(random.nextInt(LATEST_MILLIS)) : LONGEST_LIFE;
        double keep = random.nextDouble();
        if (point != null) {
            for (int i = 0; i < passing; i += 3) {
                traffic.provide(point.needs);
            }
        }
        node.start(point, passing);
        started(node);
        String how;
        if (!starting && node.isReady()) {
            readyMillis.add(Duration.between(node.startedAt(), Instant.now()).toMillis());
            readyProcessorMillis.add(node.processorTime().toMillis());
        }
        boolean byItself = node.endsWithin(life);
        killed.add(Instant.now());
        if (byItself) {
            how = point == null ? "by itself" : point.words();
            if (node.exitCode() != ProductToKill.KILLED) {
                findings.add("the product ended by itself", "exit code " + node.exitCode() + ", see " + node.log());
            }
        } else {
            node.kill();
            how = starting ? "at random while it started" : "at random in work";
        }
        if (point == CrashPoint.BEFORE_MARK_COMMIT && how.equals(point.words()) && keep < 0.75 && tear(events, store, keep)) {
            how = "in the middle of writing an event";
        }
        traffic.rememberManifests();
        synchronized (killsByPoint) {
            killsByPoint.merge(how, 1, Integer::sum);
        }
    }

    private void started(Node node) {
        starts.add(node.startedAt());
        loads.add(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private CrashPoint point(Random random) {
        while (true) {
            CrashPoint point = CrashPoint.values()[random.nextInt(CrashPoint.values().length)];
            if (settings.large() || point.needs != CrashPoint.Needs.A_LARGE_ASSET) {
                return point;
            }
        }
    }

    /** The kill came behind the writing of an event; a moment before, only a part of it would be there. */
    private static boolean tear(EventsFile events, StoreReader store, double keep) {
        String last = events.lastId();
        // some lose the line's end only, which is written by itself
        return last != null && !store.isPublished(last) && events.tearLastLine(keep < 0.4 ? 1 : keep);
    }

    private void finish(List<Node> nodes, Traffic traffic, StoreReader store, Bucket bucket) throws InterruptedException {
        for (Node node : nodes) {
            node.start(null, 0);
            started(node);
            if (!node.isReady()) {
                findings.add("the product does not start", node.log().toString());
                return;
            }
        }
        try {
            await().atMost(settings.longest().plus(settings.patience())).pollInterval(Duration.ofMillis(250)).until(() -> traffic.isIdle() && store.inWork() == 0
                    && bucket.unfinishedUploads().size() <= settings.openUploads());
        } catch (ConditionTimeoutException e) {
            out.println("Not all came to an end within " + settings.longest().plus(settings.patience()).toSeconds() + " s");
        }
        traffic.unfinished().forEach(name -> findings.add("a job was lost: it has no end", name));
        for (Node node : nodes) {
            if (!node.stops(Duration.ofSeconds(40))) {
                findings.add("the product does not stop", node.log().toString());
            } else if (node.exitCode() != 0) {
                findings.add("the product did not stop cleanly", "exit code " + node.exitCode() + ", see " + node.log());
            }
        }
    }

    private static JsonNode ledger(ProviderSimulator simulator) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(simulator.url() + "/simulator/ledger")).build(),
                HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("The simulator does not tell its ledger: " + new String(answer.body(), StandardCharsets.UTF_8));
        }
        return JSON.readTree(answer.body());
    }

    /** Milliseconds from the start of each process to the first status call that followed; not for one that died before. */
    private List<Long> resumeMillis(JsonNode ledger) {
        List<Instant> polls = new ArrayList<>();
        ledger.path("jobs").forEach(job -> job.path("polls").forEach(poll -> polls.add(Instant.parse(poll.path("at").asText()))));
        Collections.sort(polls);
        List<Instant> sorted = new ArrayList<>(starts);
        Collections.sort(sorted);
        List<Long> millis = new ArrayList<>();
        // the first start is no restart
        for (int i = 1; i < sorted.size(); i++) {
            int at = Collections.binarySearch(polls, sorted.get(i));
            int next = at < 0 ? -at - 1 : at;
            if (next < polls.size() && (i + 1 == sorted.size() || polls.get(next).isBefore(sorted.get(i + 1)))) {
                millis.add(Duration.between(sorted.get(i), polls.get(next)).toMillis());
            }
        }
        Collections.sort(millis);
        return millis;
    }

    private void report(Traffic traffic, Checker checker, JsonNode ledger, Bucket bucket, Duration took) {
        out.println("Killed:");
        killsByPoint.forEach((how, times) -> out.printf("  %4d %s%n", times, how));
        Map<String, Integer> ends = new TreeMap<>();
        traffic.followed().forEach(job -> ends.merge(job.end(), 1, Integer::sum));
        out.printf("Jobs: %d followed (%s), at most %d in flight, %d registered again%n", traffic.followed().size(), ends, traffic.mostInFlight(), traffic.repeats());
        out.printf("Asked: %d status calls. Objects: %d with the bytes of the provider. Events: %d.%n", ledger.path("polls").asLong(), checker.objects(), checker.events());
        ledger.path("arrivals").fields().forEachRemaining(provider -> out.printf("Asked of %s: at most %d in a second (of %d), %d at once (of %d), on %d connections%n",
                provider.getKey(), provider.getValue().path("mostInASecond").asInt(), RATE, provider.getValue().path("mostAtOnce").asInt(), AT_ONCE,
                provider.getValue().path("connections").asInt()));
        out.printf("Uploads in parts left open: %d, of which %d may be%n", bucket.unfinishedUploads().size(), settings.openUploads());
        out.printf("Outages of providers: %d; incidents told with their end: %d%n", traffic.outages(), checker.incidents());
        out.printf("Repeated, as is allowed: %d events told again with the same id and words, %d downloads made again.%n",
                checker.repeatedEvents(), checker.repeatedDownloads());
        resumeMillis = resumeMillis(ledger);
        if (settings.nodes() == 1 && !resumeMillis.isEmpty()) {
            out.println("Work went on, from the start of the process to the first status call: " + spread(resumeMillis));
        }
        Collections.sort(readyMillis);
        if (!readyMillis.isEmpty()) {
            Collections.sort(readyProcessorMillis);
            out.println("It listened, from the start of the process: " + spread(readyMillis));
            out.println("Processor time it used until then: " + spread(readyProcessorMillis));
        }
        out.printf(Locale.ROOT, "The machine has %d processors; its load average was %.1f at a start%n", Runtime.getRuntime().availableProcessors(),
                loads.stream().mapToDouble(load -> load).average().orElse(0));
        out.printf("Took %d s.%n", took.toSeconds());
        out.print(findings);
        out.println(findings.isEmpty() ? "Nothing was lost, nothing was doubled." : "Seed " + settings.seed() + ", everything is in " + settings.folder());
    }

    private static String spread(List<Long> sorted) {
        return String.format(Locale.ROOT, "shortest %.1f s, median %.1f s, 95%% within %.1f s, longest %.1f s, of %d", sorted.get(0) / 1000.0,
                sorted.get(sorted.size() / 2) / 1000.0, sorted.get((sorted.size() - 1) * 95 / 100) / 1000.0, sorted.get(sorted.size() - 1) / 1000.0, sorted.size());
    }

    Findings findings() {
        return findings;
    }

    int killed() {
        return killsByPoint.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Of each restart until the first status call, shortest first. */
    List<Long> resumeMillis() {
        return resumeMillis;
    }
}
