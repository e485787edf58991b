package io.mediajobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import io.mediajobs.config.KnownSecrets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What others write cannot make a line of the log look like something else. */
class LogPatternTest {

    private static String line(String message, Throwable failure) throws Exception {
        LoggerContext context = new LoggerContext();
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(Path.of("src/main/resources/logback.xml").toFile());
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        ConsoleAppender<ILoggingEvent> console = (ConsoleAppender<ILoggingEvent>) root.getAppender("console");
        PatternLayoutEncoder encoder = (PatternLayoutEncoder) console.getEncoder();
        return new String(encoder.encode(new LoggingEvent("x", root, Level.INFO, message, failure, null)), StandardCharsets.UTF_8);
    }

    @Test
    void noBreakNoControlNoBidirectionalOverride() throws Exception {
        assertThat(line("job a\u202eb\u001b[2Jc\u2066d\u2028e\u200bf\nINFO g \u00e4\ud83d\ude00", null))
                .endsWith("job a b [2Jc d e f | INFO g \u00e4\ud83d\ude00" + System.lineSeparator());
    }

    @Test
    void noSecretWhoeverLogsIt() throws Exception {
        KnownSecrets.add("log-pattern-test-secret");
        String text = line("GET /a?key=log-pattern-test-secret of https://h.example/a?sig=QUERY failed", new IllegalStateException("no log-pattern-test-secret",
                new java.io.IOException("https://user:PASSWORD@h.example/b?sig=QUERY\r\nlog-pattern-test-secret")));
        assertThat(text).contains("of https://h.example/a failed", "no [redacted]", "https://h.example/b", "\n\tat io.mediajobs.cli.LogPatternTest")
                .doesNotContain("log-pattern-test-secret").doesNotContain("QUERY").doesNotContain("PASSWORD");
    }

    @Test
    void aStackTraceIsOnceThereAndKeepsItsLines() throws Exception {
        String text = line("failed", new IllegalStateException("a\u202eb\u001b[2J"));
        assertThat(text).containsOnlyOnce("IllegalStateException: a b [2J").contains("\n\tat io.mediajobs.cli.LogPatternTest");
    }
}
