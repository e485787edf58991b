package io.mediajobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
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
            assertThat(read(database, clock)).isNull();
            passed.addAndGet(TimeUnit.SECONDS.toNanos(50));
            assertThat(read(database, clock)).as("the drift of two clocks").isNull();
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
            StoreClock.WasSetException set = read(database, clock);
            assertThat(set).isNotNull();
            clock.follow(set, database::write);
            clock.follow(set, database::write);
            assertThat(read(database, clock)).isNull();
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
            assertThat(read(database, clock)).isNull();
            assertThat(read(database, clock)).isNull();
        }
    }

    /** One of them moves the plans, and needs the connection for it that another one reads the clock by. */
    @Test
    void theClockIsSetAgainAndAgainWhileManyWriteAndAllGoOn() throws Exception {
        int writers = 8;
        int times = 5;
        try (Database database = Database.open(StoreSettings.embedded(folder.resolve("jobs.db")), () -> System.nanoTime() + passed.get())) {
            ExecutorService threads = Executors.newFixedThreadPool(writers);
            try {
                AtomicLongArray written = new AtomicLongArray(writers);
                AtomicBoolean over = new AtomicBoolean();
                List<Future<?>> running = new ArrayList<>();
                for (int writer = 0; writer < writers; writer++) {
                    int mine = writer;
                    running.add(threads.submit(() -> {
                        while (!over.get()) {
                            database.write(database::now);
                            written.incrementAndGet(mine);
                        }
                    }));
                }
                for (int time = 0; time < times; time++) {
                    passed.addAndGet(TimeUnit.HOURS.toNanos(1));
                    long[] before = IntStream.range(0, writers).mapToLong(written::get).toArray();
                    await().atMost(Duration.ofSeconds(10)).until(() -> IntStream.range(0, writers).allMatch(writer -> written.get(writer) > before[writer] + 10));
                }
                over.set(true);
                for (Future<?> writer : running) {
                    writer.get(10, TimeUnit.SECONDS);
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }

    @Test
    void aClockThatWasSetWhileTheStoreTookNoWritesIsFollowedByWhoeverTriesItAgain() {
        try (Database database = Database.open(StoreSettings.embedded(folder.resolve("jobs.db")), () -> System.nanoTime() + passed.get())) {
            database.write(database::now);
            SQLException full = new SQLException("database or disk is full", null, 13);
            assertThatThrownBy(() -> database.write(handle -> {
                throw new IllegalStateException(full);
            })).isInstanceOf(StoreUnavailableException.class);
            passed.addAndGet(TimeUnit.HOURS.toNanos(1));
            await().atMost(Duration.ofSeconds(5)).ignoreException(StoreUnavailableException.class).until(() -> database.write(database::now) > 0);
        }
    }

    /** @return what is thrown if it was seen to have been set; null if not */
    private static StoreClock.WasSetException read(Database database, StoreClock clock) {
        return database.read(handle -> {
            try {
                clock.read(handle);
                return null;
            } catch (StoreClock.WasSetException e) {
                return e;
            }
        });
    }
}
