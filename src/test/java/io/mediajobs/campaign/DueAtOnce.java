package io.mediajobs.campaign;

import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.mediajobs.TestProgram;
import io.mediajobs.demo.s3.EmbeddedS3;
import io.mediajobs.demo.simulator.Arrivals;
import io.mediajobs.demo.simulator.ProviderSimulator;
import io.mediajobs.store.PostgresServer;
import io.mediajobs.store.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/**
 * A restart after a long night: many jobs of one provider are due in the same moment, in the store, before the product starts. Prints how many
 * requests came in each second, how close together they came, how many were there at once, and what the heap held after each collection, beside
 * the same with a hundredth of the jobs.
 * <pre>mvn -q test-compile exec:java -Dmain.class=io.mediajobs.campaign.DueAtOnce -Dexec.args="--jobs 50000 --rate 500 --at-once 50 --nodes 1"</pre>
 * A status call takes {@code --latency} milliseconds. With {@code --postgres 1}, or more than one node, the store is a PostgreSQL. The exit code is 0
 * only if no second had more requests than the rate, and no moment more than {@code --at-once}.
 */
public final class DueAtOnce {

    private static final String PROVIDER = "productai";
    private static final Pattern COLLECTION = Pattern.compile("\\[([0-9.]+)s].*Pause.* \\d+M->(\\d+)M\\(");

    private final Map<String, Integer> numbers = new LinkedHashMap<>(Map.of("jobs", 50_000, "rate", 500, "at-once", 50, "nodes", 1, "heap", 96, "postgres", 0,
            "latency", 80));
    private final Path folder;
    private boolean polite = true;

    private DueAtOnce(List<String> arguments) throws IOException {
        for (int i = 0; i + 1 < arguments.size(); i += 2) {
            if (numbers.replace(arguments.get(i).replaceFirst("^--", ""), Integer.valueOf(arguments.get(i + 1))) == null) {
                throw new IllegalArgumentException("There are " + numbers.keySet() + ", and not " + arguments.get(i));
            }
        }
        folder = Files.createDirectories(Path.of("target/due-at-once").toAbsolutePath().resolve(Long.toString(System.currentTimeMillis() / 1000)));
    }

    public static void main(String[] arguments) throws Exception {
        if (LoggerFactory.getLogger("io.zonky") instanceof Logger postgres) {
            postgres.setLevel(Level.WARN);
        }
        DueAtOnce program = new DueAtOnce(Arrays.asList(arguments));
        List<String> lines = new ArrayList<>();
        for (int jobs : new int[] {program.numbers.get("jobs") / 100, program.numbers.get("jobs")}) {
            lines.addAll(program.run(jobs));
        }
        lines.forEach(System.out::println);
        System.exit(program.polite ? 0 : 1);
    }

    private List<String> run(int jobs) throws Exception {
        Path here = Files.createDirectories(folder.resolve(Integer.toString(jobs)));
        List<Node> nodes = new ArrayList<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> nodes.forEach(Node::kill)));
        try (ProviderSimulator simulator = ProviderSimulator.builder().latency(Duration.ofMillis(numbers.get("latency"))).start();
                EmbeddedS3 s3 = EmbeddedS3.start(here.resolve("s3"));
                PostgresServer postgres = isShared() ? PostgresServer.start(here) : null) {
            s3.createBucket(TestProgram.BUCKET);
            StoreSettings database = postgres == null ? null : postgres.newDatabase();
            Launcher launcher = new Launcher(Files.createDirectories(here.resolve("lib")), numbers.get("heap") + "m");
            Map<String, String> settings = settings(here, simulator, s3, database);
            for (int i = 1; i <= numbers.get("nodes"); i++) {
                nodes.add(new Node(here.resolve("node-" + i), settings, TestProgram.freePort(), TestProgram.freePort(), launcher));
            }
            nodes.get(0).train();
            for (int i = 0; i < jobs; i++) {
                simulator.job(PROVIDER, "j" + i).neverEnds();
            }
            register(database == null ? new StoreSettings("jdbc:sqlite:" + nodes.get(0).data().resolve("jobs.db"), "", "", 2, Duration.ofSeconds(10)) : database, jobs);
            for (Node node : nodes) {
                node.start(List.of("-Xlog:gc:file=" + node.log().resolveSibling("gc.log") + ":uptime"));
            }
            Arrivals arrivals = simulator.ledger().arrivals(PROVIDER);
            await().atMost(Duration.ofMinutes(15)).pollInterval(Duration.ofMillis(200)).until(() -> arrivals.count() >= jobs);
            for (Node node : nodes) {
                node.stops(Duration.ofSeconds(40));
            }
            return report(jobs, arrivals, nodes.get(0).log().resolveSibling("gc.log"));
        } finally {
            nodes.forEach(Node::kill);
        }
    }

    private boolean isShared() {
        return numbers.get("nodes") > 1 || numbers.get("postgres") > 0;
    }

    private Map<String, String> settings(Path here, ProviderSimulator simulator, EmbeddedS3 s3, StoreSettings database) {
        Map<String, String> all = TestProgram.settings(here, simulator, s3);
        for (String off : List.of("pictory-image", "pictory-video", "pictory-render", "stories", "productai-list")) {
            all.put("provider." + off + ".enabled", "false");
        }
        all.put("provider.productai.every", "1h");
        all.put("provider.productai.deadline", "24h");
        all.put("provider.productai.rate", numbers.get("rate") + "/s");
        all.put("provider.productai.at-once", numbers.get("at-once").toString());
        all.put("poll.tick-millis", "500");
        if (database != null) {
            all.put("store.url", database.url());
            all.put("store.user", database.user());
            all.put("store.password", database.password());
        }
        return all;
    }

    /** Past the API, since that is not what is measured; all of them are due now. */
    private static void register(StoreSettings database, int jobs) throws SQLException {
        long now = System.currentTimeMillis();
        try (Connection connection = database.user().isEmpty() ? DriverManager.getConnection(database.url())
                : DriverManager.getConnection(database.url(), database.user(), database.password());
                PreparedStatement insert = connection.prepareStatement("INSERT INTO job (provider, job_id, state, registered_at, next_poll_at, deadline_at, updated_at)"
                        + " VALUES (?, ?, 'pending', ?, ?, ?, ?)")) {
            connection.setAutoCommit(false);
            for (int i = 0; i < jobs; i++) {
                insert.setString(1, PROVIDER);
                insert.setString(2, "j" + i);
                insert.setLong(3, now);
                insert.setLong(4, now);
                insert.setLong(5, now + 86_400_000);
                insert.setLong(6, now);
                insert.addBatch();
            }
            insert.executeBatch();
            connection.commit();
        }
    }

    private List<String> report(int jobs, Arrivals arrivals, Path collections) throws IOException {
        List<String> lines = new ArrayList<>();
        int most = arrivals.mostWithin(Duration.ofSeconds(1));
        polite &= most <= numbers.get("rate") && arrivals.mostAtOnce() <= numbers.get("at-once");
        lines.add(String.format(Locale.ROOT, "%d jobs due at once, rate %d/s, %d at once, calls of %d ms, %d node(s) on %s with a heap of %d MB, %d processors for all", jobs,
                numbers.get("rate"), numbers.get("at-once"), numbers.get("latency"), numbers.get("nodes"), isShared() ? "PostgreSQL" : "SQLite", numbers.get("heap"),
                Runtime.getRuntime().availableProcessors()));
        lines.add(String.format(Locale.ROOT, "  at most %d in any second, %d in any 100 ms, %d at once, on %d connections", most, arrivals.mostWithin(Duration.ofMillis(100)),
                arrivals.mostAtOnce(), arrivals.connections()));
        Map<Integer, Integer> seconds = new TreeMap<>();
        List<Integer> perSecond = arrivals.perSecond();
        int width = Math.max(1, numbers.get("rate") / 20);
        perSecond.subList(0, Math.max(1, perSecond.size() - 1)).forEach(count -> seconds.merge(count / width * width, 1, Integer::sum));
        lines.add("  seconds with so many requests (the last, which is none, is left out):");
        int longest = seconds.values().stream().mapToInt(Integer::intValue).max().orElse(1);
        seconds.forEach((count, times) -> lines.add(String.format(Locale.ROOT, "  %5d to %-5d %4d %s", count, count + width - 1, times, "#".repeat(1 + times * 50 / longest))));
        lines.add("  heap in use after a collection: " + heap(collections));
        return lines;
    }

    /** By thirds of the run. */
    private static String heap(Path collections) throws IOException {
        List<Integer> after = new ArrayList<>();
        for (String line : Files.readAllLines(collections)) {
            Matcher collection = COLLECTION.matcher(line);
            if (collection.find()) {
                after.add(Integer.valueOf(collection.group(2)));
            }
        }
        if (after.size() < 3) {
            return after + " MB";
        }
        int third = after.size() / 3;
        return String.format(Locale.ROOT, "at most %d, then %d, then %d MB in the thirds of %d collections", most(after.subList(0, third)), most(after.subList(third, 2 * third)),
                most(after.subList(2 * third, after.size())), after.size());
    }

    private static int most(List<Integer> some) {
        return some.stream().mapToInt(Integer::intValue).max().orElse(0);
    }
}
