package io.mediajobs.servers;

/** A thread of a test's server. It ends with its work, or when the other side has gone, or with the process. */
public final class Daemon {

    /** What it does. */
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }

    private Daemon() {
    }

    public static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (Exception e) {
                // the other side has gone, which is what it is for
            }
        }, "test-server");
        thread.setDaemon(true);
        thread.start();
    }
}
