package io.mediajobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.store.Database;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
        assertThat(run("run", "--stacktrace", "--config", "other.properties")).isEqualTo(ExitCode.CONFIGURATION.number());
        assertThat(err).contains("\tat io.mediajobs");
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
        assertThat(run("check", PROJECT.resolve("routes").toString(), "-Dprovider.pictory.key=k", "-Dprovider.productai.key=k", "-Dprovider.stories.key=k",
                "-Dprovider.stories.url=http://localhost", "-Ds3.bucket=b")).as(() -> out + err).isZero();
    }

    @Test
    void checkSaysWhatIsWrongWithAFile() throws IOException {
        Path routes = Files.createDirectories(folder.resolve("routes/providers"));
        Files.writeString(routes.resolve("a.camel.yaml"), "- route:\n    id: b\n    from:\n      uri: direct:b\n      steps:\n        - log: hi\n");
        Files.writeString(routes.resolve("c.camel.yaml"), "- route:\n    id: c\n    form: {}\n");
        Files.writeString(routes.resolve("d.jq"), "{status: \n");
        assertThat(run("check", "routes")).isEqualTo(ExitCode.FINDINGS.number());
        assertThat(out).contains("providers/a.camel.yaml: The route's id is b; it should be a", "providers/c.camel.yaml: ", "providers/d.jq: ");
        assertThat(out.lines()).allMatch(line -> line.matches("[^:]+: .+\\."));
        assertThat(err).isEmpty();
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
