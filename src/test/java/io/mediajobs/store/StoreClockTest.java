package io.mediajobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreClockTest {

    @TempDir
    Path folder;

    /** The time that has passed by this process's own count; the database's clock is the real one. */
    private final AtomicLong passed = new AtomicLong(1);

    @Test
    void timeThatPassesIsNoJump() {
        try (Database database = Database.open(folder.resolve("jobs.db"))) {
            StoreClock clock = new StoreClock(database.dialect(), passed::get);
            assertThat(read(database, clock)).isFalse();
            passed.addAndGet(TimeUnit.SECONDS.toNanos(50));
            assertThat(read(database, clock)).as("the drift of two clocks").isFalse();
        }
    }

    @Test
    void aClockThatWasSetIsFollowedOnce() {
        try (Database database = Database.open(folder.resolve("jobs.db"))) {
            StoreClock clock = new StoreClock(database.dialect(), passed::get);
            read(database, clock);
            database.write(handle -> handle.execute("INSERT INTO provider (name, next_turn, not_before, paused_until, updated_at)"
                    + " VALUES ('p', 6000000000, 6000000, 6000000, 0)"));
            // an hour has passed and the clock says that it has not: it was put back
            passed.addAndGet(TimeUnit.HOURS.toNanos(1));
            assertThat(read(database, clock)).isTrue();
            clock.follow(database::write);
            clock.follow(database::write);
            assertThat(read(database, clock)).isFalse();
            for (String until : List.of("paused_until", "not_before", "next_turn / 1000")) {
                long millis = database.read(handle -> handle.createQuery("SELECT " + until + " FROM provider").mapTo(Long.class).one());
                assertThat(Duration.ofMillis(6_000_000 - millis)).as(until).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(61));
            }
        }
    }

    @Test
    void aReadingThatTookLongSaysNothing() {
        try (Database database = Database.open(folder.resolve("jobs.db"))) {
            // each look at the time is ten minutes after the one before
            StoreClock clock = new StoreClock(database.dialect(), () -> passed.addAndGet(TimeUnit.MINUTES.toNanos(10)));
            assertThat(read(database, clock)).isFalse();
            assertThat(read(database, clock)).isFalse();
        }
    }

    /** @return whether it was seen to have been set */
    private static boolean read(Database database, StoreClock clock) {
        return database.read(handle -> {
            try {
                clock.read(handle);
                return false;
            } catch (StoreClock.WasSetException e) {
                return true;
            }
        });
    }
}
