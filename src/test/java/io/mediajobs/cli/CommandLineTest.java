package io.mediajobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mediajobs.store.Database;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the command line says to people, and the exit codes it says it with. */
class CommandLineTest {

    private static final Path PROJECT = Path.of("").toAbsolutePath();

    @TempDir
    private Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private String out;
    private String err;

    @BeforeEach
    void installed() {
        environment.put(Main.HOME_VARIABLE, PROJECT.toString());
    }

    private int run(String... args) {
        StringWriter outText = new StringWriter();
        StringWriter errText = new StringWriter();
        CommandLine line = Main.commandLine(environment, folder).setOut(new PrintWriter(outText)).setErr(new PrintWriter(errText));
        int exitCode = line.execute(args);
        line.getOut().flush();
        line.getErr().flush();
        out = outText.toString();
        err = errText.toString();
        return exitCode;
    }

    private void assertOneSentence() {
        assertThat(err.strip()).isNotEmpty().doesNotContain("\n").doesNotContain("Exception").endsWith(err.strip().endsWith("--help") ? "--help" : ".");
        assertThat(out).isEmpty();
    }

    @Test
    void helpTellsCommandsOptionsAndExitCodes() {
        assertThat(run("--help")).isZero();
        assertThat(out).contains("run ", "track ", "jobs ", "job ", "check ", "backup ", "restore ", "demo ", "--config", "--home", "--stacktrace");
        for (ExitCode code : ExitCode.values()) {
            assertThat(out.replaceAll("\\s+", " ")).contains(code.number() + " " + code.meaning());
        }
    }

    @Test
    void versionTellsWhatItRunsOn() {
        assertThat(run("--version")).isZero();
        assertThat(out).matches("media-job-routes \\S+ \\(Apache Camel \\d[^,]*, Java \\d.*\\)\\R");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "                       | Which command?",
            "rum                    | Did you mean run?",
            "run --hlp              | Unknown option: '--hlp'",
            "run surplus            | Unmatched argument",
            "track stories          | JOB_ID",
            "track stories a --tag x| 'x' is not a tag",
            "jobs --limit many      | --limit",
            "jobs --state los       | did you mean lost?",
            "job stories            | JOB_ID"})
    void aWrongCommandLine(String line, String said) {
        assertThat(run(line == null ? new String[0] : line.split(" "))).isEqualTo(ExitCode.USAGE.number());
        assertOneSentence();
        assertThat(err).contains(said);
    }

    @Test
    void aWrongDefinitionIsNotRepeatedSinceItMayBeASecret() {
        assertThat(run("check", "-D", "hunter2-secret")).isEqualTo(ExitCode.USAGE.number());
        assertThat(err).doesNotContain("hunter2").contains("key=value");
        assertOneSentence();
        assertThat(run("check", "routes", "s3.secret-key=hunter2-secret")).isEqualTo(ExitCode.USAGE.number());
        assertThat(err).doesNotContain("hunter2").contains("s3.secret-key=[redacted]");
        assertOneSentence();
    }

    @Test
    void runNeedsTheKeysOfTheProvidersThatAreOn() {
        assertThat(run("run")).isEqualTo(ExitCode.CONFIGURATION.number());
        assertThat(err).contains("PICTORY_API_KEY", "provider.pictory-image.enabled=false");
        assertOneSentence();
    }

    @Test
    void aMisspeltSettingIsNamedWithTheRightOne() {
        assertThat(run("run", "-Dhtpp.port=1")).isEqualTo(ExitCode.CONFIGURATION.number());
        assertThat(err).contains("htpp.port", "did you mean http.port?");
    }

    @Test
    void aPropertiesFileThatIsNotThere() {
        assertThat(run("run", "--config", "other.properties")).isEqualTo(ExitCode.CONFIGURATION.number());
        assertThat(err).contains("other.properties does not exist");
        assertOneSentence();
    }

    @Test
    void stacktraceSaysWhereInTheProgram() {
        assertThat(run("run", "--stacktrace", "--config", "nowhere?token=kanarie")).isEqualTo(ExitCode.CONFIGURATION.number());
        assertThat(err).contains("\tat io.mediajobs").doesNotContain("kanarie");
    }

    @Test
    void withoutATokenNothingRunsHere() {
        assertThat(run("jobs", "-Ddata.folder=" + folder)).isEqualTo(ExitCode.NOT_RUNNING.number());
        assertThat(err).contains("api-token", "media-job-routes run");
        assertOneSentence();
    }

    @Test
    void nobodyAnswers() throws IOException {
        Files.writeString(folder.resolve("api-token"), "a-token-that-must-not-be-shown\n");
        assertThat(run("track", "stories", "a", "-Ddata.folder=" + folder, "-Dhttp.port=1")).isEqualTo(ExitCode.NOT_RUNNING.number());
        assertThat(err).contains("http://127.0.0.1:1/").doesNotContain("must-not-be-shown");
        assertOneSentence();
    }

    @Test
    void settingsAreReadInTheirOrder() throws IOException {
        Path home = Files.createDirectories(folder.resolve("home"));
        Files.writeString(home.resolve("application.properties"), "http.port=1000\npoll.lease=9m\n");
        Files.writeString(folder.resolve("mine.properties"), "http.port=1111\nhttp.host=10.0.0.1\nobserve.port=5\n");
        Files.writeString(folder.resolve("application.properties"), "server.port=1\n# of another program that lives in this folder\n");
        environment.put("HTTP_HOST", "10.0.0.2");
        environment.put("OBSERVE_PORT", "6");
        CommandLine line = Main.commandLine(environment, folder);
        line.parseArgs("run", "--home", "home", "--config", "mine.properties", "-Dobserve.port=7");
        var settings = line.<Main>getCommand().settings();
        assertThat(settings.number("http.port")).isEqualTo(1111);
        assertThat(settings.text("http.host")).isEqualTo("10.0.0.2");
        assertThat(settings.number("observe.port")).isEqualTo(7);
        assertThat(settings.text("poll.lease")).as("of the home, which the file says nothing of").isEqualTo("9m");
        assertThat(settings.all().containsKey("server.port")).isFalse();
        assertThat(settings.path("data.folder")).isEqualTo(home.resolve("data"));
    }

    @Test
    void homeIsWhatTheCommandLineSaysFirst() {
        CommandLine line = Main.commandLine(environment, folder);
        line.parseArgs("--home", "here", "run");
        assertThat(line.<Main>getCommand().home()).isEqualTo(folder.resolve("here"));
        assertThat(Main.commandLine(environment, folder).<Main>getCommand().home()).isEqualTo(PROJECT);
    }

    @Test
    void checkLikesTheShippedRoutes() {
        assertThat(run("check", PROJECT.resolve("routes").toString(), "-Dprovider.pictory.key=key-of-pictory", "-Dprovider.productai.key=key-of-productai", "-Dprovider.stories.key=key-of-stories",
                "-Dprovider.stories.url=http://localhost", "-Ds3.bucket=b")).as(() -> out + err).isZero();
    }

    @Test
    void checkSaysWhatIsWrongWithAFile() throws IOException {
        Path routes = Files.createDirectories(folder.resolve("routes/providers"));
        Files.writeString(routes.resolve("a.camel.yaml"), "- route:\n    id: b\n    from:\n      uri: direct:b\n      steps:\n        - log: hi\n");
        Files.writeString(routes.resolve("c.camel.yaml"), "- route:\n    id: c\n    form: {}\n");
        Files.writeString(routes.resolve("d.jq"), "{status: \n");
        assertThat(run("check", "routes")).isEqualTo(ExitCode.FINDINGS.number());
        assertThat(out).contains("providers/a.camel.yaml: The route's id is b; it should be a", "providers/c.camel.yaml:3:5: ", "providers/d.jq:1:10: ");
        assertThat(out.lines()).allMatch(line -> line.matches("[^:]+(:\\d+){0,2}: .+[.?]"));
        assertThat(err).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--auth bare", "--auth key", "--auth basic", "--auth none", "--auth header:X-Api-Key", "--auth query:api_key",
            "--id query:job", "--id query:job --auth query:key", "--method POST --id body:job_id", "--header X-Version=2 --every 3s --first-after 1m --rate 100/m --at-once 2"})
    void aNewProviderPassesTheCheckAndItsSampleFits(String options) throws IOException {
        Path routes = Files.createDirectories(folder.resolve("routes/providers"));
        Files.createDirectories(folder.resolve("routes/kamelets"));
        for (String file : List.of("kamelets/due-jobs.kamelet.yaml", "kamelets/read-report.kamelet.yaml")) {
            Files.copy(PROJECT.resolve("routes").resolve(file), folder.resolve("routes").resolve(file));
        }
        Files.writeString(folder.resolve("routes/route-report.camel.yaml"), "- route:\n    id: route-report\n    from:\n      uri: direct:route-report\n      steps:\n        - log: hi\n");
        String[] words = ("provider new acme-video --url https://api.acme.example/v1/jobs -Droutes.folder=" + folder.resolve("routes") + " " + options).trim().split(" ");
        assertThat(run(words)).as(() -> out + err).isZero();
        assertThat(out).contains("acme-video.camel.yaml", "provider test acme-video");
        assertThat(run("check", "routes")).as(() -> out + err).satisfies(code -> assertThat(out).doesNotContain("acme-video"));
        assertThat(run("provider", "test", "acme-video", "-Droutes.folder=" + folder.resolve("routes"))).as(() -> out + err).isZero();
        assertThat(out).isEqualToIgnoringNewLines("completed: as expected");
        assertThat(run(words)).isEqualTo(ExitCode.FINDINGS.number());
        assertThat(err).contains("is there already; nothing was written");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "provider new Acme --url https://a.example/v1                        | The name must be",
            "provider new ../acme --url https://a.example/v1                     | The name must be",
            "provider new acme                                                   | --url",
            "provider new acme --url ftp://a.example/v1                          | --url must begin",
            "provider new acme --url https://u:p@a.example/v1                    | --url must have no user name",
            "provider new acme --url https://a.example/v1?key=hunter2            | --url must have no user name",
            "provider new acme --url https://a.example/v1 --auth magic           | --auth must be",
            "provider new acme --url https://a.example/v1 --id body:x            | needs --method POST",
            "provider new acme --url https://a.example/v1 --every 0s             | every is wrong",
            "provider new acme --url https://a.example/v1 --rate lots            | rate is wrong",
            "provider new acme --url https://a.example/v1 --header Authorization=x | use --auth",
            "provider                                                            | Which command?"})
    void aNewProviderThatCannotBe(String line, String said) {
        assertThat(run(line.split(" "))).isEqualTo(ExitCode.USAGE.number());
        assertOneSentence();
        assertThat(err).contains(said).doesNotContain("hunter2");
    }

    @Test
    void aMappingIsTriedOnASavedAnswer() throws IOException {
        Path answer = Files.writeString(folder.resolve("answer.json"), "{\"status\": \"completed\", \"images\": [{\"url\": \"https://cdn.example/a.png?sig=hunter2\"}]}");
        String routes = "-Droutes.folder=" + PROJECT.resolve("routes");
        assertThat(run("provider", "test", "productai", answer.toString(), routes)).as(() -> err).isZero();
        assertThat(out).contains("answer.json: completed", "\"https://cdn.example/a.png\"").doesNotContain("hunter2");
        Files.writeString(answer, "{\"status\": \"melted\"}");
        assertThat(run("provider", "test", "productai", answer.toString(), routes)).isEqualTo(ExitCode.FINDINGS.number());
        assertThat(out).contains("cannot be used", "melted");
        assertThat(run("provider", "test", "prductai", answer.toString(), routes)).isEqualTo(ExitCode.FINDINGS.number());
        assertThat(err).contains("did you mean productai");
        assertThat(run("provider", "test", "productai", "nowhere.json", routes)).isEqualTo(ExitCode.FINDINGS.number());
        assertThat(err).contains("There is no file nowhere.json");
    }

    @Test
    void checkAsJson() throws Exception {
        Path routes = Files.createDirectories(folder.resolve("routes/providers"));
        Files.writeString(routes.resolve("c.camel.yaml"), "- route:\n    id: c\n    form: {}\n");
        assertThat(run("check", "routes", "--format", "json")).isEqualTo(ExitCode.FINDINGS.number());
        assertThat(new ObjectMapper().readTree(out)).anySatisfy(finding -> {
            assertThat(finding.path("file").asText()).isEqualTo("providers/c.camel.yaml");
            assertThat(finding.path("line").asInt()).isEqualTo(3);
            assertThat(finding.path("sentence").asText()).contains("did you mean from?");
        });
    }

    @Test
    void textOfOthersCannotMoveTheCursor() {
        assertThat(Printable.line("a\u001b[2Jb\nc\u202ed")).isEqualTo("a [2Jb c d");
        assertThat(Printable.cut("abcdef", 4)).isEqualTo("abc~").hasSize(4);
    }

    @Test
    void theStoreIsBackedUpWhileItIsOpenAndRestoredWhenItIsNot() {
        String data = "-Ddata.folder=" + folder;
        assertThat(run("backup", data, "copy.db")).isEqualTo(ExitCode.STORE.number());
        assertThat(err).contains("no job store");
        try (Database open = Database.open(folder.resolve("jobs.db"))) {
            assertThat(run("backup", data, "copy.db")).as(err).isEqualTo(ExitCode.OK.number());
            assertThat(out).startsWith("Backed up 0 jobs, ").contains(folder.resolve("copy.db").toString());
            assertThat(run("restore", data, "copy.db")).isEqualTo(ExitCode.STORE.number());
            assertThat(err).contains("in use by another process");
        }
        assertThat(run("restore", data, "copy.db")).as(err).isEqualTo(ExitCode.OK.number());
        assertThat(out).contains("jobs.db.before-restore");
    }
}
