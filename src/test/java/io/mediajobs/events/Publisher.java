package io.mediajobs.events;

import io.mediajobs.config.Durations;
import io.mediajobs.config.Settings;
import io.mediajobs.job.JobKey;
import io.mediajobs.store.Database;
import io.mediajobs.store.JobChange;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.NewEvent;
import io.mediajobs.store.NewJob;
import io.mediajobs.store.Outbox;
import io.mediajobs.store.OutboxEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/** The publishing half of the program as it is shipped: its two routes and its settings, on a store of the test's. */
final class Publisher implements AutoCloseable {

    private final Database database;
    private final Main main = new Main();

    /** @param overrides settings that differ from the shipped ones */
    static Publisher start(Database database, Path data, Map<String, String> overrides) {
        return start(database, data, overrides, deliveries -> deliveries);
    }

    /** @param destination a route that events are sent to: it has to be there before the first one is */
    static Publisher start(Database database, Path data, Map<String, String> overrides, RouteBuilder destination) {
        return start(database, data, overrides, deliveries -> deliveries, destination);
    }

    static Publisher start(Database database, Path data, Map<String, String> overrides, UnaryOperator<Object> deliveries) {
        return start(database, data, overrides, deliveries, new RouteBuilder() {
            @Override
            public void configure() {
                // destinations of other kinds
            }
        });
    }

    private static Publisher start(Database database, Path data, Map<String, String> overrides, UnaryOperator<Object> deliveries, RouteBuilder destination) {
        Publisher publisher = new Publisher(database);
        Properties settings = Settings.shippedProperties();
        settings.setProperty("data.folder", data.toString());
        settings.setProperty("events.tick-millis", "50");
        settings.setProperty("events.retry-first", "100ms");
        settings.putAll(overrides);
        publisher.main.setDefaultPropertyPlaceholderLocation("false");
        publisher.main.setInitialProperties(settings);
        publisher.main.configure().withRoutesIncludePattern("file:routes/publish-event.camel.yaml,file:routes/publish-events.camel.yaml");
        publisher.main.bind("deliveries", deliveries.apply(new Deliveries(new Outbox(database),
                Durations.parse(settings.getProperty("events.retry-first")), Durations.parse(settings.getProperty("events.retry-longest")),
                Durations.parse(settings.getProperty("events.hold")), Integer.parseInt(settings.getProperty("events.park-after")))));
        new Outbox(database).releaseAll();
        publisher.main.bind("sqsEndpoints", new SqsEndpoints());
        publisher.main.bind("eventsFile", new JsonLinesFile(data.resolve("events/events.jsonl")));
        publisher.main.configure().addRoutesBuilder(destination);
        publisher.main.start();
        return publisher;
    }

    private Publisher(Database database) {
        this.database = database;
    }

    CamelContext context() {
        return main.getCamelContext();
    }

    /** Puts an event into the outbox as the store does it, with the change of a job. */
    static void tell(Database database, String jobId, String type) {
        tell(database, jobId, type, "{\"id\":\"" + id(jobId, type) + "\",\"type\":\"" + type + "\"}");
    }

    static void tell(Database database, String jobId, String type, String payload) {
        JobStore jobs = new JobStore(database, (provider, what, incident, error) -> null);
        JobKey key = new JobKey("stories", jobId);
        jobs.register(List.of(new NewJob(key, Map.of(), Duration.ofHours(1), Duration.ofHours(1))));
        jobs.override(key, job -> JobChange.to(null).event(new NewEvent(id(jobId, type), type, key.toString(), payload)));
    }

    static String id(String jobId, String type) {
        return "stories/" + jobId + "/1/" + type;
    }

    List<OutboxEvent> outbox() {
        return new Outbox(database).list(0, 100_000);
    }

    @Override
    public void close() {
        main.stop();
    }
}
