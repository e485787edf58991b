package io.mediajobs.demo;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/** Puts the product's log into a file, so that its lines do not run through the demo's view. */
final class DemoLog {

    private DemoLog() {
    }

    /** From now on every line goes to {@code file} and to nowhere else, written as the product's own configuration says. */
    static void into(Path file) {
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            return;
        }
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(pattern(root));
        encoder.start();
        FileAppender<ILoggingEvent> appender = new FileAppender<>();
        appender.setContext(context);
        appender.setName("demo");
        appender.setFile(file.toString());
        appender.setEncoder(encoder);
        appender.start();
        root.detachAndStopAllAppenders();
        root.addAppender(appender);
    }

    private static String pattern(Logger root) {
        for (var appenders = root.iteratorForAppenders(); appenders.hasNext();) {
            if (appenders.next() instanceof OutputStreamAppender<ILoggingEvent> appender && appender.getEncoder() instanceof PatternLayoutEncoder encoder) {
                return encoder.getPattern();
            }
        }
        return "%d %-5level %logger{0} %msg%n";
    }
}
