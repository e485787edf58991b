package io.mediajobs.campaign;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.mediajobs.cli.Main;
import org.slf4j.LoggerFactory;

/** The product with all that its own loggers can say, and more of Camel than it usually says. */
public final class TalkativeProduct {

    private TalkativeProduct() {
    }

    /** Takes what the product's command line takes. */
    public static void main(String[] args) {
        ((Logger) LoggerFactory.getLogger("io.mediajobs")).setLevel(Level.TRACE);
        ((Logger) LoggerFactory.getLogger("org.apache.camel")).setLevel(Level.INFO);
        Main.main(args);
    }
}
