package io.mediajobs.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.job.Failures;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.report.ReportAsset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveKeyTest {

    private static final ArchiveKey KEYS = ArchiveKey.of("{provider}/{jobId}/{file}");

    private static Job job(String provider, String jobId, Map<String, String> tags) {
        Instant registered = Instant.parse("2026-03-04T23:59:59Z");
        return new Job(1, new JobKey(provider, jobId), JobState.ARCHIVING, 1, null, null, List.of(), null, tags, null, registered, null, 0, registered, registered, Failures.NONE, null, null, null, null, null);
    }

    private static String key(String jobId) {
        return KEYS.of(job("p", jobId, Map.of()), "video.mp4");
    }

    @Test
    void plainIdsStayAsTheyAre() {
        assertThat(key("4a09bff2-7d6e-4a46-9a51-0123456789ab")).isEqualTo("p/4a09bff2-7d6e-4a46-9a51-0123456789ab/video.mp4");
        assertThat(key("Job_1.v2")).isEqualTo("p/Job_1.v2/video.mp4");
    }

    static Stream<String> badIds() {
        return Stream.of("", ".", "..", "../..", "../../etc/passwd", "%2e%2e%2f", "%00", "\0", "a\\b", "/a", "a/b", "a//b", "a b", "a\r\nb", ".hidden", ".mpus-x",
                "😀", "\uD83D", "\u202Egnp.exe", "é", "${env:HOME}", "{{env:HOME}}", "$simple{1}", "x".repeat(201), "x".repeat(1025), "é".repeat(1025));
    }

    @ParameterizedTest
    @MethodSource("badIds")
    void everySegmentIsCleanWhateverTheId(String id) {
        String key = key(id);
        assertThat(key).matches("p/[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}/video\\.mp4").isEqualTo(key(id));
        assertThat(key.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(1024);
    }

    @Test
    void noTwoIdsHaveTheSameKey() {
        Set<String> ids = new HashSet<>(badIds().toList());
        // what a caller could register to meet the key of another job
        badIds().forEach(id -> ids.add(ArchiveKey.clean(id)));
        ids.addAll(List.of("a_b", "a__b", "a-b", "A", "a", "x".repeat(200), "x".repeat(202), "x".repeat(1024), "\uD83C", "\uDE00"));
        Set<String> keys = new HashSet<>();
        ids.forEach(id -> keys.add(key(id)));
        assertThat(keys).hasSameSizeAs(ids);
    }

    @Test
    void datesAreThoseOfTheRegistrationAndTagsAreClean() {
        ArchiveKey keys = ArchiveKey.of("media/{yyyy}-{MM}/{dd}/{tag.team}/{provider}/{jobId}/{file}");
        assertThat(keys.of(job("p", "j", Map.of("team", "news")), "a.png")).isEqualTo("media/2026-03/04/news/p/j/a.png");
        assertThat(keys.of(job("p", "j", Map.of("team", "../x")), "a.png")).matches("media/2026-03/04/_.___x__[0-9a-f]{20}/p/j/a.png|media/2026-03/04/_._x__[0-9a-f]{20}/p/j/a.png");
        assertThat(keys.manifest(job("p", "j", Map.of()))).isEqualTo("media/2026-03/04/_/p/j/manifest.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{jobId}/{file}", "{provider}/{file}", "{provider}/{jobId}", "{provider}/{jobId}/x-{file}", "{provider}{jobId}/{file}", "{provider}/{jobId}/{file}/x",
            "/{provider}/{jobId}/{file}", "{provider}//{jobId}/{file}", "../{provider}/{jobId}/{file}", "{provider}/{jobId}/{jobId}/{file}", "{provider}/{jobid}/{file}",
            "{provider}/{jobId}/${file}", "a b/{provider}/{jobId}/{file}", "{tag.}/{provider}/{jobId}/{file}", "{provider}/{jobId}/{file", "${env:HOME}/{provider}/{jobId}/{file}",
            "{tag.a}/{tag.b}/{tag.c}/{provider}/{jobId}/{file}"})
    void badTemplateStopsTheStartWithASentence(String template) {
        assertThatThrownBy(() -> ArchiveKey.of(template)).isInstanceOf(ConfigurationException.class).hasMessageStartingWith("The setting archive.key is wrong: ");
    }

    @ParameterizedTest
    @CsvSource({
        "video,                                video",
        "image image,                          image-1 image-2",
        "image video image thumbnail image,    image-1 video image-2 thumbnail image-3",
        "image image image-1,                  image-2 image-3 image-1",
        "manifest,                             manifest-1",
        "manifest manifest-1,                  manifest-2 manifest-1",
        "image-1 image-1 image image,          image-1-1 image-1-2 image-1 image-2"})
    void rolesAreNumberedWhereTheyOccurSeveralTimes(String roles, String stems) {
        List<ReportAsset> assets = Stream.of(roles.split(" ")).map(role -> new ReportAsset(role, "https://h/", null, null, null, null, null)).toList();
        assertThat(ArchiveKey.stems(assets)).containsExactly(stems.split(" "));
    }

    @Test
    void noKeyIsAnExpression() {
        assertThat(key("${sysenv:PATH}")).doesNotContain("$", "{", "}");
    }
}
