package io.mediajobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mediajobs.TestProgram;
import io.mediajobs.demo.s3.EmbeddedS3;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The distribution, unpacked and run as an operator does, from a folder that is not its own. */
class DistributionIT {

    private static final long PATIENCE = 60;
    private static final Duration START = Duration.ofSeconds(PATIENCE);

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static Installation installation;
    private static EmbeddedS3 s3;

    @BeforeAll
    static void install() throws Exception {
        installation = Installation.unpack(Files.createDirectories(shared.resolve("with a blank")));
        s3 = EmbeddedS3.start(shared.resolve("s3"));
        s3.createBucket("media");
    }

    @AfterAll
    static void stop() {
        s3.close();
    }

    /** Providers that nobody listens at are not asked as long as there are no jobs. */
    private List<String> settings(String... more) throws IOException {
        List<String> all = new ArrayList<>(List.of("-Ddata.folder=" + folder.resolve("data"), "-Dprovider.pictory.key=pictory-secret",
                "-Dprovider.productai.key=productai-secret", "-Dprovider.stories.key=stories-secret", "-Dprovider.stories.url=http://127.0.0.1:9",
                "-Ds3.endpoint=" + s3.endpoint(), "-Ds3.path-style=true", "-Ds3.bucket=media", "-Ds3.access-key=" + s3.accessKey(),
                "-Ds3.secret-key=" + s3.secretKey(), "-Dhttp.port=" + TestProgram.freePort(), "-Dobserve.port=" + TestProgram.freePort()));
        all.addAll(List.of(more));
        return all;
    }

    private Installation.Running start(String command, List<String> arguments) throws IOException {
        return installation.start(folder, Map.of(), Stream.concat(Stream.of(command), arguments.stream()).toArray(String[]::new));
    }

    private Installation.Ended ended(String... arguments) throws Exception {
        return installation.start(folder, Map.of(), arguments).ended(PATIENCE);
    }

    /** A start that fails says one sentence, without secrets and without a stack trace. */
    private void assertRefuses(ExitCode code, String said, String... more) throws Exception {
        Installation.Ended ended = start("run", settings(more)).ended(PATIENCE);
        String last = ended.err().lines().reduce((before, after) -> after).orElse("");
        assertThat(last).contains(said).endsWith(".");
        assertThat(ended.exitCode()).isEqualTo(code.number());
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).doesNotContain("\tat ").doesNotContain("-secret");
    }

    @Test
    void versionAndHelp() throws Exception {
        Installation.Ended version = ended("--version");
        assertThat(version.exitCode()).isZero();
        assertThat(version.out()).startsWith("media-job-routes ");
        assertThat(version.err()).isEmpty();
        Installation.Ended help = ended("--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).contains("Commands:", "Exit codes:");
    }

    @Test
    void theDemoFromTheDistribution() throws Exception {
        Installation.Ended demo = installation.start(folder, Map.of(), "demo", "--exit").ended(180);
        assertThat(demo.exitCode()).as(demo.out() + demo.err()).isZero();
        assertThat(demo.out()).contains("Every job ended as it should.").doesNotContain("\u001b");
        assertThat(demo.err()).isEmpty();
        assertThat(folder.resolve("demo-data/data/events/events.jsonl")).isNotEmptyFile();
        assertThat(folder.resolve("demo-data/s3/media/stories/story-01/manifest.json")).isNotEmptyFile();
    }

    @Test
    void runTracksAndStopsWhenAsked() throws Exception {
        List<String> settings = settings();
        Path link = Files.createSymbolicLink(folder.resolve("mjr"), installation.script());
        Installation.Running run = installation.start(link, folder, Map.of(), Stream.concat(Stream.of("run"), settings.stream()).toArray(String[]::new));
        try {
            await().atMost(START).until(() -> run.says("Ready after ") || !run.process().isAlive());
            Installation.Ended second = start("run", settings("-Dhttp.port=0", "-Dobserve.port=0")).ended(PATIENCE);
            assertThat(second.exitCode()).isEqualTo(ExitCode.STORE.number());
            assertThat(second.err()).contains("in use by another process");

            Installation.Ended track = start("track", Stream.concat(settings.stream(), Stream.of("stories", "one", "two", "--tag", "order=7")).toList()).ended(PATIENCE);
            assertThat(track.out()).contains("stories/one: followed", "stories/two: followed");
            assertThat(track.exitCode()).as(track.err()).isZero();
            Installation.Ended wrong = start("track", Stream.concat(settings.stream(), Stream.of("storys", "three")).toList()).ended(PATIENCE);
            assertThat(wrong.out()).contains("storys/three: refused.", "did you mean stories?");
            assertThat(wrong.exitCode()).isEqualTo(ExitCode.FINDINGS.number());
            Installation.Ended jobs = start("jobs", Stream.concat(settings.stream(), Stream.of("--provider", "stories")).toList()).ended(PATIENCE);
            assertThat(jobs.out()).contains("STATE", "one", "two");
            Installation.Ended job = start("job", Stream.concat(settings.stream(), Stream.of("stories", "one")).toList()).ended(PATIENCE);
            assertThat(job.out()).contains("stories/one", "tag order", "registeredAt");
        } finally {
            run.process().destroy();
        }
        Installation.Ended ended = run.ended(PATIENCE);
        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCode.OK.number());
        assertThat(ended.out().lines()).hasSize(1).first().asString().contains("http://127.0.0.1:", "api-token", "jobs.db", "bucket media");
        assertThat(ended.err()).doesNotContain("\tat ").doesNotContain("-secret");
        assertThat(installation.home().resolve("lib")).isDirectoryContaining("glob:**/classes-*.jsa");
    }

    @Test
    void whatStopsAStart() throws Exception {
        assertRefuses(ExitCode.CONFIGURATION, "PICTORY_API_KEY", "-Dprovider.pictory.key=");
        assertRefuses(ExitCode.CONFIGURATION, "did you mean poll.lease?", "-Dpoll.leese=2m");
        assertRefuses(ExitCode.CONFIGURATION, "s3.bucket", "-Ds3.bucket=");
        assertRefuses(ExitCode.UNREACHABLE, "nobody-made-this", "-Ds3.bucket=nobody-made-this");
        assertRefuses(ExitCode.UNREACHABLE, "s3.endpoint", "-Ds3.endpoint=http://127.0.0.1:9");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertRefuses(ExitCode.CONFIGURATION, "http.port", "-Dhttp.port=" + taken.getLocalPort());
        }
        Path file = Files.writeString(folder.resolve("file"), "not a folder");
        assertRefuses(ExitCode.STORE, "data.folder", "-Ddata.folder=" + file);
    }

    @Test
    void aJavaThatIsNotThereIsSaidPlainly() throws Exception {
        Installation.Ended ended = installation.start(folder, Map.of("JAVA_HOME", "/nowhere"), "--version").ended(PATIENCE);
        assertThat(ended.exitCode()).isEqualTo(ExitCode.CONFIGURATION.number());
        assertThat(ended.err()).contains("JAVA_HOME is /nowhere").hasLineCount(1);
        Path old = Files.createDirectories(folder.resolve("java8/bin"));
        Path java = Files.writeString(old.resolve("java"), "#!/bin/sh\necho 'openjdk version \"1.8.0_402\"' >&2\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Installation.Ended tooOld = installation.start(folder, Map.of("JAVA_HOME", folder.resolve("java8").toString()), "--version").ended(PATIENCE);
        assertThat(tooOld.exitCode()).isEqualTo(ExitCode.CONFIGURATION.number());
        assertThat(tooOld.err()).contains("too old", "Java 17");
    }

    @Test
    void theProductHasNothingOfTheDemoOrTheTests() throws Exception {
        for (String file : List.of("README.md", "LICENSE", "application.properties", "routes/route-report.camel.yaml", "bin/media-job-routes.cmd")) {
            assertThat(installation.home().resolve(file)).isNotEmptyFile();
        }
        assertThat(Files.isExecutable(installation.script())).isTrue();
        Set<String> product = names("lib");
        Set<String> demo = names("demo/lib");
        assertThat(product).noneMatch(name -> name.matches("(?i).*(s3proxy|junit|assertj|awaitility|archunit|mockito|kafka_|artemis-server|-demo\\.).*"));
        assertThat(demo).anyMatch(name -> name.startsWith("s3proxy")).anyMatch(name -> name.endsWith("-demo.jar")).doesNotContainAnyElementsOf(product);
        assertThat(demo).noneMatch(name -> name.matches("(?i).*(junit|assertj|awaitility|archunit).*"));
        for (String name : product.stream().filter(file -> file.endsWith(".jar")).toList()) {
            try (JarFile jar = new JarFile(installation.home().resolve("lib").resolve(name).toFile())) {
                assertThat(jar.stream().map(Object::toString).filter(entry -> entry.startsWith("io/mediajobs/demo/") || entry.startsWith("org/gaul/")
                        || entry.startsWith("org/junit/") || entry.equals("META-INF/services/" + Subcommand.class.getName()))).as(name).isEmpty();
            }
        }
    }

    private static Set<String> names(String folder) {
        return Arrays.stream(installation.home().resolve(folder).toFile().list()).collect(Collectors.toSet());
    }
}
