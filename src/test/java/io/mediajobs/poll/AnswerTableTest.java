package io.mediajobs.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mediajobs.TestProgram;
import io.mediajobs.demo.simulator.Assets;
import io.mediajobs.demo.simulator.Misbehaviour;
import io.mediajobs.demo.simulator.NotFoundStyle;
import io.mediajobs.demo.simulator.Poll;
import io.mediajobs.demo.simulator.SimulatedJob;
import io.mediajobs.job.Failures;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.store.ProviderState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each answer does: the rows of the answer table, from the shipped routes, against the simulator. */
class AnswerTableTest {

    @TempDir
    Path folder;
    TestProgram program;

    @BeforeEach
    void start() {
        program = TestProgram.start(folder, Map.of("circuit.pause", "300ms", "circuit.longest-pause", "600ms", "refused.pause", "300ms", "camel.component.http.response-timeout", "500ms",
                "camel.component.http.so-timeout", "500ms"));
    }

    @AfterEach
    void stop() {
        program.close();
    }

    private SimulatedJob endless(String provider, String id) {
        return program.simulator.job(provider, id).queuedFor(Duration.ZERO).processingFor(Duration.ofMinutes(5)).neverEnds();
    }

    private Job awaitState(JobKey key, JobState state) {
        await().atMost(Duration.ofSeconds(20)).until(() -> program.job(key).state() == state);
        return program.job(key);
    }

    private void awaitPolls(JobKey key, long polls) {
        await().atMost(Duration.ofSeconds(20)).until(() -> program.job(key).polls() >= polls);
    }

    private ProviderState provider(String name) {
        return program.jobs.providers().stream().filter(state -> state.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void anOperatorsResumeIsTakenAtOnce() throws Exception {
        program.close();
        program = TestProgram.start(folder.resolve("again"), Map.of("refused.pause", "1h"));
        String right = program.simulator.provider("productai").key();
        program.simulator.provider("productai").accepts("another key");
        endless("productai", "x");
        JobKey key = program.follow("productai", "x");
        await().until(() -> program.eventsOf("productai").contains("productai/1/mediajobs.provider.unauthorized"));
        program.simulator.provider("productai").accepts(right);
        program.jobs.pause("productai", false);
        awaitState(key, JobState.PROCESSING);
        await().until(() -> program.eventsOf("productai").contains("productai/1/mediajobs.provider.recovered"));
    }

    @Test
    void whatAnEventToldOfIsToldOnceAndEndedOnceWhateverAnOperatorDoes() {
        String right = program.simulator.provider("productai").key();
        program.simulator.provider("productai").accepts("another key");
        endless("productai", "x");
        JobKey key = program.follow("productai", "x");
        await().until(() -> program.eventsOf("productai").contains("productai/1/mediajobs.provider.unauthorized"));
        // ended by hand while nothing is right yet, then paused and ended again
        program.jobs.pause("productai", false);
        await().until(() -> "unauthorized".equals(provider("productai").pauseReason()));
        program.jobs.pause("productai", true);
        program.simulator.provider("productai").accepts(right);
        program.jobs.pause("productai", false);
        awaitState(key, JobState.PROCESSING);
        await().until(() -> program.eventsOf("productai").size() > 1);
        assertThat(program.eventsOf("productai")).containsExactly("productai/1/mediajobs.provider.unauthorized", "productai/1/mediajobs.provider.recovered");
    }

    @Test
    void theEnvironmentIsNoLayerOfCamels() {
        // it is one of ours, below -D; PATH is in every environment
        assertThatThrownBy(() -> program.program.context().resolvePropertyPlaceholders("{{path}}")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void workingJobsAreAskedAgain() {
        endless("productai", "job_1");
        JobKey key = program.follow("productai", "job_1");
        awaitPolls(key, 3);
        Job job = awaitState(key, JobState.PROCESSING);
        assertThat(job.progress()).isNotNull();
        assertThat(job.error()).isNull();
        assertThat(program.jobs.timeline(job)).extracting("what").containsExactly("registered", "processing");
    }

    @Test
    void failedJobsEndWithOneEvent() {
        program.simulator.job("pictory-video", "v1").queuedFor(Duration.ZERO).processingFor(Duration.ZERO).fails("5001", "Video generation failed.");
        JobKey key = program.follow("pictory-video", "v1");
        Job job = awaitState(key, JobState.FAILED);
        assertThat(job.error().code()).isEqualTo("5001");
        assertThat(job.nextPollAt()).isNull();
        assertThat(program.eventsOf("pictory-video/v1")).containsExactly("pictory-video/v1/1/mediajobs.job.failed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"BODY", "STATUS_404"})
    void unknownJobsAreAskedFiveTimesThenLost(String style) {
        NotFoundStyle tells = NotFoundStyle.values()[style.equals("BODY") ? 0 : 1];
        program.simulator.provider("pictory-image").tellsNotFoundAs(tells);
        JobKey key = program.follow("pictory-image", "nobody");
        Job job = awaitState(key, JobState.LOST);
        assertThat(job.polls()).isEqualTo(5);
        assertThat(program.eventsOf("pictory-image/nobody")).containsExactly("pictory-image/nobody/1/mediajobs.job.lost");
    }

    @Test
    void aJobThatIsVisibleLateIsNotLost() {
        endless("productai", "late").visibleFromPoll(4);
        JobKey key = program.follow("productai", "late");
        Job job = awaitState(key, JobState.PROCESSING);
        assertThat(job.failures().unknown()).isZero();
    }

    @Test
    void throttledProvidersRestForAllTheirJobs() {
        endless("productai", "a").atPoll(1, Misbehaviour.throttled(Duration.ofSeconds(2)));
        JobKey key = program.follow("productai", "a");
        await().until(() -> program.jobs.providers().stream().anyMatch(state -> "throttled".equals(state.pauseReason())));
        endless("productai", "b");
        program.follow("productai", "b");
        awaitState(key, JobState.PROCESSING);
        var polls = program.simulator.ledger().polls("productai", "a");
        assertThat(Duration.between(polls.get(0).at(), polls.get(1).at())).isGreaterThanOrEqualTo(Duration.ofMillis(1990));
        assertThat(program.simulator.ledger().polls("productai", "b")).allSatisfy(poll ->
                assertThat(Duration.between(polls.get(0).at(), poll.at())).isGreaterThanOrEqualTo(Duration.ofMillis(1990)));
        await().until(() -> provider("productai").pauseReason() == null);
    }

    @Test
    void refusedKeysPauseTheProviderOnceAndItResumesByItself() {
        String right = program.simulator.provider("productai").key();
        program.simulator.provider("productai").accepts("another key");
        for (int i = 0; i < 5; i++) {
            endless("productai", "j" + i);
            program.follow("productai", "j" + i);
        }
        await().until(() -> program.eventsOf("productai").contains("productai/1/mediajobs.provider.unauthorized"));
        await().until(() -> program.simulator.ledger().unauthorized() >= 6);
        program.simulator.provider("productai").accepts(right);
        await().until(() -> program.eventsOf("productai").contains("productai/1/mediajobs.provider.recovered"));
        awaitState(new JobKey("productai", "j0"), JobState.PROCESSING);
        assertThat(program.eventsOf("productai")).containsExactly("productai/1/mediajobs.provider.unauthorized", "productai/1/mediajobs.provider.recovered");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 409, 422})
    void refusedRequestsBlockTheJob(int status) {
        endless("stories", "s" + status).atPoll(1, Misbehaviour.status(status));
        JobKey key = program.follow("stories", "s" + status);
        Job job = awaitState(key, JobState.BLOCKED);
        assertThat(job.error().message()).isNotBlank();
        assertThat(program.eventsOf(key.toString())).containsExactly(key + "/1/mediajobs.job.blocked");
        assertThat(program.jobs.retry(key).orElseThrow().attempt()).isEqualTo(2);
        awaitState(key, JobState.PROCESSING);
    }

    @Test
    void paymentRequiredPausesTheProvider() {
        endless("stories", "s").atPoll(1, Misbehaviour.status(402));
        JobKey key = program.follow("stories", "s");
        awaitState(key, JobState.PROCESSING);
        assertThat(program.eventsOf("stories")).containsExactly("stories/1/mediajobs.provider.payment-required", "stories/1/mediajobs.provider.recovered");
    }

    @Test
    void legalRefusalsFailTheJob() {
        endless("stories", "s").atPoll(1, Misbehaviour.status(451));
        Job job = awaitState(program.follow("stories", "s"), JobState.FAILED);
        assertThat(job.error().retryable()).isFalse();
    }

    @Test
    void anOutageOpensTheCircuitOnceAndClosesIt() {
        program.simulator.provider("pictory-render").goesDown(Misbehaviour.status(503));
        for (int i = 0; i < 8; i++) {
            endless("pictory-render", "r" + i);
            program.follow("pictory-render", "r" + i);
        }
        await().until(() -> program.eventsOf("pictory-render").contains("pictory-render/1/mediajobs.provider.unavailable"));
        program.simulator.provider("pictory-render").recovers();
        await().atMost(Duration.ofSeconds(20)).until(() -> program.eventsOf("pictory-render").contains("pictory-render/1/mediajobs.provider.recovered"));
        awaitState(new JobKey("pictory-render", "r7"), JobState.PROCESSING);
        assertThat(program.eventsOf("pictory-render")).hasSize(2);
    }

    @Test
    void silenceResetsAndCutAnswersAreBackedOffFrom() {
        endless("productai", "x").atPoll(1, Misbehaviour.hang()).atPoll(2, Misbehaviour.reset()).atPoll(3, Misbehaviour.cutConnection());
        JobKey key = program.follow("productai", "x");
        Job job = awaitState(key, JobState.PROCESSING);
        assertThat(job.failures()).isEqualTo(Failures.NONE);
        assertThat(program.jobs.timeline(job)).extracting("what").containsExactly("registered", "unavailable", "unavailable", "unavailable", "processing");
    }

    @Test
    void anOddAnswerAfterAnOutageIsNotTheLastStraw() {
        endless("productai", "x").atPoll(1, Misbehaviour.status(503)).atPoll(2, Misbehaviour.html()).atPoll(3, Misbehaviour.status(503)).atPoll(4, Misbehaviour.html())
                .atPoll(5, Misbehaviour.status(503)).atPoll(6, Misbehaviour.html());
        Job job = awaitState(program.follow("productai", "x"), JobState.PROCESSING);
        assertThat(program.jobs.timeline(job)).extracting("what").containsExactly("registered", "unavailable", "unusable-answer", "unavailable", "unusable-answer", "unavailable",
                "unusable-answer", "processing");
        assertThat(program.eventsOf("productai")).as("odd answers open no circuit").isEmpty();
    }

    @Test
    void anOutageBetweenThemDoesNotMakeOddAnswersFewer() {
        endless("productai", "x").atPoll(1, Misbehaviour.html()).atPoll(2, Misbehaviour.html()).atPoll(3, Misbehaviour.status(503)).fromPoll(4, Misbehaviour.html());
        Job job = awaitState(program.follow("productai", "x"), JobState.BLOCKED);
        assertThat(job.polls()).isEqualTo(6);
        assertThat(job.failures().unusable()).isEqualTo(5);
    }

    @Test
    void redirectsAreNotFollowed() {
        endless("productai", "x").atPoll(1, Misbehaviour.redirect(program.simulator.url() + "/elsewhere"));
        Job job = awaitState(program.follow("productai", "x"), JobState.BLOCKED);
        assertThat(job.error().code()).isEqualTo("redirected");
        assertThat(job.polls()).isEqualTo(1);
    }

    @Test
    void whatIsToldOfAKeyHoldsForAllThatAreAskedWithIt() {
        endless("pictory-image", "a").atPoll(1, Misbehaviour.throttled(Duration.ofSeconds(2)));
        endless("pictory-video", "b");
        endless("pictory-render", "c");
        JobKey first = program.follow("pictory-image", "a");
        await().until(() -> !program.jobs.providers().isEmpty() && "throttled".equals(provider("pictory-image").pauseReason()));
        assertThat(provider("pictory-video").pauseReason()).isEqualTo("throttled");
        JobKey second = program.follow("pictory-video", "b");
        JobKey third = program.follow("pictory-render", "c");
        awaitState(first, JobState.PROCESSING);
        awaitState(second, JobState.PROCESSING);
        awaitState(third, JobState.PROCESSING);
        var throttled = program.simulator.ledger().polls("pictory-image", "a").get(0).at();
        assertThat(program.simulator.ledger().polls("pictory-video", "b").get(0).at()).isAfter(throttled.plusMillis(1990));
        assertThat(program.simulator.ledger().polls("pictory-render", "c").get(0).at()).isAfter(throttled.plusMillis(1990));
    }

    @Test
    void aRefusedKeyPausesAllThatAreAskedWithItAndItsReturnResumesThem() {
        String right = program.simulator.provider("pictory-image").key();
        program.simulator.provider("pictory-image").accepts("another key");
        endless("pictory-image", "a");
        endless("pictory-video", "b");
        program.follow("pictory-image", "a");
        await().until(() -> program.eventsOf("pictory-image").contains("pictory-image/1/mediajobs.provider.unauthorized"));
        assertThat(provider("pictory-video").pauseReason()).as("though nothing of it was asked for").isEqualTo("unauthorized");
        program.simulator.provider("pictory-image").accepts(right);
        awaitState(program.follow("pictory-video", "b"), JobState.PROCESSING);
        await().until(() -> program.eventsOf("pictory-image").contains("pictory-image/1/mediajobs.provider.recovered"));
        await().until(() -> provider("pictory-video").pauseReason() == null);
        assertThat(provider("pictory-render").pauseReason()).as("it has no job that could find out").isNull();
        await().until(() -> program.eventsOf("pictory-render").contains("pictory-render/1/mediajobs.provider.recovered"));
    }

    @Test
    void aKeyThatMayNotDoOneThingMayDoAnother() {
        endless("pictory-image", "a").atPoll(1, Misbehaviour.status(403));
        JobKey key = program.follow("pictory-image", "a");
        await().atMost(Duration.ofSeconds(20)).until(() -> program.eventsOf("pictory-image").contains("pictory-image/1/mediajobs.provider.unauthorized"));
        assertThat(program.jobs.providers()).extracting(ProviderState::name).doesNotContain("pictory-video");
        awaitState(key, JobState.PROCESSING);
    }

    @Test
    void aNotModifiedThatNobodyAskedForCannotBeUsed() {
        endless("productai", "x").fromPoll(1, Misbehaviour.redirect(304, program.simulator.url()));
        Job job = awaitState(program.follow("productai", "x"), JobState.BLOCKED);
        assertThat(job.polls()).isEqualTo(5);
        assertThat(job.error().code()).isEqualTo("http-304");
    }

    @Test
    void answersThatHaveNotChangedNeedNotBeSentAgain() throws Exception {
        program.close();
        Path routes = TestProgram.copyRoutes(folder.resolve("routes"));
        Path image = routes.resolve("providers/pictory-image.camel.yaml");
        String text = Files.readString(image);
        String step = "        - setHeader:\n            name: If-None-Match\n            simple: \"${variable.job.etag}\"\n";
        Files.writeString(image, text.replaceFirst("(?m)^        - setHeader:\n            name: Accept\n", Matcher.quoteReplacement(step) + "$0"));
        program = TestProgram.start(folder.resolve("again"), Map.of("routes.folder", routes.toString()));
        program.simulator.provider("pictory-image").tellsEtags(true);
        program.simulator.job("pictory-image", "a").queuedFor(Duration.ZERO).processingFor(Duration.ofSeconds(2)).completes(Assets.png(8, 8));
        JobKey key = program.follow("pictory-image", "a");
        Job job = awaitState(key, JobState.ARCHIVED);
        var statuses = program.simulator.ledger().polls("pictory-image", "a").stream().map(Poll::status).toList();
        assertThat(statuses).startsWith(200, 304, 304).endsWith(304, 200).hasSize((int) job.polls());
        assertThat(statuses.stream().filter(status -> status == 200)).hasSize(2);
        assertThat(job.etag()).as("that is over").isNull();
        assertThat(program.jobs.timeline(job)).extracting("what").containsExactly("registered", "processing", "completed", "archived");
    }

    @Test
    void answersThatCannotBeUsedAreRepeatedThenBlocked() {
        endless("productai", "html").fromPoll(1, Misbehaviour.html());
        endless("productai", "word").fromPoll(1, Misbehaviour.unknownStatus("marinating"));
        endless("productai", "none").fromPoll(1, Misbehaviour.empty());
        program.simulator.job("productai", "bare").queuedFor(Duration.ZERO).processingFor(Duration.ZERO).completes().fromPoll(1, Misbehaviour.withoutAssets());
        for (String id : new String[] {"html", "word", "none", "bare"}) {
            program.follow("productai", id);
        }
        for (String id : new String[] {"html", "word", "none", "bare"}) {
            Job job = awaitState(new JobKey("productai", id), JobState.BLOCKED);
            assertThat(job.polls()).as(id).isEqualTo(5);
            assertThat(program.eventsOf("productai/" + id)).containsExactly("productai/" + id + "/1/mediajobs.job.blocked");
        }
        assertThat(program.jobs.timeline(program.job(new JobKey("productai", "word")))).last().extracting("detail").asString().contains("marinating");
    }

    @Test
    void jobsExpireAtTheirDeadline() {
        endless("productai", "slow");
        Job job = awaitState(program.follow("productai", "slow", Duration.ofMillis(600)), JobState.EXPIRED);
        assertThat(job.error().code()).isEqualTo("deadline");
        assertThat(program.eventsOf("productai/slow")).containsExactly("productai/slow/1/mediajobs.job.expired");
    }

    @Test
    void aJobWhoseRouteFailsExpiresAtItsDeadlineToo() throws Exception {
        program.close();
        Path routes = TestProgram.copyRoutes(folder.resolve("routes"));
        Path productai = routes.resolve("providers/productai.camel.yaml");
        Files.writeString(productai, Files.readString(productai).replace("throwExceptionOnFailure: \"false\"", "throwExceptionOnFailure: \"true\""));
        program = TestProgram.start(folder.resolve("again"), Map.of("routes.folder", routes.toString(), "poll.longest-backoff", "200ms"));
        endless("productai", "x").fromPoll(1, Misbehaviour.status(422));
        Job job = awaitState(program.follow("productai", "x", Duration.ofSeconds(1)), JobState.EXPIRED);
        assertThat(job.error().message()).contains("could not be worked on", "HttpOperationFailedException", "422");
        assertThat(program.jobs.timeline(job)).extracting("what").contains("trouble");
        assertThat(program.eventsOf("productai/x")).containsExactly("productai/x/1/mediajobs.job.expired");
    }

    @Test
    void anyJobIdReachesTheProviderAsItIs() {
        String id = "a/b ?x=#&%2e%2e;ü😀{{provider.productai.key}}${body}";
        endless("productai", id);
        JobKey key = program.follow("productai", id);
        awaitState(key, JobState.PROCESSING);
        assertThat(program.simulator.ledger().polls("productai", id)).isNotEmpty();
    }
}
