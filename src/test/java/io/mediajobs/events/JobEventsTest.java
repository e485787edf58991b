package io.mediajobs.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mediajobs.job.Failures;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobError;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.report.Report;
import io.mediajobs.report.ReportAsset;
import io.mediajobs.report.Status;
import io.mediajobs.store.ArchivedAsset;
import io.mediajobs.store.NewEvent;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JobEventsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    private final JobEvents events = new JobEvents("/media-job-routes", Clock.fixed(NOW, ZoneOffset.UTC));

    private static Job job(String jobId, int attempt) {
        return new Job(1, new JobKey("pictory-video", jobId), JobState.PROCESSING, attempt, 40, NOW, List.of(), null, Map.of("order", "7"), null, NOW.minusSeconds(60), NOW, 3,
                NOW.plusSeconds(60), NOW, Failures.NONE, null, null, null, "lease", null);
    }

    private static Report report() {
        return new Report(Status.COMPLETED, 100, null, List.of(), Map.of("share", "https://host/s?sig=verysecret"), Map.of("credits", 12.8),
                NOW.minusSeconds(50), NOW.minusSeconds(40), NOW.minusSeconds(10), Map.of());
    }

    @Test
    void aCompletedJobIsToldWithEverythingInS3() throws Exception {
        NewEvent event = events.completed(job("4a09", 2), report(), "media", "pictory-video/4a09/manifest.json", List.of(
                new ArchivedAsset(0, "video", "pictory-video/4a09/video.mp4", 1_048_576, "ab12", "video/mp4", "https://cdn/v.mp4", Map.of("width", 720)),
                new ArchivedAsset(1, "audio", "pictory-video/4a09/audio.bin", 5, "cd34", null, null, Map.of())), Instant.parse("2026-03-01T10:00:00Z"));
        assertThat(event.id()).isEqualTo("pictory-video/4a09/2/mediajobs.job.completed");
        assertThat(event.type()).isEqualTo("mediajobs.job.completed");
        assertThat(event.subject()).isEqualTo("pictory-video/4a09");
        assertThat(JSON.readTree(event.payload())).isEqualTo(JSON.readTree("""
                {"specversion": "1.0", "id": "pictory-video/4a09/2/mediajobs.job.completed", "type": "mediajobs.job.completed",
                 "source": "/media-job-routes", "subject": "pictory-video/4a09", "time": "2026-03-01T10:00:00Z", "datacontenttype": "application/json",
                 "data": {"provider": "pictory-video", "jobId": "4a09", "attempt": 2, "tags": {"order": "7"}, "state": "archived",
                          "bucket": "media", "manifest": "pictory-video/4a09/manifest.json",
                          "assets": [{"role": "video", "key": "pictory-video/4a09/video.mp4", "bytes": 1048576, "sha256": "ab12", "contentType": "video/mp4"},
                                     {"role": "audio", "key": "pictory-video/4a09/audio.bin", "bytes": 5, "sha256": "cd34"}],
                          "usage": {"credits": 12.8}, "links": {"share": "https://host/s"},
                          "timings": {"registeredAt": "2026-03-01T09:59:00Z", "createdAt": "2026-03-01T09:59:10Z", "startedAt": "2026-03-01T09:59:20Z",
                                      "completedAt": "2026-03-01T09:59:50Z", "archivedAt": "2026-03-01T10:00:00Z"}}}
                """));
    }

    @ParameterizedTest
    @EnumSource(value = JobState.class, names = {"FAILED", "LOST", "EXPIRED", "BLOCKED", "CANCELLED"})
    void everyOtherEndHasItsType(JobState end) throws Exception {
        NewEvent event = events.ended(job("4a09", 1), end, new JobError("5001", "no https://host/x?token=verysecret", false), null);
        JsonNode payload = JSON.readTree(event.payload());
        assertThat(event.type()).isEqualTo("mediajobs.job." + end.word());
        assertThat(event.id()).isEqualTo("pictory-video/4a09/1/mediajobs.job." + end.word());
        assertThat(payload.at("/data/state").textValue()).isEqualTo(end.word());
        assertThat(payload.at("/data/error")).isEqualTo(JSON.readTree("{\"code\":\"5001\",\"message\":\"no https://host/x\",\"retryable\":false}"));
        assertThat(payload.at("/data").has("bucket")).isFalse();
        assertThat(payload.at("/data").has("assets")).isFalse();
    }

    @Test
    void aSignedUrlIsInNoEvent() {
        Report signed = new Report(Status.FAILED, null, new JobError("c", "m", null), List.of(new ReportAsset("video", "https://cdn/v.mp4?X-Amz-Signature=verysecret",
                null, null, null, null, null)), null, null, null, null, null, Map.of("url", "https://cdn/v.mp4?X-Amz-Signature=verysecret"));
        assertThat(events.ended(job("1", 1), JobState.FAILED, signed.error(), signed).payload()).doesNotContain("verysecret");
    }

    @Test
    void theSameFactHasTheSameIdAndAnotherOneAnother() {
        assertThat(events.ended(job("1", 1), JobState.LOST, null, null).id())
                .isEqualTo(new JobEvents("/other", Clock.systemUTC()).ended(job("1", 1), JobState.LOST, new JobError("c", null, null), report()).id())
                .isNotEqualTo(events.ended(job("1", 2), JobState.LOST, null, null).id())
                .isNotEqualTo(events.ended(job("1/1", 1), JobState.LOST, null, null).id());
    }

    @Test
    void aProvidersIncidentIsNumbered() throws Exception {
        NewEvent event = events.of("stories", "unauthorized", 3, new JobError("http-401", "Unauthorized", null));
        assertThat(event.id()).isEqualTo("stories/3/mediajobs.provider.unauthorized");
        assertThat(event.subject()).isEqualTo("stories");
        assertThat(JSON.readTree(event.payload()).get("data")).isEqualTo(JSON.readTree(
                "{\"provider\":\"stories\",\"incident\":3,\"error\":{\"code\":\"http-401\",\"message\":\"Unauthorized\"}}"));
        assertThat(JSON.readTree(events.of("stories", "recovered", 3, null).payload()).get("data")).isEqualTo(JSON.readTree(
                "{\"provider\":\"stories\",\"incident\":3}"));
    }
}
