package io.mediajobs.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mediajobs.TestProgram;
import io.mediajobs.demo.simulator.Assets;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.live.LiveRoutes;
import io.mediajobs.poll.ListingProvider.Reply;
import io.mediajobs.store.JobChange;
import io.mediajobs.store.JobFilter;
import io.mediajobs.store.NewJob;
import io.mediajobs.store.TimelineEntry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole program with the shipped routes, ProductAI's list from the simulator, and the list of a provider by files alone: those of the README. */
class ListPollingTest {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    @TempDir
    static Path folder;
    private static ListingProvider acme;
    private static TestProgram program;
    /** Begins the ids of this test's jobs. */
    private final String prefix = "t" + NUMBER.incrementAndGet() + "-";

    @BeforeAll
    static void start() throws IOException {
        acme = new ListingProvider();
        program = TestProgram.start(folder, Map.of("routes.folder", routes(folder.resolve("routes")).toString(), "circuit.pause", "100ms",
                "circuit.longest-pause", "200ms", "refused.pause", "100ms", "poll.longest-list-rest", "400ms", "provider.productai.at-once", "50"));
    }

    @AfterAll
    static void stop() {
        program.close();
        acme.close();
    }

    @AfterEach
    void forget() {
        program.jobs.list(new JobFilter(null, null, null, null, 10_000)).stream()
                .filter(job -> !job.state().isTerminal() && job.state() != JobState.ARCHIVING)
                .forEach(job -> program.jobs.override(job.key(), before -> JobChange.to(JobState.CANCELLED).askNoMore()));
        // a page that is still under way must not find the next test's provider
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10)).until(() -> acme.isLeftAloneFor(Duration.ofMillis(60)));
        acme.reset();
    }

    @BeforeEach
    void resume() {
        // ends the rest of a list that another test has spoiled, too
        program.jobs.pause("acme", false);
    }

    private static Path routes(Path target) throws IOException {
        TestProgram.copyRoutes(target);
        String readme = Files.readString(Path.of("README.md"));
        Path providers = target.resolve("providers");
        String list = example(readme, "yaml", "# acme-list:");
        // three and not ten, so that jobs which have come apart a little on a busy machine are still asked for together
        Files.writeString(providers.resolve("acme-list.camel.yaml"), here(list).replace("provider: acme\n", "provider: acme\n        atLeast: \"3\"\n"));
        Files.writeString(providers.resolve("acme-list.jq"), example(readme, "jq", "# acme-list.jq"));
        Files.writeString(providers.resolve("acme.camel.yaml"), here(list)
                .replaceAll("(?s)kamelet:due-list.*?steps:", "kamelet:due-jobs\n      parameters: {provider: acme, every: 100ms, asks: fixed, rate: none, atOnce: \"20\"}\n      steps:")
                .replaceAll("CamelHttpQuery.*", "CamelHttpPath").replaceAll("limit=100&.*?\"", "\\${variable.job.encodedId}\"")
                .replace("read-list", "read-report").replace("route-list", "route-report").replace("acme-list", "acme").replace("list-acme", "ask-acme"));
        Files.writeString(providers.resolve("acme.jq"), "{status: .state, progress: .percent, error: .error, assets: [.files[]? | {role: .kind, url: .href}]}");
        return target;
    }

    private static String example(String readme, String language, String begin) {
        Matcher block = Pattern.compile("(?s)```" + language + "\\n(" + Pattern.quote(begin) + ".*?)```").matcher(readme);
        assertThat(block.find()).as("the README's example " + begin).isTrue();
        return block.group(1);
    }

    private static String here(String yaml) {
        return yaml.replace("https://api.acme.example", acme.url()).replace("{{env:ACME_API_KEY}}", "{{provider.productai.key}}");
    }

    private List<JobKey> follow(int count) {
        return follow("acme", count, Duration.ofHours(1));
    }

    private List<JobKey> follow(String provider, int count, Duration deadline) {
        List<JobKey> keys = IntStream.range(0, count).mapToObj(i -> new JobKey(provider, prefix + i)).toList();
        program.jobs.register(keys.stream().map(key -> new NewJob(key, Map.of(), deadline, Duration.ZERO)).toList());
        return keys;
    }

    /** Jobs that the provider works on, and that are followed. */
    private List<JobKey> working(int count) {
        IntStream.range(0, count).forEach(i -> acme.job(prefix + i, "processing", 10));
        return follow(count);
    }

    private static Job job(JobKey key) {
        return program.job(key);
    }

    private static void awaitAll(List<JobKey> keys, JobState state) {
        await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(50)).until(() -> keys.stream().allMatch(key -> job(key).state() == state));
    }

    private static void awaitPolls(List<JobKey> keys, int polls) {
        await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20)).until(() -> keys.stream().allMatch(key -> job(key).polls() >= polls));
    }

    /** Of this test's jobs. */
    private Set<String> singlyAsked() {
        return acme.singleCalls().stream().map(ListingProvider.Call::id).filter(id -> id.startsWith(prefix)).collect(Collectors.toSet());
    }

    @Test
    void productAisListSparesTheCallsForJobsThatAreNotFinished() {
        for (int i = 0; i < 24; i++) {
            program.simulator.job("productai", prefix + i).queuedFor(Duration.ofMillis(300)).processingFor(Duration.ofMillis(1_200));
            if (i % 4 == 0) {
                program.simulator.job("productai", prefix + i).fails("moderated", "No.");
            } else {
                program.simulator.job("productai", prefix + i).completes(Assets.png(8, 8));
            }
        }
        long before = program.simulator.ledger().lists();
        List<JobKey> keys = follow("productai", 24, Duration.ofHours(1));
        awaitAll(IntStream.range(0, 24).filter(i -> i % 4 != 0).mapToObj(keys::get).toList(), JobState.ARCHIVED);
        awaitAll(IntStream.range(0, 24).filter(i -> i % 4 == 0).mapToObj(keys::get).toList(), JobState.FAILED);
        assertThat(program.simulator.ledger().lists() - before).isPositive();
        assertThat(keys.stream().mapToInt(key -> program.simulator.ledger().pollCount("productai", key.jobId())).sum())
                .as("one call each for the result, and hardly any before").isBetween(24, 40);
        assertThat(job(keys.get(0)).error().code()).isEqualTo("moderated");
        assertThat(program.jobs.timeline(job(keys.get(1)))).extracting(TimelineEntry::what)
                .containsSubsequence("registered", "processing", "listed", "completed", "archived");
        assertThat(program.eventsOf("productai/" + prefix + "1")).hasSize(1);
    }

    @Test
    void aListThatSaysAllNeedsNoSingleCall() {
        List<JobKey> keys = working(20);
        awaitPolls(keys, 2);
        assertThat(keys).allSatisfy(key -> {
            assertThat(job(key).state()).isEqualTo(JobState.PROCESSING);
            assertThat(job(key).progress()).isEqualTo(10);
        });
        IntStream.range(0, 20).forEach(i -> acme.completes(prefix + i));
        awaitAll(keys, JobState.ARCHIVED);
        assertThat(singlyAsked()).isEmpty();
        assertThat(acme.pages().size()).isLessThan(100);
        assertThat(program.jobs.assets(job(keys.get(7)))).singleElement().satisfies(asset -> assertThat(asset.key()).endsWith("image.png"));
        assertThat(keys).allSatisfy(key -> assertThat(program.eventsOf("acme/" + key.jobId())).hasSize(1));
        assertThat(job(keys.get(3)).report()).doesNotContain("secret");
    }

    @Test
    void pagesAreAskedForByTheirCursorAndNoFurtherThanNeedBe() {
        acme.pagesOf(10);
        List<JobKey> keys = working(40);
        awaitPolls(keys, 2);
        assertThat(acme.pages()).extracting(ListingProvider.Call::cursor).containsSubsequence("", "nächste & /10?", "nächste & /20?", "nächste & /30?", "", "nächste & /10?");
        assertThat(acme.singleCalls()).as("where too few were left for a page").hasSizeLessThan(15);
    }

    @Test
    void whatTheListDoesNotHaveOrNotKnowIsAskedForSingly() {
        List<JobKey> keys = working(20);
        acme.answersLists(call -> {
            Reply page = acme.page(call);
            try {
                String text = new String(page.body().readAllBytes(), StandardCharsets.UTF_8);
                return Reply.of(200, text.replace("\"id\":\"" + prefix + "3\"", "\"id\":\"hidden\"").replaceFirst("(\"id\":\"" + prefix + "5\",\"state\":)\"processing\"", "$1\"on hold\"")
                        .replaceFirst("(\"id\":\"" + prefix + "6\",\"state\":)\"processing\"", "$17"));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        awaitPolls(keys, 3);
        assertThat(singlyAsked()).containsExactlyInAnyOrder(prefix + 3, prefix + 5, prefix + 6);
        assertThat(keys).allSatisfy(key -> assertThat(job(key).state()).isEqualTo(JobState.PROCESSING));
    }

    @Test
    void whereListAndSingleAnswerContradictEachOtherTheSingleAnswerCounts() {
        List<JobKey> keys = working(20);
        acme.answersLists(call -> Reply.of(200, "{\"items\":[" + IntStream.range(0, 20).mapToObj(i -> "{\"id\":\"" + prefix + i + "\",\"state\":\""
                + (i == 4 ? "completed" : i == 5 ? "failed" : i == 6 ? "not-found" : "processing") + "\"}").collect(Collectors.joining(",")) + "],\"more\":false}"));
        awaitPolls(keys, 4);
        assertThat(singlyAsked()).containsExactlyInAnyOrder(prefix + 4, prefix + 5, prefix + 6);
        assertThat(keys).allSatisfy(key -> assertThat(job(key).state()).isEqualTo(JobState.PROCESSING));
        assertThat(acme.singleCalls()).as("at the interval, not with each page").hasSizeLessThan(60);
        assertThat(program.jobs.timeline(job(keys.get(4)))).extracting(TimelineEntry::what).containsOnlyOnce("listed");
    }

    @Test
    void aJobThatIsPastItsDeadlineExpiresByTheListToo() {
        IntStream.range(0, 15).forEach(i -> acme.job(prefix + i, "processing", null));
        List<JobKey> keys = follow("acme", 15, Duration.ofSeconds(1));
        awaitAll(keys, JobState.EXPIRED);
        assertThat(keys).allSatisfy(key -> assertThat(program.eventsOf("acme/" + key.jobId())).containsExactly("acme/" + key.jobId() + "/1/mediajobs.job.expired"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", "", "[]", "{}", "{\"items\":7}", "{\"items\":[7,null,\"x\",[],{}]}", "{\"items\":[{\"id\":7},{\"id\":null},{\"id\":\"..\",\"state\":\"completed\"}],\"more\":true}",
            "{\"items\":[],\"more\":true,\"cursor\":\"x\"}", "{\"items\":[],\"more\":\"yes\"}", "{\"items\":[],\"cursor\":{}}", "{\"items\":[{\"id\":\"a\",\"id\":\"b\"}]}", "status 404", "status 400",
            "status 403", "status 302", "status 500", "too large", "endless", "many entries", "long cursor"})
    void aListThatIsOfNoUseHoldsNobodyUp(String page) {
        acme.answersLists(call -> reply(page));
        List<JobKey> keys = working(6);
        awaitPolls(keys, 1);
        IntStream.range(0, 6).forEach(i -> acme.job(prefix + i, "failed", null));
        awaitAll(keys, JobState.FAILED);
        assertThat(acme.pages().size()).as("pages that were asked for in vain").isBetween(1, 40);
        assertThat(keys).allSatisfy(key -> assertThat(program.jobs.timeline(job(key))).extracting(TimelineEntry::what).doesNotContain("trouble"));
    }

    private static Reply reply(String page) {
        return switch (page) {
            case "status 302" -> Reply.of(302, "").with("Location", acme.url() + "/files/stolen");
            case "too large" -> new Reply(200, Map.of(), megabytes(200));
            // each page has another page behind it
            case "endless" -> Reply.of(200, "{\"items\":[{\"id\":\"stranger\",\"state\":\"processing\"}],\"more\":true,\"cursor\":\"again\"}");
            case "many entries" -> Reply.of(200, "{\"items\":[" + IntStream.range(0, 20_000).mapToObj(i -> "{\"id\":\"s" + i + "\"}").collect(Collectors.joining(",")) + "]}");
            case "long cursor" -> Reply.of(200, "{\"items\":[{\"id\":\"s\"}],\"more\":true,\"cursor\":\"" + "x".repeat(3_000) + "\"}");
            default -> page.startsWith("status ") ? Reply.of(Integer.parseInt(page.substring(7)), "{\"message\":\"No.\"}") : Reply.of(200, page);
        };
    }

    /** Made as it is sent. */
    private static InputStream megabytes(int count) {
        byte[] filler = " ".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
        return new SequenceInputStream(Collections.enumeration(Stream.concat(Stream.of(new ByteArrayInputStream("{\"items\":[]".getBytes(StandardCharsets.UTF_8))),
                IntStream.range(0, count).mapToObj(i -> new ByteArrayInputStream(filler))).toList()));
    }

    @Test
    void throttledListsThrottleTheProvider() {
        List<Long> answered = new CopyOnWriteArrayList<>();
        acme.answersLists(call -> {
            answered.add(call.nanos());
            return answered.size() == 1 ? Reply.of(429, "{}").with("Retry-After", "1") : acme.page(call);
        });
        List<JobKey> keys = working(20);
        await().atMost(Duration.ofSeconds(20)).until(() -> answered.size() >= 2);
        assertThat(Duration.ofNanos(answered.get(1) - answered.get(0))).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(singlyAsked()).as("nothing is sent within Retry-After").isEmpty();
        awaitPolls(keys, 1);
    }

    @Test
    void aRefusedListPausesTheProviderWithOneEventAndASingleCallTriesAgain() {
        acme.answersLists(call -> Reply.of(401, "{\"message\":\"No.\"}"));
        int before = program.eventsOf("acme").size();
        List<JobKey> keys = working(20);
        awaitPolls(keys, 1);
        assertThat(program.eventsOf("acme").subList(before, before + 2)).satisfiesExactly(id -> assertThat(id).endsWith("mediajobs.provider.unauthorized"),
                id -> assertThat(id).endsWith("mediajobs.provider.recovered"));
        assertThat(acme.singleCalls()).hasSizeGreaterThanOrEqualTo(20);
    }

    @Test
    void anUnavailableListCountsForTheCircuitAndRests() {
        acme.answersLists(call -> Reply.of(503, "{}"));
        acme.answersSingles(call -> Reply.of(503, "{}"));
        int before = program.eventsOf("acme").size();
        List<JobKey> keys = working(20);
        await().atMost(Duration.ofSeconds(20)).until(() -> program.eventsOf("acme").size() > before);
        assertThat(program.eventsOf("acme").get(before)).endsWith("mediajobs.provider.unavailable");
        acme.answersLists(acme::page);
        acme.answersSingles(acme::single);
        awaitPolls(keys, 2);
        await().until(() -> program.jobs.providers().stream().filter(state -> state.name().equals("acme")).allMatch(state -> state.pauseReason() == null));
    }

    @Test
    void aPausedListRouteLeavesItsJobsToSingleCalls() {
        LiveRoutes routes = program.program.part("liveRoutes", LiveRoutes.class);
        routes.pause("acme-list");
        try {
            List<JobKey> keys = working(20);
            awaitPolls(keys, 2);
            assertThat(acme.pages()).isEmpty();
        } finally {
            routes.resume("acme-list");
            await().until(() -> program.program.part("providers", Providers.class).list("acme").isPresent());
        }
    }

    @Test
    void aWebhookIsFollowedByASingleCall() {
        List<JobKey> keys = working(20);
        awaitPolls(keys, 1);
        acme.completes(prefix + 0);
        acme.answersLists(call -> Reply.of(503, "{}"));
        program.jobs.wake(keys.get(0));
        awaitAll(keys.subList(0, 1), JobState.ARCHIVED);
        assertThat(singlyAsked()).contains(prefix + 0);
    }
}
