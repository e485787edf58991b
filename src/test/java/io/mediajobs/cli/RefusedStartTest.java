package io.mediajobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mediajobs.TestProgram;
import io.mediajobs.demo.s3.EmbeddedS3;
import io.mediajobs.demo.simulator.ProviderSimulator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** {@code run} with settings that cannot be: one sentence, and nothing else in the log that asks for attention. */
class RefusedStartTest {

    private static final Path PROJECT = Path.of("").toAbsolutePath();

    @TempDir
    private Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private ProviderSimulator simulator;
    private EmbeddedS3 s3;

    @BeforeEach
    void surroundings() {
        simulator = ProviderSimulator.start();
        s3 = EmbeddedS3.start(folder.resolve("s3"));
        s3.createBucket(TestProgram.BUCKET);
        log.start();
        root().addAppender(log);
    }

    @AfterEach
    void end() {
        root().detachAppender(log);
        s3.close();
        simulator.close();
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    /** @return the sentence */
    private String refused(String... definitions) {
        return refused(ExitCode.CONFIGURATION, definitions);
    }

    private String refused(ExitCode code, String... definitions) {
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine(Map.of(Main.HOME_VARIABLE, PROJECT.toString()), folder).setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err));
        List<String> arguments = new ArrayList<>(List.of("run"));
        TestProgram.settings(folder, simulator, s3).forEach((key, value) -> arguments.add("-D" + key + "=" + value));
        for (String definition : definitions) {
            arguments.add("-D" + definition);
        }
        int exitCode = line.execute(arguments.toArray(String[]::new));
        String said = err.toString().strip();
        assertThat(exitCode).as(said).isEqualTo(code.number());
        assertThat(said).isNotEmpty().doesNotContain("\n").doesNotContain("Exception").doesNotContain("@").endsWith(".");
        assertThat(log.list).filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .extracting(event -> event.getLoggerName() + ": " + event.getFormattedMessage()).isEmpty();
        return said;
    }

    @Test
    void aPortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThat(refused("http.port=" + taken.getLocalPort())).contains("127.0.0.1:" + taken.getLocalPort(), "http.port");
        }
    }

    @Test
    void aPortOfObservationThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThat(refused("observe.port=" + taken.getLocalPort())).contains("observe.port");
        }
    }

    @Test
    void aHostThatIsNotThere() {
        assertThat(refused("http.host=no.such.host.invalid")).contains("no.such.host.invalid", "http.host");
    }

    @Test
    void whyHasNoSecret() {
        assertThat(refused("events.uri=nosuch:jobs?secretKey=RAW(kanarie-secret)&x=kanarie")).contains("nosuch").doesNotContain("kanarie");
        assertThat(refused("routes.folder=nowhere?token=kanarie-secret")).contains("token=[redacted]").doesNotContain("kanarie");
        // last, since it waits for nothing: the check of the routes would still be running beside the next start
        assertThat(refused(ExitCode.STORE, "store.url=jdbc:postgresql://127.0.0.1:1/media?user=ann&password=kanarie-secret")).contains("127.0.0.1:1").doesNotContain("kanarie");
    }

    @Test
    void anOptionThatCamelDoesNotKnow() {
        assertThat(refused("camel.main.shutdwn-timeout=20")).contains("camel.main.shutdwn-timeout");
    }

    @Test
    void aDataFolderBelowAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(refused(ExitCode.STORE, "data.folder=" + file.resolve("data"))).contains(file.toString());
    }

    @Test
    void aProvidersNumberThatIsNone() {
        assertThat(refused("provider.productai.rate=lots")).startsWith("providers/productai.camel.yaml:9: ").contains("provider.productai.rate", "'lots'");
    }
}
