package io.mediajobs.campaign;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The product as the campaign starts it: the product's own {@code main}, its JDBC driver and its S3 client wrapped from outside so
 * that the process can end at a named point. It ends by {@link Runtime#halt}: no shutdown hook, no {@code finally}, nothing is
 * flushed, all other threads stop where they are. To files, sockets and the database that is the same as {@code kill -9}.
 */
public final class ProductToKill {

    /** Name of a {@link CrashPoint}; none ends at none. */
    static final String POINT = "campaign.point";
    /** At the how manieth passing. */
    static final String PASSING = "campaign.passing";
    /** As the shell has it for a process that was killed with signal 9. */
    static final int KILLED = 137;

    private static final CrashPoint HERE = System.getProperty(POINT) == null ? null : CrashPoint.valueOf(System.getProperty(POINT));
    private static final AtomicInteger PASSINGS_LEFT = new AtomicInteger(Integer.getInteger(PASSING, 1));

    private ProductToKill() {
    }

    /** Takes what the product's command line takes. */
    public static void main(String[] args) {
        io.mediajobs.cli.Main.main(args);
    }

    static void passes(CrashPoint point) {
        if (point == HERE && PASSINGS_LEFT.decrementAndGet() == 0) {
            Runtime.getRuntime().halt(KILLED);
        }
    }
}
