package io.mediajobs.demo.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * When status and list calls came to one provider, as it sees them itself: how many within a time, how many at once, whether any came
 * while it had asked to be left alone. Safe for any number of threads.
 */
public final class Arrivals {

    /**
     * A call within the time that an earlier answer's Retry-After had named.
     *
     * @param answered when that answer was sent
     * @param came     when the call came
     */
    public record Early(Instant answered, Instant came) {

        /** How long the answer had been out. */
        public Duration after() {
            return Duration.between(answered, came);
        }
    }

    private record Rest(long from, long until, Instant answered) {
    }

    private long[] at = new long[64];
    private int count;
    private int present;
    private int mostAtOnce;
    private final List<Rest> rests = new ArrayList<>();
    private final List<Early> early = new ArrayList<>();
    private final Set<Object> connectionsSeen = Collections.newSetFromMap(new WeakHashMap<>());
    private int connections;

    Arrivals() {
    }

    /**
     * A call is here.
     *
     * @param connection what it came on
     * @return to be run when it is answered or its connection is gone; a second time it does nothing
     */
    synchronized Runnable came(Object connection) {
        long now = System.nanoTime();
        if (count == at.length) {
            at = Arrays.copyOf(at, 2 * count);
        }
        at[count++] = now;
        connections += connectionsSeen.add(connection) ? 1 : 0;
        mostAtOnce = Math.max(mostAtOnce, ++present);
        rests.removeIf(rest -> rest.until <= now);
        rests.stream().filter(rest -> rest.from <= now).findFirst()
                .ifPresent(rest -> early.add(new Early(rest.answered, rest.answered.plusNanos(now - rest.from))));
        AtomicBoolean left = new AtomicBoolean();
        return () -> {
            if (left.compareAndSet(false, true)) {
                left();
            }
        };
    }

    private synchronized void left() {
        present--;
    }

    /** An answer goes out that asks to be left alone for this time. */
    synchronized void rest(Duration time) {
        long now = System.nanoTime();
        rests.add(new Rest(now, now + time.toNanos(), Instant.now()));
    }

    /** Number of calls. */
    public synchronized int count() {
        return count;
    }

    /** The largest number of calls that came within any stretch of this length, its end not included. */
    public synchronized int mostWithin(Duration stretch) {
        int most = 0;
        int first = 0;
        for (int i = 0; i < count; i++) {
            while (at[i] - at[first] >= stretch.toNanos()) {
                first++;
            }
            most = Math.max(most, i - first + 1);
        }
        return most;
    }

    /** The shortest time between two calls in a row; zero if there were less than two. */
    public synchronized Duration closest() {
        long closest = count < 2 ? 0 : Long.MAX_VALUE;
        for (int i = 1; i < count; i++) {
            closest = Math.min(closest, at[i] - at[i - 1]);
        }
        return Duration.ofNanos(closest);
    }

    /** Calls in each second, from the first call on. */
    public synchronized List<Integer> perSecond() {
        List<Integer> seconds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int second = (int) ((at[i] - at[0]) / 1_000_000_000L);
            while (seconds.size() <= second) {
                seconds.add(0);
            }
            seconds.set(second, seconds.get(second) + 1);
        }
        return seconds;
    }

    /** The largest number of calls that were here and not answered yet at the same time. */
    public synchronized int mostAtOnce() {
        return mostAtOnce;
    }

    /**
     * Calls that came within the time of a Retry-After.
     *
     * @param reaction how long after that answer a call may still have been under way
     */
    public synchronized List<Early> early(Duration reaction) {
        return early.stream().filter(each -> each.after().compareTo(reaction) > 0).toList();
    }

    /** Number of TCP connections that calls came on. */
    public synchronized int connections() {
        return connections;
    }
}
