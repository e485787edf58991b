package io.mediajobs.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.poll.Provider;
import io.mediajobs.store.Database;
import io.mediajobs.store.JobStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistrarTest {

    @TempDir
    Path folder;
    private Database database;
    private JobStore jobs;
    private Registrar registrar;

    @BeforeEach
    void open() {
        database = Database.open(folder.resolve("jobs.db"));
        jobs = new JobStore(database, (provider, what, incident, error) -> null);
        registrar = new Registrar(() -> List.of(
                new Provider("productai", Duration.ofSeconds(15), Duration.ZERO, Duration.ofHours(1), 5, 10, true, "15m", null, true),
                new Provider("stories", Duration.ofSeconds(15), Duration.ZERO, Duration.ofHours(2), 5, 10, true, "15m", null, false)), jobs);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aNewJobIsStoredAndDueAtOnce() {
        assertThat(registrar.register(new Registration("productai", "1", null, Map.of("order", "A 7"))))
                .isEqualTo(new Result.Created(new JobKey("productai", "1")));

        Job job = jobs.find(new JobKey("productai", "1")).orElseThrow();
        assertThat(job.tags()).containsExactly(Map.entry("order", "A 7"));
        assertThat(job.nextPollAt()).isEqualTo(job.registeredAt());
        assertThat(Duration.between(job.registeredAt(), job.deadlineAt())).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void aJobTwiceIsLeftAsItWas() {
        registrar.register(new Registration("productai", "1", "10m", Map.of()));
        assertThat(registrar.register(new Registration("productai", "1", "3h", Map.of("a", "b"))))
                .isEqualTo(new Result.AlreadyFollowed(new JobKey("productai", "1")));
        Job job = jobs.find(new JobKey("productai", "1")).orElseThrow();
        assertThat(Duration.between(job.registeredAt(), job.deadlineAt())).isEqualTo(Duration.ofMinutes(10));
        assertThat(job.tags()).isEmpty();
    }

    @Test
    void answersStandInTheOrderOfTheQuestionsAndOneBadOneStopsNoOther() {
        List<Registration> many = new ArrayList<>();
        for (int i = 0; i < 1_201; i++) {
            many.add(new Registration(i % 10 == 3 ? "nobody" : "stories", "id-" + i, null, null));
        }
        many.add(new Registration("stories", "id-0", null, null));
        List<Result> results = registrar.register(many);
        assertThat(results).hasSize(1_202).doesNotContainNull();
        for (int i = 0; i < 1_201; i++) {
            if (i % 10 == 3) {
                assertThat(results.get(i)).isInstanceOf(Result.Refused.class);
            } else {
                assertThat(results.get(i)).isEqualTo(new Result.Created(new JobKey("stories", "id-" + i)));
            }
        }
        assertThat(results.get(1_201)).isEqualTo(new Result.AlreadyFollowed(new JobKey("stories", "id-0")));
    }

    @Test
    void aMisspeltProviderIsRefusedWithTheNearestName() {
        assertRefused(new Registration("prodctai", "1", null, null), "unknown-provider", "provider",
                "There is no provider 'prodctai'; did you mean productai?");
        assertRefused(new Registration("zzz", "1", null, null), "unknown-provider", "provider",
                "There is no provider 'zzz'; there are: productai, stories.");
        assertRefused(new Registration(null, "1", null, null), "invalid-provider", "provider", "The provider is missing.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "100%", "%2e%2e%2f", "a b", "../../etc/passwd", "...", "ключ", "🎬", "${env:HOME}", "{{env:HOME}}", "a\\b", "a?b#c", "\"'"})
    void aJobIdIsOpaque(String id) {
        assertThat(registrar.register(new Registration("stories", id, null, null))).isEqualTo(new Result.Created(new JobKey("stories", id)));
        assertThat(jobs.find(new JobKey("stories", id))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ".", "..", "a\nb", "a\r", "a\u0000b", "\u0085", "a\u2028b", "\ud83d", "\udc00a", " a", "a\u00a0 "})
    void anIdThatCannotBeAskedForIsRefused(String id) {
        assertThat(registrar.register(new Registration("stories", id, null, null))).isInstanceOfSatisfying(Result.Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo("invalid-job-id");
            assertThat(refused.field()).isEqualTo("jobId");
            assertThat(refused.sentence()).doesNotContain("\u0000").doesNotContain("\n");
        });
    }

    @Test
    void lengthsAreCountedInCharacters() {
        assertThat(registrar.register(new Registration("stories", "🎬".repeat(512), null, null))).isInstanceOf(Result.Created.class);
        assertRefused(new Registration("stories", "a".repeat(513), null, null), "invalid-job-id", "jobId", "The job id is longer than 512 characters.");
        assertThat(registrar.register(new Registration("stories", "t", null, Map.of("a", "🎬".repeat(256))))).isInstanceOf(Result.Created.class);
        assertRefused(new Registration("stories", "u", null, Map.of("a", "b".repeat(257))), "invalid-tags", "tags.a", "The tag a is longer than 256 characters.");
    }

    @Test
    void deadlinesHaveBounds() {
        assertThat(registrar.register(new Registration("stories", "1", "1s", null))).isInstanceOf(Result.Created.class);
        assertThat(registrar.register(new Registration("stories", "2", "365d", null))).isInstanceOf(Result.Created.class);
        for (String wrong : List.of("", "2", "2 hours", "999ms", "366d", "-1h", "9".repeat(40) + "d", "https://host/?token=verysecret")) {
            assertThat(registrar.register(new Registration("stories", "3", wrong, null))).isInstanceOfSatisfying(Result.Refused.class, refused -> {
                assertThat(refused.code()).isEqualTo("invalid-deadline");
                assertThat(refused.field()).isEqualTo("deadline");
                assertThat(refused.sentence()).doesNotContain("verysecret");
            });
        }
    }

    @Test
    void tagsHaveRules() {
        Map<String, String> fifty = new HashMap<>();
        for (int i = 0; i < 50; i++) {
            fifty.put("tag" + i, "");
        }
        assertThat(registrar.register(new Registration("stories", "1", null, fifty))).isInstanceOf(Result.Created.class);
        fifty.put("another", "x");
        assertRefused(new Registration("stories", "2", null, fifty), "invalid-tags", "tags", "There are more than 50 tags.");
        assertRefused(new Registration("stories", "2", null, Map.of("a b", "x")), "invalid-tags", "tags",
                "The tag name 'a b' is not 1 to 64 letters, digits, dots, underscores or hyphens.");
        assertRefused(new Registration("stories", "2", null, Map.of("a", "x\ny")), "invalid-tags", "tags.a",
                "The tag a has a control character, a line break or half a character in it.");
    }

    private void assertRefused(Registration registration, String code, String field, String sentence) {
        assertThat(registrar.register(registration)).isEqualTo(new Result.Refused(code, sentence, field));
    }
}
