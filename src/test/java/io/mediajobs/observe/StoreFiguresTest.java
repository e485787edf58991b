package io.mediajobs.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mediajobs.store.Database;
import io.mediajobs.store.JobCounts;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.Outbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class StoreFiguresTest {

    @Test
    void aCountThatTheStopCutsOffIsNoTroubleOfTheStore(@TempDir Path folder) {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(StoreFigures.class);
        logger.addAppender(log);
        try (Database database = Database.open(folder.resolve("jobs.db"))) {
            StoreFigures figures = new StoreFigures(new JobStore(database, (provider, what, incident, error) -> null), new JobCounts(database), new Outbox(database),
                    Duration.ofMinutes(1));
            figures.onChange(count -> {
                if (count.at() != null) {
                    figures.close();
                    throw new IllegalStateException("interrupted");
                }
            });
            figures.start();
            assertThat(figures.now().up()).isFalse();
            assertThat(log.list).isEmpty();
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void afterAnErrorItGoesOn(@TempDir Path folder) {
        try (Database database = Database.open(folder.resolve("jobs.db"));
                StoreFigures figures = new StoreFigures(new JobStore(database, (provider, what, incident, error) -> null), new JobCounts(database), new Outbox(database),
                        Duration.ofMillis(20))) {
            AtomicInteger counts = new AtomicInteger();
            figures.onChange(count -> {
                // the first is none, and the second is the start's own
                if (counts.incrementAndGet() == 3) {
                    throw new OutOfMemoryError("Java heap space");
                }
            });
            figures.start();
            await().until(() -> counts.get() > 5 && figures.now().up());
        }
    }
}
