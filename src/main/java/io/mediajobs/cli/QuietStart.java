package io.mediajobs.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps Camel from logging what stops a start, with all its stack traces: the command says it in a sentence. What the program itself logs
 * is not touched.
 */
final class QuietStart {

    private static final String ENGINE = "org.apache.camel.impl.engine";

    private final Logger engine;
    private final Level before;

    private QuietStart(Logger engine) {
        this.engine = engine;
        this.before = engine == null ? null : engine.getLevel();
    }

    static QuietStart begin() {
        QuietStart quiet = new QuietStart(LoggerFactory.getLogger(ENGINE) instanceof Logger logger ? logger : null);
        if (quiet.engine != null) {
            quiet.engine.setLevel(Level.OFF);
        }
        return quiet;
    }

    /** The start is over. */
    void end() {
        if (engine != null) {
            engine.setLevel(before);
        }
    }
}
