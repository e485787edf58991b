package io.mediajobs.web;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts wrong tokens by address. A flood of them gets short answers and few log lines; the right token is always let in, so
 * nobody can lock the operators out. What makes guessing hopeless is the token's length, see {@link ApiToken}.
 */
final class WrongTokens {

    /** Wrong tokens a minute before an address is told to wait. */
    private static final int PATIENCE = 20;
    private static final long MINUTE = 60_000_000_000L;
    private static final int ADDRESSES = 1_000;

    private static final class Count {
        private final long since;
        private int tries;

        private Count(long since) {
            this.since = since;
        }
    }

    private final Map<String, Count> counts = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Count> eldest) {
            return size() > ADDRESSES;
        }
    };

    /** @return how many there were from this address within this minute */
    synchronized int count(String address, long nanoTime) {
        Count count = counts.get(address);
        if (count == null || nanoTime - count.since > MINUTE) {
            count = new Count(nanoTime);
            counts.put(address, count);
        }
        return ++count.tries;
    }

    static boolean isFlood(int count) {
        return count > PATIENCE;
    }

    static boolean isWorthALine(int count) {
        return count == 1 || count == PATIENCE;
    }
}
