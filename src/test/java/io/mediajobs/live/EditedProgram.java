package io.mediajobs.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mediajobs.TestProgram;
import io.mediajobs.web.RoutesApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;

/** The running program with a routes folder and a properties file of the test's own, for editing. */
final class EditedProgram implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    final Path routes;
    final Path properties;
    private final Path folder;
    private final Map<String, String> settings;
    TestProgram running;

    private EditedProgram(Path folder, Map<String, String> settings) {
        this.folder = folder;
        this.routes = folder.resolve("routes");
        this.properties = folder.resolve("application.properties");
        this.settings = settings;
        settings.putIfAbsent("routes.folder", routes.toString());
        settings.putIfAbsent("reload.settle", "50ms");
    }

    /** The shipped routes, not running yet. */
    static EditedProgram of(Path folder, Map<String, String> settings) throws IOException {
        EditedProgram program = new EditedProgram(folder, new LinkedHashMap<>(settings));
        copy(Path.of("routes"), program.routes);
        return program;
    }

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    /** What an earlier program has left in a folder. */
    static EditedProgram at(Path folder, Map<String, String> settings) {
        return new EditedProgram(folder, new LinkedHashMap<>(settings));
    }

    EditedProgram start() {
        running = TestProgram.start(folder, properties, settings);
        return this;
    }

    Path file(String name) {
        return name.equals("application.properties") ? properties : routes.resolve(name);
    }

    String read(String name) throws IOException {
        return Files.readString(file(name));
    }

    /** As most editors do it: a new file renamed onto the old one. */
    void save(String name, String content) throws IOException {
        Path target = file(name);
        Files.createDirectories(target.getParent());
        Path next = Files.writeString(folder.resolve("next.tmp"), content);
        Files.move(next, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    void replace(String name, String text, String with) throws IOException {
        String before = read(name);
        assertThat(before).contains(text);
        save(name, before.replace(text, with));
    }

    /** The answer of {@code GET /api/routes}. */
    JsonNode api() {
        return answer("/api/routes", RoutesApi::list);
    }

    /** The answer of {@code POST /api/routes/ROUTE/VERB}. */
    JsonNode call(String verb, String route) {
        return answer("/api/routes/" + route + "/" + verb, verb.equals("pause") ? RoutesApi::pause : RoutesApi::resume);
    }

    private JsonNode answer(String path, BiConsumer<RoutesApi, Exchange> call) {
        Exchange exchange = new DefaultExchange(running.program.context());
        exchange.getMessage().setHeader(Exchange.HTTP_URI, path);
        call.accept(running.program.part("routesApi", RoutesApi.class), exchange);
        try {
            return new ObjectMapper().readTree(exchange.getMessage().getBody(String.class));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    JsonNode route(String id) {
        return StreamSupport.stream(api().path("routes").spliterator(), false).filter(entry -> entry.path("id").asText().equals(id)).findFirst().orElse(null);
    }

    String version() {
        return api().path("version").asText();
    }

    List<String> rejected() {
        List<String> all = new ArrayList<>();
        api().path("rejected").forEach(rejection -> all.add(rejection.toString()));
        return all;
    }

    /** Waits until another edition runs than {@code before} and everything on disk is in it. */
    void awaitTaken(String before) {
        await("another version than " + before + " runs; rejected: " + rejected(), () -> !version().equals(before) && rejected().isEmpty());
    }

    static void await(String what, BooleanSupplier condition) {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > until) {
                throw new AssertionError("not within " + PATIENCE.toSeconds() + " s: " + what);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
    }


    @Override
    public void close() {
        if (running != null) {
            running.close();
        }
    }
}
