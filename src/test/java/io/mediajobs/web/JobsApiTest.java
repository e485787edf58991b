package io.mediajobs.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobsApiTest {

    @TempDir
    static Path folder;
    static RunningApi api;

    @BeforeAll
    static void start() throws Exception {
        api = new RunningApi(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        api.close();
    }

    @Test
    void aNewJobIs201AndAKnownOne200() throws Exception {
        var created = api.post("/api/jobs", "{\"provider\":\"stories\",\"jobId\":\"one\",\"deadline\":\"90m\",\"tags\":{\"order\":\"7\"}}");
        assertThat(created.text()).contains("\"state\":\"pending\"").contains("\"order\":\"7\"");
        assertThat(created.status()).isEqualTo(201);
        assertThat(api.post("/api/jobs", "{\"provider\":\"stories\",\"jobId\":\"one\"}").status()).isEqualTo(200);
        assertThat(api.get("/api/jobs/stories/one").json().path("timeline").path(0).path("what").asText()).isEqualTo("registered");
    }
}
