package io.mediajobs.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mediajobs.TestProgram;
import io.mediajobs.demo.simulator.Arrivals;
import io.mediajobs.demo.simulator.Misbehaviour;
import io.mediajobs.job.JobKey;
import io.mediajobs.store.NewJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What providers see of us: rate, concurrency, patience and connections, counted at the simulator. */
class PolitenessTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    /** An answer's way to us, and what is under way to the provider meanwhile, on a machine that is busy; TurnsTest is exact. */
    private static final Duration REACTION = Duration.ofSeconds(1);

    @TempDir
    Path folder;
    private TestProgram program;

    @AfterEach
    void stop() {
        program.close();
    }

    private void start(Map<String, String> settings) {
        Map<String, String> all = new LinkedHashMap<>(Map.of("provider.productai.every", "1h", "provider.productai.at-once", "50",
                "provider.productai-list.enabled", "false"));
        all.putAll(settings);
        program = TestProgram.start(folder, all);
    }

    private void follow(int count) {
        IntStream.range(0, count).forEach(i -> program.simulator.job("productai", "j" + i).neverEnds());
        program.jobs.register(IntStream.range(0, count).mapToObj(i -> new NewJob(new JobKey("productai", "j" + i), Map.of(), Duration.ofHours(2), Duration.ZERO))
                .toList());
    }

    private Arrivals arrivals() {
        return program.simulator.ledger().arrivals("productai");
    }

    private void awaitCalls(int count) {
        await().atMost(Duration.ofSeconds(30)).until(() -> arrivals().count() >= count);
    }

    @Test
    void whatIsDueAtOnceIsAskedForOneByOneAtTheRate() {
        start(Map.of("provider.productai.rate", "20/s"));
        long begin = System.nanoTime();
        follow(60);
        awaitCalls(60);
        double seconds = (System.nanoTime() - begin) / 1e9;
        assertThat(arrivals().mostWithin(SECOND)).isLessThanOrEqualTo(20);
        assertThat(arrivals().mostWithin(Duration.ofMillis(200))).as("evenly spaced").isLessThanOrEqualTo(8);
        assertThat(seconds).as("and not slower than need be").isLessThan(10);
    }

    @Test
    void everyCallOfAJobCounts() throws Exception {
        start(Map.of("provider.productai.rate", "10/s", "routes.folder", routesThatAskTwice().toString()));
        follow(12);
        awaitCalls(24);
        assertThat(arrivals().mostWithin(SECOND)).isLessThanOrEqualTo(10);
    }

    private Path routesThatAskTwice() throws IOException {
        Path target = TestProgram.copyRoutes(folder.resolve("routes"));
        Path provider = target.resolve("providers/productai.camel.yaml");
        String text = Files.readString(provider);
        String call = text.substring(text.indexOf("        - to:\n            id: ask-productai"), text.indexOf("        - to:\n            uri: kamelet:read-report"));
        Files.writeString(provider, text.replace(call, call + call.replace("ask-productai", "ask-again")));
        return target;
    }

    @Test
    void noMoreAtOnceThanIsAllowedAndOverConnectionsThatStay() {
        start(Map.of("provider.productai.at-once", "3", "provider.productai.every", "20ms"));
        follow(30);
        awaitCalls(300);
        assertThat(arrivals().mostAtOnce()).isLessThanOrEqualTo(3);
        assertThat(arrivals().connections()).as("HTTP/1.1 connections are kept").isLessThanOrEqualTo(3);
    }

    @Test
    void nothingIsSentWithinRetryAfterThoughItWasClaimedBefore() {
        start(Map.of("provider.productai.rate", "20/s"));
        program.simulator.job("productai", "j3").atPoll(1, Misbehaviour.throttled(Duration.ofSeconds(3)));
        follow(20);
        awaitCalls(21);
        assertThat(arrivals().early(REACTION)).isEmpty();
        assertThat(program.jobs.find(new JobKey("productai", "j3")).orElseThrow().polls()).isEqualTo(2);
    }

    @Test
    void anOutageThatSaysHowLongItLastsIsBelieved() {
        start(Map.of("circuit.failures", "1", "circuit.pause", "100ms", "poll.backoff", "50ms"));
        program.simulator.job("productai", "j0").atPoll(1, new Misbehaviour(Misbehaviour.Kind.THROTTLED, 503, Duration.ofSeconds(3), null));
        follow(3);
        awaitCalls(4);
        assertThat(arrivals().early(REACTION)).isEmpty();
        await().until(() -> program.eventsOf("productai").equals(List.of("productai/1/mediajobs.provider.unavailable", "productai/1/mediajobs.provider.recovered")));
    }
}
