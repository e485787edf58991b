package io.mediajobs.campaign;

import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.mediajobs.TestProgram;
import io.mediajobs.demo.s3.EmbeddedS3;
import io.mediajobs.demo.simulator.Arrivals;
import io.mediajobs.demo.simulator.Misbehaviour;
import io.mediajobs.demo.simulator.Poll;
import io.mediajobs.demo.simulator.ProviderSimulator;
import io.mediajobs.store.PostgresServer;
import io.mediajobs.store.StoreSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.awaitility.core.ConditionTimeoutException;
import org.slf4j.LoggerFactory;

/**
 * Three nodes, each a process of its own, on one PostgreSQL with 10,000 jobs of one provider whose status calls take 200 ms. Measures
 * status calls a second of one node and of three, each of which makes {@code --places} calls at the same time at the most; kills one;
 * and counts jobs that were asked for twice within their interval. Between them the three nodes ask another provider, whose rate and places are few and
 * which wants to be left alone now and then: it must never see more of them together than one node may.
 * <pre>mvn -q test-compile exec:java -Dmain.class=io.mediajobs.campaign.ThreeNodes -Dexec.args="--seconds 20 --places 10"</pre>
 * What grows with the nodes is the number of calls that wait for the provider at the same time. That holds as long as processor and
 * database have something left, which on a small machine with everything on it ends soon: it says how much was left.
 */
public final class ThreeNodes {

    private static final Duration INTERVAL = Duration.ofMinutes(30);
    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final Duration LATENCY = Duration.ofMillis(200);
    private static final String PROVIDER = "productai";
    private static final long WARM_CALLS = 600;
    private static final double WANTED_RATIO = 2.5;
    private static final String POLITE_PROVIDER = "stories";
    private static final int POLITE_RATE = 20;
    private static final int POLITE_AT_ONCE = 5;
    private static final int POLITE_CALLS = 300;

    private final Map<String, Integer> numbers = new LinkedHashMap<>(Map.of("jobs", 10_000, "seconds", 20, "places", 10));
    private final Path folder;
    private final PrintStream out = System.out;
    private final List<String> wrong = new ArrayList<>();

    private ThreeNodes(List<String> arguments) throws IOException {
        for (int i = 0; i + 1 < arguments.size(); i += 2) {
            numbers.replace(arguments.get(i).replaceFirst("^--", ""), Integer.valueOf(arguments.get(i + 1)));
        }
        folder = Files.createDirectories(Path.of("target/three-nodes").toAbsolutePath().resolve(Long.toString(System.currentTimeMillis() / 1000)));
    }

    public static void main(String[] arguments) throws Exception {
        if (LoggerFactory.getLogger("io.zonky") instanceof Logger postgres) {
            postgres.setLevel(Level.WARN);
        }
        System.exit(new ThreeNodes(Arrays.asList(arguments)).run() ? 0 : 1);
    }

    private boolean run() throws Exception {
        int jobs = numbers.get("jobs");
        int places = numbers.get("places");
        Duration window = Duration.ofSeconds(numbers.get("seconds"));
        List<Node> nodes = new ArrayList<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> nodes.forEach(Node::kill)));
        try (ProviderSimulator simulator = ProviderSimulator.builder().latency(LATENCY).start(); EmbeddedS3 s3 = EmbeddedS3.start(folder.resolve("s3"));
                PostgresServer postgres = PostgresServer.start(folder)) {
            s3.createBucket(TestProgram.BUCKET);
            StoreSettings database = postgres.newDatabase();
            Launcher launcher = new Launcher(Files.createDirectories(folder.resolve("lib")), "192m");
            for (int i = 1; i <= 3; i++) {
                nodes.add(new Node(folder.resolve("node-" + i), settings(simulator, s3, database, places), TestProgram.freePort(), TestProgram.freePort(), launcher));
            }
            nodes.get(0).train();
            for (int i = 0; i < jobs; i++) {
                simulator.job(PROVIDER, "j" + i).neverEnds();
            }
            register(database, PROVIDER, jobs);
            out.printf("%d jobs of one provider, status calls of %d ms, %d calls at once per node, each node a process, %d processors for all%n", jobs,
                    LATENCY.toMillis(), places, Runtime.getRuntime().availableProcessors());
            double one = measured(simulator, nodes.subList(0, 1), window);
            double three = measured(simulator, nodes, window);
            out.printf(Locale.ROOT, "ratio of three nodes to one: %.2f (at least %.1f is wanted)%n", three / one, WANTED_RATIO);
            if (three / one < WANTED_RATIO) {
                wrong.add("throughput grew less than wanted");
            }
            politely(simulator, database);
            int most = simulator.ledger().arrivals(PROVIDER).mostAtOnce();
            out.printf("%s saw %d calls at once at the most%n", PROVIDER, most);
            if (most > 3 * places) {
                wrong.add(PROVIDER + " saw " + most + " calls at once, more than three nodes have places");
            }
            killOne(simulator, nodes, jobs, places);
        } finally {
            nodes.forEach(Node::kill);
        }
        wrong.forEach(line -> out.println("WRONG: " + line));
        out.println(wrong.isEmpty() ? "All is as it should be." : "Everything is in " + folder);
        return wrong.isEmpty();
    }

    private Map<String, String> settings(ProviderSimulator simulator, EmbeddedS3 s3, StoreSettings database, int places) {
        Map<String, String> all = TestProgram.settings(folder, simulator, s3);
        for (String off : List.of("pictory-image", "pictory-video", "pictory-render", "productai-list")) {
            all.put("provider." + off + ".enabled", "false");
        }
        all.put("provider.productai.every", INTERVAL.toSeconds() + "s");
        all.put("provider.productai.deadline", "24h");
        all.put("provider.productai.at-once", "1000");
        all.put("provider.stories.every", "1s");
        all.put("provider.stories.rate", POLITE_RATE + "/s");
        all.put("provider.stories.at-once", Integer.toString(POLITE_AT_ONCE));
        all.put("poll.places-per-node", Integer.toString(places));
        all.put("poll.tick-millis", "50");
        all.put("poll.lease", LEASE.toSeconds() + "s");
        all.put("store.url", database.url());
        all.put("store.user", database.user());
        all.put("store.password", database.password());
        return all;
    }

    /** Past the API, since that is not what is measured; they are due now. */
    private static void register(StoreSettings database, String provider, int jobs) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.url(), database.user(), database.password());
                PreparedStatement insert = connection.prepareStatement("INSERT INTO job (provider, job_id, state, registered_at, next_poll_at, deadline_at, updated_at)"
                        + " SELECT ?, 'j' || number, 'pending', moment, moment, moment + 86400000, moment FROM generate_series(0, ?) AS number,"
                        + " (SELECT CAST(EXTRACT(EPOCH FROM now()) * 1000 AS BIGINT) AS moment) AS clock")) {
            insert.setString(1, provider);
            insert.setInt(2, jobs - 1);
            insert.executeUpdate();
        }
    }

    /** Starts what does not run yet, and counts the status calls of a while. @return calls a second */
    private double measured(ProviderSimulator simulator, List<Node> nodes, Duration window) throws InterruptedException {
        for (Node node : nodes) {
            if (!node.isRunning()) {
                node.start(null, 0);
                if (!node.isReady()) {
                    throw new IllegalStateException("a node does not start, see " + node.log());
                }
            }
        }
        // warm: what counts is not the compiler's work, which on few processors takes from all nodes while the youngest is new
        long warm = simulator.ledger().totalPolls() + WARM_CALLS * nodes.size();
        until(Duration.ofMinutes(2), () -> simulator.ledger().totalPolls() >= warm);
        long polls = simulator.ledger().totalPolls();
        List<Duration> processor = nodes.stream().map(Node::processorTime).toList();
        long begin = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(window.toNanos());
        double seconds = (System.nanoTime() - begin) / 1e9;
        double rate = (simulator.ledger().totalPolls() - polls) / seconds;
        double used = 0;
        for (int i = 0; i < nodes.size(); i++) {
            used += nodes.get(i).processorTime().minus(processor.get(i)).toNanos() / 1e9 / seconds;
        }
        out.printf(Locale.ROOT, "%d node(s): %.1f status calls a second over %.0f s; the nodes used %.2f processors%n", nodes.size(), rate, seconds, used);
        return rate;
    }

    private void politely(ProviderSimulator simulator, StoreSettings database) throws SQLException {
        int jobs = 100;
        for (int i = 0; i < jobs; i++) {
            var job = simulator.job(POLITE_PROVIDER, "j" + i).neverEnds();
            if (i % 30 == 29) {
                job.atPoll(1, Misbehaviour.throttled(Duration.ofSeconds(3)));
            }
        }
        register(database, POLITE_PROVIDER, jobs);
        Arrivals arrivals = simulator.ledger().arrivals(POLITE_PROVIDER);
        until(Duration.ofMinutes(3), () -> arrivals.count() >= POLITE_CALLS);
        int inASecond = arrivals.mostWithin(Duration.ofSeconds(1));
        List<Arrivals.Early> early = arrivals.early(Politeness.REACTION);
        out.printf("%s with %d/s and %d at once for all nodes together: %d calls, at most %d in any second, %d at once, %d within Retry-After and not under way when it was said%n",
                POLITE_PROVIDER, POLITE_RATE, POLITE_AT_ONCE, arrivals.count(), inASecond, arrivals.mostAtOnce(), early.size());
        if (arrivals.count() < POLITE_CALLS || inASecond > POLITE_RATE || arrivals.mostAtOnce() > POLITE_AT_ONCE || !early.isEmpty()) {
            wrong.add(POLITE_PROVIDER + " was not asked as politely as it may expect, or not at all " + early);
        }
    }

    private void killOne(ProviderSimulator simulator, List<Node> nodes, int jobs, int places) throws InterruptedException {
        long before = twice(simulator, jobs);
        out.printf("asked twice within their interval so far: %d of %d status calls%n", before, simulator.ledger().totalPolls());
        if (before > 0) {
            wrong.add(before + " jobs were asked for twice within their interval");
        }
        long left = jobs - asked(simulator, jobs);
        if (left < 3L * places) {
            wrong.add("only " + left + " jobs were left when a node was killed, which shows nothing; let the windows be shorter");
        }
        Instant killed = Instant.now();
        nodes.get(2).kill();
        until(Duration.ofMinutes(10), () -> simulator.ledger().totalPolls() >= jobs && asked(simulator, jobs) == jobs);
        // what the dead node had in its hands goes on elsewhere when the lease is over
        until(LEASE.multipliedBy(2), () -> Instant.now().isAfter(killed.plus(LEASE).plusSeconds(3)));
        long again = twice(simulator, jobs);
        Instant last = Instant.EPOCH;
        for (int i = 0; i < jobs; i++) {
            List<Poll> polls = simulator.ledger().polls(PROVIDER, "j" + i);
            if (polls.size() > 1 && polls.get(polls.size() - 1).at().isAfter(last)) {
                last = polls.get(polls.size() - 1).at();
            }
        }
        out.printf(Locale.ROOT, "one node killed: all %d jobs were asked for by the others; %d that it had in its hands were asked for again%s%n", asked(simulator, jobs),
                again, again == 0 ? "" : String.format(Locale.ROOT, ", the last %.1f s after the kill (lease %d s)",
                        Duration.between(killed, last).toMillis() / 1000.0, LEASE.toSeconds()));
        if (asked(simulator, jobs) < jobs) {
            wrong.add((jobs - asked(simulator, jobs)) + " jobs were never asked for");
        }
        if (again > places) {
            wrong.add(again + " jobs were asked for again, and the node that was killed had " + places + " at the most");
        }
    }

    private static long asked(ProviderSimulator simulator, int jobs) {
        long asked = 0;
        for (int i = 0; i < jobs; i++) {
            asked += simulator.ledger().pollCount(PROVIDER, "j" + i) > 0 ? 1 : 0;
        }
        return asked;
    }

    /** The whole measurement is shorter than the interval: whatever was asked for twice was so too early. */
    private static long twice(ProviderSimulator simulator, int jobs) {
        long twice = 0;
        for (int i = 0; i < jobs; i++) {
            twice += simulator.ledger().pollCount(PROVIDER, "j" + i) > 1 ? 1 : 0;
        }
        return twice;
    }

    private static void until(Duration longest, BooleanSupplier condition) {
        try {
            await().atMost(longest).pollInterval(Duration.ofMillis(100)).until(condition::getAsBoolean);
        } catch (ConditionTimeoutException e) {
            // what came of it is counted
        }
    }
}
