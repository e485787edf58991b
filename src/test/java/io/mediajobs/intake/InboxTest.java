package io.mediajobs.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mediajobs.config.Settings;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.poll.Provider;
import io.mediajobs.store.Database;
import io.mediajobs.store.JobCounts;
import io.mediajobs.store.JobFilter;
import io.mediajobs.store.JobStore;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InboxTest {

    @TempDir
    Path data;
    private Path folder;
    private Database database;
    private JobStore jobs;
    private Inbox inbox;
    private Main main;
    private final List<Provider> providers = new CopyOnWriteArrayList<>(List.of(
            new Provider("stories", Duration.ofSeconds(15), Duration.ZERO, Duration.ofHours(2), 5, 10, true, "15m", null, true)));

    @BeforeEach
    void open() throws IOException {
        folder = Files.createDirectories(data.resolve("inbox"));
        database = Database.open(data.resolve("jobs.db"));
        jobs = new JobStore(database, (provider, what, incident, error) -> null);
        inbox = new Inbox(new Registrar(() -> List.copyOf(providers), jobs), () -> List.copyOf(providers));
    }

    @AfterEach
    void close() {
        if (main != null) {
            main.stop();
        }
        database.close();
    }

    private void startRoute() {
        Properties settings = Settings.shippedProperties();
        settings.setProperty("data.folder", data.toString());
        settings.setProperty("inbox.initial-millis", "0");
        settings.setProperty("inbox.poll-millis", "100");
        main = new Main();
        main.setDefaultPropertyPlaceholderLocation("false");
        main.setInitialProperties(settings);
        main.configure().withRoutesIncludePattern("file:routes/inbox.camel.yaml");
        main.bind("inbox", inbox);
        main.start();
    }

    /** Puts a finished file into the inbox. */
    private Path put(String name, String content) throws IOException {
        Path hidden = Files.writeString(folder.resolve(".new"), content);
        Files.setLastModifiedTime(hidden, FileTime.from(Instant.now().minusSeconds(60)));
        return Files.move(hidden, folder.resolve(name));
    }

    private List<String> followed() {
        return jobs.list(new JobFilter(null, null, null, null, 1_000)).stream().map(Job::jobId).sorted().toList();
    }

    private static String line(String jobId) {
        return "{\"provider\":\"stories\",\"jobId\":\"" + jobId + "\"}\n";
    }

    @Test
    void aFileIsTakenInAndGoesToDone() throws Exception {
        startRoute();
        put("a.jsonl", "\uFEFF" + "{\"provider\":\"stories\",\"jobId\":\"1\",\"deadline\":\"10m\",\"tags\":{\"order\":\"ü 7\"}}\r\n\r\n" + line("2") + line("3").strip());
        put("B.CSV", "provider,jobId,deadline,tag.order,tag.b\r\nstories,4,,\"a \"\"b\"\", c\",\r\nstories, 5 ,1h,,\r\n");
        await().until(() -> Files.exists(folder.resolve("done/a.jsonl")) && Files.exists(folder.resolve("done/B.CSV")));
        assertThat(followed()).containsExactly("1", "2", "3", "4", "5");
        Job first = jobs.find(new JobKey("stories", "1")).orElseThrow();
        assertThat(first.tags()).isEqualTo(Map.of("order", "ü 7"));
        assertThat(Duration.between(first.registeredAt(), first.deadlineAt())).isEqualTo(Duration.ofMinutes(10));
        assertThat(jobs.find(new JobKey("stories", "4")).orElseThrow().tags()).isEqualTo(Map.of("order", "a \"b\", c"));
        assertThat(folder.resolve("rejected")).doesNotExist();
    }

    @Test
    void badLinesArePutAsideWithTheirReasonsAndCanBeDroppedInAgain() throws Exception {
        startRoute();
        put("a.jsonl", line("1") + "not json\n" + line("2") + "{\"provider\":\"storys\",\"jobId\":\"3\"}\n" + "{\"provider\":\"stories\",\"job\":\"4\"}\n");
        put("b.csv", "provider,jobId\nstories,5\nstories,\"6\nstories\nstories,7\n");
        await().until(() -> Files.exists(folder.resolve("done/a.jsonl")) && Files.exists(folder.resolve("done/b.csv")));
        assertThat(followed()).containsExactly("1", "2", "5", "7");
        assertThat(folder.resolve("rejected/a.jsonl")).content()
                .isEqualTo("not json\n{\"provider\":\"storys\",\"jobId\":\"3\"}\n{\"provider\":\"stories\",\"job\":\"4\"}\n");
        assertThat(folder.resolve("rejected/a.jsonl.reasons")).content().isEqualTo("""
                line 2: This is not JSON: a syntax error in line 1, column 4.
                line 4: There is no provider 'storys'; did you mean stories?
                line 5: A registration has no field 'job'; did you mean jobId?
                """);
        assertThat(folder.resolve("rejected/b.csv")).content().isEqualTo("provider,jobId\nstories,\"6\nstories\n");
        assertThat(folder.resolve("rejected/b.csv.reasons")).content().isEqualTo("""
                line 3: The line is not CSV: a quote is not closed or not doubled.
                line 4: The line has 1 values, the header has 2 columns.
                """);
    }

    @Test
    void nothingInDoneOrRejectedIsOverwritten() throws Exception {
        startRoute();
        for (int i = 1; i <= 3; i++) {
            put("a.jsonl", line("job-" + i) + "bad " + i + "\n");
            await().until(() -> Files.notExists(folder.resolve("a.jsonl")));
        }
        await().until(() -> Files.exists(folder.resolve("done/a-3.jsonl")));
        assertThat(folder.resolve("done/a.jsonl")).content().contains("job-1");
        assertThat(folder.resolve("done/a-2.jsonl")).content().contains("job-2");
        assertThat(folder.resolve("rejected/a.jsonl")).content().isEqualTo("bad 1\n");
        assertThat(folder.resolve("rejected/a-3.jsonl")).content().isEqualTo("bad 3\n");
        assertThat(folder.resolve("rejected/a-3.jsonl.reasons")).exists();
    }

    @Test
    void aFileThatIsStillWrittenIsNotTaken() throws Exception {
        startRoute();
        try (BufferedWriter writer = Files.newBufferedWriter(folder.resolve("slow.jsonl"))) {
            for (int i = 0; i < 8; i++) {
                writer.write(line("slow-" + i));
                writer.flush();
                await().pollDelay(Duration.ofMillis(500)).until(() -> true);
                assertThat(followed()).isEmpty();
            }
        }
        await().until(() -> Files.exists(folder.resolve("done/slow.jsonl")));
        assertThat(followed()).hasSize(8);
    }

    @Test
    void onlyPlainVisibleFilesAreTaken() throws Exception {
        Path secret = Files.writeString(data.resolve("secret.txt"), "root:x:0:0\n");
        Files.createSymbolicLink(folder.resolve("link.jsonl"), secret);
        Files.createDirectories(folder.resolve("folder.jsonl"));
        put(".hidden.jsonl", line("hidden"));
        put("a.jsonl.tmp", line("tmp"));
        put("${env:HOME} {{x}} $simple{date:now} %2e%2e ü;a=b.jsonl", line("odd"));
        put("-rf.jsonl", line("dash"));
        put("empty.jsonl", "");
        startRoute();
        await().until(() -> Files.list(folder.resolve("done")).count() == 3);
        assertThat(followed()).containsExactly("dash", "odd");
        assertThat(folder.resolve("done/${env:HOME} {{x}} $simple{date:now} %2e%2e ü;a=b.jsonl")).exists();
        assertThat(folder.resolve("done/empty.jsonl")).exists();
        assertThat(folder.resolve("link.jsonl")).isSymbolicLink();
        assertThat(folder.resolve(".hidden.jsonl")).exists();
        assertThat(folder.resolve("a.jsonl.tmp")).exists();
        assertThat(folder.resolve("rejected")).doesNotExist();
    }

    @Test
    void filesWaitForTheProviders() throws Exception {
        Provider stories = providers.remove(0);
        put("a.jsonl", line("1"));
        startRoute();
        await().during(Duration.ofSeconds(1)).until(() -> Files.exists(folder.resolve("a.jsonl")));
        providers.add(stories);
        await().until(() -> Files.exists(folder.resolve("done/a.jsonl")));
        assertThat(followed()).containsExactly("1");
    }

    @Test
    void aWrongHeaderPutsTheWholeFileAside() throws Exception {
        inbox.take(put("a.csv", "provider,job id\nstories,1\nstories,2\n").toFile());
        assertThat(followed()).isEmpty();
        assertThat(folder.resolve("rejected/a.csv")).content().isEqualTo("provider,job id\nstories,1\nstories,2\n");
        assertThat(folder.resolve("rejected/a.csv.reasons")).content()
                .isEqualTo("line 1: A registration has no field 'job id'; did you mean jobId? No line of the file was taken.\n");
    }

    @Test
    void bytesThatAreNotUtf8AreKeptAsTheyWere() throws Exception {
        Path file = folder.resolve("a.jsonl");
        byte[] latin1 = "{\"provider\":\"stories\",\"jobId\":\"ü\"}".getBytes(StandardCharsets.ISO_8859_1);
        Files.write(file, latin1);
        inbox.take(file.toFile());
        assertThat(Files.readAllBytes(folder.resolve("rejected/a.jsonl"))).startsWith(latin1);
        assertThat(folder.resolve("rejected/a.jsonl.reasons")).content().isEqualTo("line 1: The line is not UTF-8.\n");
    }

    @Test
    void anEndlessLineTakesNoMemory() throws Exception {
        Path file = folder.resolve("a.jsonl");
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            writer.write("{\"provider\":\"");
            for (int i = 0; i < 50_000; i++) {
                writer.write("a".repeat(1_000));
            }
            writer.write("\n" + line("after"));
        }
        inbox.take(file.toFile());
        assertThat(followed()).containsExactly("after");
        assertThat(Files.size(folder.resolve("rejected/a.jsonl"))).isEqualTo(RawLines.LONGEST + 1);
    }

    @Test
    void aStoreThatFailsInMidFileLosesNothing() throws Exception {
        StringBuilder content = new StringBuilder();
        for (int i = 0; i < 2_000; i++) {
            content.append(line("job-" + i));
        }
        content.insert(0, "bad\n");
        Path file = put("a.jsonl", content.toString());
        int[] asked = {0};
        Inbox failing = new Inbox(new Registrar(() -> {
            if (++asked[0] == 3) {
                throw new IllegalStateException("away");
            }
            return List.copyOf(providers);
        }, jobs), () -> List.copyOf(providers));
        assertThatThrownBy(() -> failing.take(file.toFile())).hasMessage("away");
        assertThat(file).exists();
        assertThat(folder.resolve("rejected/a.jsonl")).doesNotExist();
        inbox.take(file.toFile());
        assertThat(new JobCounts(database).byState()).containsExactly(new JobCounts.Count("stories", "pending", 2_000));
        assertThat(folder.resolve("rejected/a.jsonl")).content().isEqualTo("bad\n");
    }
}
