package io.mediajobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mediajobs.demo.simulator.Assets;
import io.mediajobs.demo.simulator.Misbehaviour;
import io.mediajobs.demo.simulator.SimulatedJob;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job, end to end, from the shipped routes: jobs of all five providers come home, byte for byte, with one event each. */
class MainJobTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> PROVIDERS = List.of("pictory-image", "pictory-video", "pictory-render", "productai", "stories");

    @TempDir
    Path folder;

    @Test
    void jobsOfAllProvidersComeHome() throws Exception {
        try (TestProgram program = TestProgram.start(folder, Map.of())) {
            List<SimulatedJob> simulated = new ArrayList<>();
            for (String provider : PROVIDERS) {
                for (int i = 0; i < 3; i++) {
                    SimulatedJob job = program.simulator.job(provider, provider + "-" + i).queuedFor(Duration.ofMillis(200L * i)).processingFor(Duration.ofMillis(300))
                            .completes(provider.equals("productai") ? Assets.images(2, 64, 64) : Assets.usual(provider).toArray(new io.mediajobs.demo.simulator.Asset[0]));
                    simulated.add(job);
                    program.follow(provider, job.jobId());
                }
            }
            for (SimulatedJob job : simulated) {
                await().atMost(Duration.ofSeconds(30)).until(() -> program.job(new JobKey(job.provider(), job.jobId())).state(), JobState.ARCHIVED::equals);
                isHome(program, job);
            }
            assertThat(program.simulator.ledger().leakedKeys()).as("no key goes along to an asset's host").isEmpty();

            MeterRegistry metrics = program.program.context().getRegistry().findSingleByType(MeterRegistry.class);
            for (String provider : PROVIDERS) {
                assertThat(metrics.counter("mediajobs.archived.assets", "provider", provider).count()).as("counted assets of %s", provider).isGreaterThanOrEqualTo(3);
                assertThat(metrics.counter("mediajobs.polls", "provider", provider, "outcome", "completed").count()).isGreaterThanOrEqualTo(3);
            }

            Path lines = folder.resolve("data/events/events.jsonl");
            await().until(() -> Files.exists(lines) && Files.readAllLines(lines).size() >= simulated.size());
            List<String> ids = new ArrayList<>();
            for (String line : Files.readAllLines(lines)) {
                ids.add(JSON.readTree(line).get("id").asText());
            }
            assertThat(ids).containsExactlyInAnyOrderElementsOf(simulated.stream()
                    .map(job -> job.provider() + "/" + job.jobId() + "/1/mediajobs.job.completed").toList());
        }
        noSignatureIsLeftAnywhere();
    }

    @Test
    void anAssetThatIsNotThereBlocksItsJobInTheEnd() throws Exception {
        try (TestProgram program = TestProgram.start(folder, Map.of("archive.tries", "3", "archive.asset-retry-delay", "10ms", "archive.ask-again-after", "50ms"))) {
            program.simulator.job("productai", "gone").queuedFor(Duration.ZERO).processingFor(Duration.ZERO)
                    .completes(Assets.png(64, 64), Assets.png(64, 64).duringRequests(1, 1000, Misbehaviour.status(404)));
            JobKey key = program.follow("productai", "gone");
            await().atMost(Duration.ofSeconds(30)).until(() -> program.job(key).state(), JobState.BLOCKED::equals);
            assertThat(program.eventsOf("productai/gone")).containsExactly("productai/gone/1/mediajobs.job.blocked");
            assertThat(program.jobs.assets(program.job(key))).as("what did come home").hasSize(1);
            assertThat(folder.resolve("s3/media/productai/gone/manifest.json")).doesNotExist();
        }
    }

    /** Every asset is in S3 with the bytes the simulator served, and the manifest names exactly what is there. */
    private void isHome(TestProgram program, SimulatedJob simulated) throws Exception {
        Job job = program.job(new JobKey(simulated.provider(), simulated.jobId()));
        Path bucket = folder.resolve("s3").resolve(TestProgram.BUCKET);
        JsonNode manifest = JSON.readTree(bucket.resolve(job.manifest()).toFile());
        assertThat(manifest.get("version").asInt()).isEqualTo(1);
        assertThat(manifest.get("jobId").asText()).isEqualTo(simulated.jobId());
        Set<String> named = new TreeSet<>();
        named.add("manifest.json");
        for (JsonNode asset : manifest.get("assets")) {
            Path object = bucket.resolve(asset.get("key").asText());
            named.add(object.getFileName().toString());
            String stored = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(object)));
            assertThat(asset.get("sha256").asText()).isEqualTo(stored);
            assertThat(asset.get("bytes").asLong()).isEqualTo(Files.size(object));
            assertThat(asset.get("sourceUrl").asText()).doesNotContain("?");
        }
        Set<String> served = simulated.assets().keySet().stream().map(file -> program.simulator.sha256(simulated, file)).collect(Collectors.toSet());
        Set<String> stored = new TreeSet<>();
        manifest.get("assets").forEach(asset -> stored.add(asset.get("sha256").asText()));
        assertThat(stored).as("bytes of %s", job.key()).isEqualTo(new TreeSet<>(served));
        try (Stream<Path> objects = Files.list(bucket.resolve(job.manifest()).getParent())) {
            assertThat(objects.map(path -> path.getFileName().toString()).collect(Collectors.toSet())).isEqualTo(named);
        }
    }

    /** Signed URLs and keys are in no file that the program wrote. */
    private void noSignatureIsLeftAnywhere() throws Exception {
        try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String text = Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
                assertThat(text.contains("Signature=")).as("signed URL in %s", file).isFalse();
                assertThat(text.contains("stories-demo-key") || text.contains("pictai_demo-key") || text.contains("productai-demo-key"))
                        .as("key in %s", file).isFalse();
            }
        }
    }
}
