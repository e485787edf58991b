package io.mediajobs.bench;

import io.mediajobs.TestProgram;
import io.mediajobs.demo.simulator.Assets;
import io.mediajobs.demo.simulator.SimulatedJob;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.Awaitility;

/**
 * A flood of webhooks against the whole program: so many a second, 30 % of them forged and 30 % sent a second time. Prints what was reached, how
 * it was answered, how the memory went, and whether each job that a genuine webhook named was asked for after it, and changed as often as it
 * should. Product, simulator, S3 server and sender are one process.
 * <pre>mvn -q test-compile exec:java -Dmain.class=io.mediajobs.bench.HookFlood -Dexec.args="1000 60"</pre>
 */
public final class HookFlood {

    private static final String SECRET = "demo-webhook-secret";
    private static final int JOBS = 1_000;
    /** Of those jobs: they end during the flood, and are to be archived once. */
    private static final int ENDING = 100;
    private static final int SENDERS = 32;

    private final TestProgram program;
    private final int port;
    private final int rate;
    private final int seconds;
    private final Map<Integer, AtomicLong> answers = new ConcurrentSkipListMap<>();
    private final Map<String, AtomicLong> wrong = new ConcurrentHashMap<>();
    private final AtomicLongArray took;
    private final AtomicLong done = new AtomicLong();
    /** When the last genuine webhook for a job was answered by 202. */
    private final Map<String, Instant> hooked = new ConcurrentHashMap<>();

    private HookFlood(TestProgram program, int port, int rate, int seconds) {
        this.program = program;
        this.port = port;
        this.rate = rate;
        this.seconds = seconds;
        this.took = new AtomicLongArray(rate * seconds);
    }

    public static void main(String[] arguments) throws Exception {
        int rate = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 60;
        Path folder = Files.createTempDirectory("hook-flood");
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (TestProgram program = TestProgram.start(folder, Map.of("http.port", String.valueOf(port), "provider.productai.every", "1h", "provider.productai.rate", "100/s", "provider.productai.at-once", "20",
                "provider.productai.hook-secret", SECRET, "poll.tick-millis", "500", "provider.productai-list.enabled", "false"))) {
            new HookFlood(program, port, rate, seconds).run(folder.resolve("data"));
        }
    }

    private void run(Path data) throws Exception {
        System.out.printf("%d webhooks a second for %d s: 40 %% new, 30 %% sent before, 30 %% forged; %d jobs, %d of which end meanwhile%n", rate, seconds, JOBS, ENDING);
        List<JobKey> keys = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            SimulatedJob order = program.simulator.job("productai", "job-" + i).queuedFor(Duration.ZERO);
            // the first ask of all takes some seconds at the provider's rate
            order.processingFor(i < ENDING ? Duration.ofSeconds(20).plusMillis(seconds * 5L * i) : Duration.ofHours(2)).completes(Assets.png(8, 8));
            keys.add(program.follow("productai", "job-" + i));
        }
        Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> keys.stream().map(program::job).allMatch(job -> job.polls() > 0 && job.lease() == null));
        forgedOnly(data);
        flood();
        judge(keys);
    }

    /** Nothing but forged ones, for as long as three thousand take: the store's files stay as they are. */
    private void forgedOnly(Path data) throws Exception {
        String before = written(data);
        long begin = System.nanoTime();
        Thread[] senders = new Thread[8];
        for (int s = 0; s < senders.length; s++) {
            senders[s] = new Thread(() -> {
                try (Sender sender = new Sender(port)) {
                    for (int i = 0; i < 375; i++) {
                        count(sender.send("{\"job_id\":\"job-" + i + "\"}", "sha256=" + "0".repeat(64)), 401);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            senders[s].start();
        }
        for (Thread sender : senders) {
            sender.join();
        }
        System.out.printf(Locale.ROOT, "3,000 forged ones alone, as fast as they go: %.0f a second; the store's files were %s; answers %s%n",
                3_000 / ((System.nanoTime() - begin) / 1e9), before.equals(written(data)) ? "not written" : "WRITTEN", answers);
        answers.clear();
    }

    private static String written(Path data) throws IOException {
        StringBuilder state = new StringBuilder();
        for (String file : List.of("jobs.db", "jobs.db-wal")) {
            state.append(Files.size(data.resolve(file))).append(Files.getLastModifiedTime(data.resolve(file)));
        }
        return state.toString();
    }

    private void flood() throws Exception {
        long begin = System.nanoTime() + 100_000_000;
        Thread[] senders = new Thread[SENDERS];
        for (int s = 0; s < SENDERS; s++) {
            int first = s;
            senders[s] = new Thread(() -> send(first, begin));
            senders[s].start();
        }
        System.out.printf("%6s %10s %10s %10s  %s%n", "second", "answered", "heap MB", "RSS MB", "answers by status so far");
        for (int second = 5; Arrays.stream(senders).anyMatch(Thread::isAlive); second += 5) {
            long until = begin + second * 1_000_000_000L;
            for (Thread sender : senders) {
                sender.join(Math.max(1, (until - System.nanoTime()) / 1_000_000));
            }
            Runtime memory = Runtime.getRuntime();
            System.out.printf("%6d %10d %10d %10d  %s%n", second, done.get(), (memory.totalMemory() - memory.freeMemory()) >> 20, residentMegabytes(), answers);
        }
        double length = (System.nanoTime() - begin) / 1e9;
        long[] sorted = new long[rate * seconds];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = took.get(i);
        }
        Arrays.sort(sorted);
        System.out.printf(Locale.ROOT, "reached %.0f a second; from when it was to be sent to its answer: median %.1f ms, 95 %% %.1f ms, 99 %% %.1f ms, longest %.1f ms%n",
                sorted.length / length, sorted[sorted.length / 2] / 1e6, sorted[sorted.length * 95 / 100] / 1e6, sorted[sorted.length * 99 / 100] / 1e6,
                sorted[sorted.length - 1] / 1e6);
        System.out.println("answers that were not what they should be: " + wrong);
    }

    private void send(int first, long begin) {
        SplittableRandom random = new SplittableRandom(first);
        List<String> sent = new ArrayList<>();
        try (Sender sender = new Sender(port)) {
            for (int i = first; i < rate * seconds; i += SENDERS) {
                long due = begin + (long) (1e9 * i / rate);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                int kind = random.nextInt(100);
                String job = "job-" + random.nextInt(JOBS);
                String body = "{\"event\":\"job.updated\",\"job_id\":\"" + job + "\",\"number\":" + i + "}";
                if (kind < 30) {
                    count(sender.send(body, sign("not the secret", body)), 401);
                } else if (kind < 60 && !sent.isEmpty()) {
                    String again = sent.get(random.nextInt(sent.size()));
                    count(sender.send(again, sign(SECRET, again)), 202);
                } else {
                    if (count(sender.send(body, sign(SECRET, body)), 202)) {
                        // a little earlier than the store's answer, which is the safe side
                        hooked.merge(job, Instant.now().minusMillis((System.nanoTime() - due) / 1_000_000), (a, b) -> a.isAfter(b) ? a : b);
                        sent.add(body);
                    }
                }
                took.set(i, System.nanoTime() - due);
                done.incrementAndGet();
            }
        } catch (IOException e) {
            wrong.computeIfAbsent(e.toString(), name -> new AtomicLong()).incrementAndGet();
        }
    }

    private boolean count(int status, int expected) {
        answers.computeIfAbsent(status, name -> new AtomicLong()).incrementAndGet();
        if (status != expected) {
            wrong.computeIfAbsent(status + " instead of " + expected, name -> new AtomicLong()).incrementAndGet();
        }
        return status == expected;
    }

    private void judge(List<JobKey> keys) {
        Awaitility.await().pollDelay(Duration.ofSeconds(1)).atMost(Duration.ofMinutes(2)).until(() -> {
            Instant now = program.jobs.now();
            return keys.stream().map(program::job).allMatch(job -> job.lease() == null && (job.nextPollAt() == null || job.nextPollAt().isAfter(now)));
        });
        long lost = 0;
        long extra = 0;
        long polls = 0;
        for (JobKey key : keys) {
            Job job = program.job(key);
            polls += job.polls();
            Instant last = hooked.get(key.jobId());
            boolean ending = Integer.parseInt(key.jobId().substring(4)) < ENDING;
            if (last != null && !(ending && job.state() == JobState.ARCHIVED) && job.updatedAt().isBefore(last)) {
                lost++;
                System.out.println(key + ": named at " + last + ", last changed at " + job.updatedAt() + ", " + job.state());
            }
            List<String> transitions = program.jobs.timeline(job).stream().map(entry -> entry.what()).toList();
            List<String> right = job.state() == JobState.ARCHIVED ? List.of("registered", "processing", "completed", "archived") : List.of("registered", "processing");
            if (!transitions.equals(right) || program.eventsOf(key.toString()).size() != (job.state() == JobState.ARCHIVED ? 1 : 0)) {
                extra++;
                System.out.println(key + ": " + transitions);
            }
        }
        long archived = keys.stream().filter(key -> program.job(key).state() == JobState.ARCHIVED).count();
        System.out.printf("jobs named: %d, wake-ups lost: %d, jobs with another course than theirs: %d, archived: %d, status calls: %d%n", hooked.size(), lost, extra, archived, polls);
        MeterRegistry metrics = program.program.part("metricsRegistry", MeterRegistry.class);
        metrics.find("mediajobs.hooks").counters().stream().sorted((a, b) -> a.getId().getTag("outcome").compareTo(b.getId().getTag("outcome")))
                .forEach((Counter counter) -> System.out.printf("  %-16s %8.0f%n", counter.getId().getTag("outcome"), counter.count()));
    }

    private static long residentMegabytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        return !Files.exists(status) ? -1 : Files.readAllLines(status).stream().filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024).findFirst().orElse(-1);
    }

    private static String sign(String secret, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    /** One connection that is kept open; a client of its own, so that it takes little of the processors that are measured. */
    private static final class Sender implements AutoCloseable {
        private final Socket socket;
        private final InputStream in;

        private Sender(int port) throws IOException {
            socket = new Socket("127.0.0.1", port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(30_000);
            in = new BufferedInputStream(socket.getInputStream());
        }

        private int send(String body, String signature) throws IOException {
            String request = "POST /hooks/productai HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                    + "\r\nX-ProductAI-Signature: " + signature + "\r\n\r\n" + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            int status = Integer.parseInt(line().split(" ")[1]);
            int length = 0;
            for (String header = line(); !header.isEmpty(); header = line()) {
                if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                    length = Integer.parseInt(header.substring(15).strip());
                }
            }
            in.readNBytes(length);
            return status;
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IOException("the connection was closed");
                }
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
