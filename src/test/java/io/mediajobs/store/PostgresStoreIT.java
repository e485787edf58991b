package io.mediajobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same store on PostgreSQL, and what several nodes on one database do to each other. */
class PostgresStoreIT extends JobStoreContract {

    private static PostgresServer server;

    private StoreSettings settings;

    @BeforeAll
    static void startServer(@TempDir Path folder) {
        server = PostgresServer.start(folder);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    StoreSettings settings() {
        if (settings == null) {
            settings = server.newDatabase();
        }
        return settings;
    }
}
