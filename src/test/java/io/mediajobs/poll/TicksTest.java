package io.mediajobs.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mediajobs.TestProgram;
import io.mediajobs.demo.simulator.Assets;
import io.mediajobs.job.JobKey;
import io.mediajobs.live.LiveRoutes;
import io.mediajobs.store.JobChange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The regular tick comes once an hour: whatever is asked sooner, a tick out of turn asked. */
class TicksTest {

    @TempDir
    static Path folder;
    private static Path settings;
    private static TestProgram program;

    @BeforeAll
    static void start() {
        settings = folder.resolve("test.properties");
        program = TestProgram.start(folder, settings, Map.of("poll.tick-millis", "3600000", "provider.productai.every", "1h", "provider.stories.every", "1h",
                "provider.productai-list.enabled", "false"));
        // the first regular tick, half a second after the start
        for (String provider : List.of("productai", "stories")) {
            asked(followed(provider, "first"), 1);
        }
    }

    @AfterAll
    static void stop() {
        program.close();
    }

    private static JobKey followed(String provider, String id) {
        program.simulator.job(provider, id).queuedFor(Duration.ZERO).processingFor(Duration.ofMinutes(10)).completes(Assets.png(8, 8));
        return program.follow(provider, id);
    }

    private static void asked(JobKey key, long polls) {
        asked(List.of(key), polls);
    }

    private static void asked(List<JobKey> keys, long polls) {
        await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20))
                .until(() -> keys.stream().map(program::job).allMatch(job -> job.polls() == polls && job.lease() == null));
    }

    @Test
    void whatIsRegisteredWokenOrCheckedIsAskedAtOnce() {
        JobKey key = followed("productai", "quick");
        asked(key, 1);
        program.jobs.wake(key);
        asked(key, 2);
        program.jobs.override(key, job -> JobChange.to(null).askAgainIn(Duration.ZERO).keepLease());
        asked(key, 3);
    }

    @Test
    void manyThatAreWokenAtTheSameTimeAreAllAsked() {
        List<JobKey> keys = IntStream.range(0, 100).mapToObj(i -> followed("productai", "many-" + i)).toList();
        asked(keys, 1);
        keys.parallelStream().forEach(program.jobs::wake);
        asked(keys, 2);
    }

    @Test
    void aProviderThatIsPausedIsNotAsked() {
        JobKey paused = followed("productai", "paused");
        asked(paused, 1);
        program.program.part("liveRoutes", LiveRoutes.class).pause("productai");
        program.jobs.wake(paused);
        asked(followed("stories", "meanwhile"), 1);
        assertThat(program.job(paused).polls()).isEqualTo(1);
        program.program.part("liveRoutes", LiveRoutes.class).resume("productai");
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            // how soon the source is open again is not told
            program.jobs.override(paused, job -> JobChange.to(null).askAgainIn(Duration.ZERO).keepLease());
            return program.job(paused).polls() > 1;
        });
    }

    @Test
    void theNextVersionOfARouteTicksOutOfTurnToo() throws Exception {
        Files.writeString(settings, Files.readString(settings).replace("provider.stories.every=1h", "provider.stories.every=2h"));
        Providers providers = program.program.part("providers", Providers.class);
        await().until(() -> providers.find("stories").orElseThrow().every().equals(Duration.ofHours(2)));
        JobKey key = followed("stories", "after");
        asked(key, 1);
        program.jobs.wake(key);
        asked(key, 2);
    }
}
