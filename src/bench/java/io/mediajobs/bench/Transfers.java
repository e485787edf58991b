package io.mediajobs.bench;

import io.mediajobs.ProductClassPath;
import io.mediajobs.config.Settings;
import io.mediajobs.servers.DiscardingS3;
import io.mediajobs.servers.RepeatedBytes;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * How fast, and in how much memory, assets come from their host into S3, beside curl and rclone on the same servers in the same run. The product runs
 * as a process of its own with the shipped routes. The host gives bytes from memory; the S3 server sums up what it gets and throws it away, so that
 * the disk has no part in it: both are in this process and cost all alike.
 * <pre>mvn -q test-compile exec:java -Dmain.class=io.mediajobs.bench.Transfers -Dexec.args="one small huge four"</pre>
 * <ul>
 * <li>{@code one}: an asset of 1 GiB</li>
 * <li>{@code small}: 1,000 assets of 100 KB, as many at once as rclone has transfers; with servers that answer at once, and with servers that
 * take 20 ms for each answer, as over a network; by a program that was just started, and by one that has run for a while, which takes turns with rclone; beside
 * the least that a program with the product's libraries does ({@link PlainCopies}), after as many files. A program that has run for a while brings home as
 * many as rclone does. One that was just started does not: Java compiles meanwhile, and has not done with it before some 50,000 assets</li>
 * <li>{@code huge}: 10 GiB of known and of unknown length in a heap of 256 MB, and a {@code kill -9} half-way</li>
 * <li>{@code four}: the memory of four assets of 1 GiB at once against that of one</li>
 * </ul>
 * Another word {@code md5} makes the S3 server one that gives no checksums, but ETags that are MD5s.
 */
public final class Transfers {

    private static final long GIB = 1L << 30;
    private static final int SMALL = 100_000;
    private static final int AT_ONCE = 8;
    private static final int ROUNDS = 3;
    private static final int ROUNDS_OF_ONE = 7;
    /** Java compiles what is called often; it takes tens of thousands of assets until all of it is, and the compiler needs the processors meanwhile. */
    private static final int WARM_ROUNDS = 60;
    private static final int WARM_ROUNDS_OF_SLOW_SERVERS = 20;
    private static final int TURNS = 5;
    private static final long DELAY_MILLIS = 20;

    private final Path folder = Files.createTempDirectory("transfers");
    private final DiscardingS3 s3;
    private final AssetProvider provider = new AssetProvider();
    private final OtherTool tools;
    private final boolean hasCurl = OtherTool.isThere("curl");
    private final boolean hasRclone = OtherTool.isThere("rclone");
    private int runs;

    private Transfers(DiscardingS3.Sums sums) throws IOException {
        s3 = new DiscardingS3(sums).withoutDiary();
        tools = new OtherTool(folder, s3.endpoint());
        System.out.printf("Java %s, %d processors; S3 server gives %s; %s; %s%n", Runtime.version(), Runtime.getRuntime().availableProcessors(), sums,
                hasCurl ? OtherTool.version("curl", "--version").replaceAll(" \\(.*", "") : "curl is not installed, so there is no pipe of it to compare with",
                hasRclone ? OtherTool.version("rclone", "version") : "rclone is not installed, so there is none of it to compare with");
    }

    public static void main(String[] arguments) throws Exception {
        List<String> what = new ArrayList<>(Arrays.asList(arguments));
        Transfers bench = new Transfers(what.remove("md5") ? DiscardingS3.Sums.MD5 : DiscardingS3.Sums.CRC32C);
        for (String each : what.isEmpty() ? List.of("one", "small", "huge", "four") : what) {
            switch (each) {
                case "one" -> bench.one();
                case "small" -> bench.small();
                case "huge" -> bench.huge();
                case "four" -> bench.four();
                default -> throw new IllegalArgumentException("There are one, small, huge, four and md5, and not " + each);
            }
        }
        System.exit(0);
    }

    private ProductProcess product(String heap, Map<String, String> more) throws IOException {
        Map<String, String> settings = new HashMap<>(Map.of("s3.bucket", DiscardingS3.BUCKET, "s3.endpoint", s3.endpoint().toString(), "s3.path-style", "true",
                "s3.access-key", "bench", "s3.secret-key", "bench-secret", "archive.ports", "1-65535", "archive.private-addresses", "127.0.0.1",
                "provider.productai.url", provider.address().toString(), "provider.productai.key", "bench-key",
                "archive.at-once", Integer.toString(AT_ONCE)));
        settings.putAll(more);
        return new ProductProcess(folder.resolve("product-" + ++runs), settings, heap == null ? List.of() : List.of("-Xmx" + heap)).start();
    }

    private static void until(Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofMinutes(10)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(condition);
    }

    private static double seconds(long from) {
        return (System.nanoTime() - from) / 1e9;
    }

    // ---- one asset of 1 GiB

    private void one() throws Exception {
        System.out.printf("%nOne asset of 1 GiB, %d rounds; seconds: of the transfer (host asked to object complete), and from registration to archived%n", ROUNDS_OF_ONE);
        List<Double> ours = new ArrayList<>();
        Map<String, List<Double>> others = new HashMap<>();
        String url = provider.url(AssetProvider.path(true, GIB, 1));
        try (ProductProcess product = product(null, Map.of())) {
            for (int round = 1; round <= ROUNDS_OF_ONE; round++) {
                ours.add(ours(product, "one-" + round, true));
                if (hasCurl) {
                    other(others, "curl | curl -T -", "curl -sSf " + url + " | curl -sSf -o /dev/null -T - " + s3.endpoint() + "/media/curl.mp4", "curl.mp4");
                }
                if (hasRclone) {
                    other(others, "rclone copyurl", "rclone copyurl " + url + " s:media/copyurl.mp4", "copyurl.mp4");
                }
                if (hasCurl && hasRclone) {
                    other(others, "curl | rclone rcat", "curl -sSf " + url + " | rclone rcat s:media/rcat.mp4", "rcat.mp4");
                }
            }
        }
        System.out.printf(Locale.ROOT, "%-20s median %6.2f s%n", "product", median(ours));
        others.forEach((tool, all) -> System.out.printf(Locale.ROOT, "%-20s median %6.2f s; product / this: %.2f%n", tool, median(all), median(ours) / median(all)));
    }

    private double ours(ProductProcess product, String jobId, boolean known) throws Exception {
        String path = AssetProvider.path(known, GIB, 1);
        String key = ProductProcess.PROVIDER + "/" + jobId + "/image.mp4";
        provider.job(jobId, List.of(path));
        provider.watch();
        long processor = product.processorTime().toMillis();
        long begin = System.nanoTime();
        product.follow(List.of(jobId));
        until(() -> s3.objects().containsKey(key));
        double transfer = seconds(provider.firstDownload());
        until(() -> product.isArchived(jobId));
        double all = seconds(begin);
        System.out.printf(Locale.ROOT, "%-20s %6.2f s  all %6.2f s  processor %6.2f s%n", "product", transfer, all, (product.processorTime().toMillis() - processor) / 1e3);
        check(key, AssetProvider.bytes(GIB, 1));
        return transfer;
    }

    private void other(Map<String, List<Double>> others, String name, String command, String key) throws Exception {
        OtherTool.Took took = tools.run(command);
        System.out.printf(Locale.ROOT, "%-20s %6.2f s                processor %6.2f s%n", name, took.seconds(), took.processor());
        check(key, AssetProvider.bytes(GIB, 1));
        others.computeIfAbsent(name, any -> new ArrayList<>()).add(took.seconds());
    }

    private static double median(List<Double> all) {
        return all.stream().sorted().toList().get(all.size() / 2);
    }

    private void check(String key, RepeatedBytes expected) {
        DiscardingS3.Stored stored = s3.objects().remove(key);
        if (stored == null || stored.bytes() != expected.length() || stored.crc32c() != expected.crc32c()) {
            throw new IllegalStateException("what is at " + key + " are not the bytes of the asset: " + stored);
        }
    }

    // ---- 1,000 assets of 100 KB

    private void small() throws Exception {
        small(0);
        small(DELAY_MILLIS);
    }

    private void small(long delayMillis) throws Exception {
        System.out.printf("%n1,000 assets of 100 KB, %d at once, each answer of the servers after %d ms; assets a second from the first download to the last object,"
                + " and from registration to archived (rclone: from its start to its end)%n", AT_ONCE, delayMillis);
        provider.delay(delayMillis);
        s3.delay(delayMillis);
        int rounds = delayMillis == 0 ? WARM_ROUNDS : WARM_ROUNDS_OF_SLOW_SERVERS;
        plain(rounds);
        try (ProductProcess product = product(null, Map.of("provider.productai.rate", "none", "provider.productai.at-once", "200"))) {
            for (int round = 1; round <= ROUNDS; round++) {
                for (int jobs : new int[] {1000, 100, 1}) {
                    small(product, "round" + round + "-of" + jobs + "-", jobs, 1000 / jobs).tell("product, " + jobs + " jobs of " + 1000 / jobs);
                }
            }
            for (int round = 3 * ROUNDS + 1; round <= rounds; round++) {
                Small took = small(product, "warm" + round + "-", 1, 1000);
                if (round % 10 == 0) {
                    took.tell("product, after " + round + ",000 assets");
                }
            }
            beside(product);
        } finally {
            provider.delay(0);
            s3.delay(0);
        }
    }

    // by turns: how fast these machines are differs from minute to minute
    private void beside(ProductProcess product) throws Exception {
        Map<String, List<Small>> all = new LinkedHashMap<>();
        for (int round = 1; round <= TURNS; round++) {
            all.computeIfAbsent("product", any -> new ArrayList<>()).add(small(product, "turn" + round + "-", 1, 1000));
            if (hasRclone) {
                for (String options : List.of("", " --http-no-head --s3-no-head")) {
                    all.computeIfAbsent("rclone copy" + options, any -> new ArrayList<>()).add(rclone(options));
                }
            }
        }
        Small ours = medians(all.remove("product"));
        ours.tell("product, median of " + TURNS + " turns");
        all.forEach((tool, turns) -> {
            Small other = medians(turns);
            other.tell(tool + ", median");
            System.out.printf(Locale.ROOT, "product / this: %.2f, all %.2f%n", ours.transfers / other.transfers, ours.all / other.all);
        });
    }

    private static Small medians(List<Small> all) {
        return new Small(median(all.stream().map(Small::transfers).toList()), median(all.stream().map(Small::all).toList()),
                median(all.stream().map(Small::processor).toList()));
    }

    private Small rclone(String options) throws Exception {
        provider.watch();
        OtherTool.Took took = tools.run("rclone copy --http-url " + provider.url("/folder/1000/" + SMALL + "/") + " :http: s:media/rclone --transfers " + AT_ONCE
                + " --checkers " + AT_ONCE + options);
        double transfer = seconds(provider.firstDownload());
        for (int number = 0; number < 1000; number++) {
            check("rclone/" + number + ".mp4", AssetProvider.bytes(SMALL, number));
        }
        return new Small(1000 / transfer, 1000 / took.seconds(), took.processor());
    }

    private void plain(int rounds) throws Exception {
        OtherTool.Took took = tools.run(String.join(" ", Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                ProductClassPath.entries().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)), PlainCopies.class.getName(),
                provider.url("/folder/1000/" + SMALL + "/"), s3.endpoint().toString(), "1000", Integer.toString(AT_ONCE), Integer.toString(rounds)));
        for (int number = 0; number < 1000; number++) {
            check("plain/" + number + ".mp4", AssetProvider.bytes(SMALL, number));
        }
        List<Double> rates = took.output().stream().limit(rounds).map(Double::valueOf).toList();
        System.out.printf(Locale.ROOT, "%-48s %6.0f /s at first, %.0f /s in the last of %d rounds (median of five)%n", "plain program with the same libraries", rates.get(0),
                median(rates.subList(Math.max(0, rounds - 5), rounds)), rounds);
    }

    private Small small(ProductProcess product, String name, int jobs, int assets) throws Exception {
        List<String> ids = IntStream.range(0, jobs).mapToObj(job -> name + job).toList();
        for (int job = 0; job < jobs; job++) {
            int first = job * assets;
            provider.job(ids.get(job), IntStream.range(first, first + assets).mapToObj(number -> AssetProvider.path(true, SMALL, number)).toList());
        }
        s3.objects().clear();
        provider.watch();
        long processor = product.processorTime().toMillis();
        long begin = System.nanoTime();
        product.follow(ids);
        until(() -> s3.objects().size() == 1000 + jobs);
        double transfer = seconds(provider.firstDownload());
        until(() -> product.archived(name) == jobs);
        double all = seconds(begin);
        for (int job = 0; job < jobs; job++) {
            for (int asset = 0; asset < assets; asset++) {
                check(ProductProcess.PROVIDER + "/" + ids.get(job) + "/image" + (assets == 1 ? "" : "-" + (asset + 1)) + ".mp4",
                        AssetProvider.bytes(SMALL, job * assets + asset));
            }
        }
        return new Small(1000 / transfer, 1000 / all, (product.processorTime().toMillis() - processor) / 1e3);
    }

    /**
     * What 1,000 small assets took.
     *
     * @param transfers a second, from the first download to the last object
     * @param all       a second, from registration to archived
     * @param processor seconds
     */
    private record Small(double transfers, double all, double processor) {

        private void tell(String what) {
            System.out.printf(Locale.ROOT, "%-48s %6.0f /s  all %6.0f /s  processor %.2f s%n", what, transfers, all, processor);
        }
    }

    // ---- 10 GiB in 256 MB, and a kill

    private void huge() throws Exception {
        System.out.printf("%n10 GiB with -Xmx256m; resident MiB%n");
        huge(true, false);
        huge(false, false);
        huge(true, true);
    }

    private void huge(boolean known, boolean killed) throws Exception {
        long length = 10 * GIB;
        String jobId = "huge-" + ++runs;
        String key = ProductProcess.PROVIDER + "/" + jobId + "/image.mp4";
        RepeatedBytes bytes = AssetProvider.bytes(length, runs);
        provider.job(jobId, List.of(AssetProvider.path(known, length, runs)));
        provider.watch();
        s3.clear();
        s3.remembers(key, bytes);
        ProductProcess product = product("256m", Map.of());
        try {
            long begin = System.nanoTime();
            product.follow(List.of(jobId));
            ResidentMemory memory = new ResidentMemory(product.pid());
            until(() -> memory.sample((double) s3.received() / length) && s3.received() >= (killed ? length / 2 : length));
            if (killed) {
                product.kill();
                product.start();
            }
            until(() -> product.isArchived(jobId));
            System.out.printf(Locale.ROOT, "%s length%s: %s; %.1f s; sent again %d bytes (a part has %d), downloads %d%n", known ? "known" : "unknown",
                    killed ? ", kill -9 at half" : "", memory, seconds(begin), s3.received() - length - s3.objects().get(manifest(jobId)).bytes(), partSize(),
                    provider.downloads());
            check(key, bytes);
        } finally {
            product.close();
        }
    }

    private static long partSize() {
        return Settings.load(Path.of("").toAbsolutePath(), List.of(), Map.of(), new Properties(), Map.of()).bytes("archive.part-size");
    }

    private static String manifest(String jobId) {
        return ProductProcess.PROVIDER + "/" + jobId + "/manifest.json";
    }

    // ---- four at once

    private void four() throws Exception {
        System.out.printf("%nAssets of 1 GiB at once with -Xmx256m, %d rounds; highest resident MiB%n", ROUNDS);
        List<Double> one = new ArrayList<>();
        List<Double> four = new ArrayList<>();
        for (int round = 1; round <= ROUNDS; round++) {
            // each a process of its own: when Java collects its garbage differs from one to the next by as much as is measured
            one.add((double) peak(1));
            four.add((double) peak(4));
        }
        System.out.printf(Locale.ROOT, "four need %.0f MiB more than one (medians)%n", median(four) - median(one));
    }

    private long peak(int count) throws Exception {
        List<String> ids = IntStream.range(0, count).mapToObj(number -> "four-" + count + "-" + number).toList();
        ids.forEach(id -> provider.job(id, List.of(AssetProvider.path(true, GIB, 1))));
        s3.clear();
        try (ProductProcess product = product("256m", Map.of())) {
            long begin = System.nanoTime();
            product.follow(ids);
            for (String id : ids) {
                until(() -> product.isArchived(id));
                check(ProductProcess.PROVIDER + "/" + id + "/image.mp4", AssetProvider.bytes(GIB, 1));
            }
            long peak = ProductProcess.residentMib(product.pid(), "VmHWM");
            System.out.printf(Locale.ROOT, "%d at once: %d MiB, %.1f s%n", count, peak, seconds(begin));
            return peak;
        }
    }
}
