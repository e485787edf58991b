package io.mediajobs.live;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.component.quartz.QuartzComponent;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.quartz.impl.matchers.GroupMatcher;

/** What an edit of the running program changes, and what it leaves alone. */
class LiveReloadTest {

    @TempDir
    private Path folder;

    @Test
    void anEditReplacesOneRouteAndNoOther() throws Exception {
        try (EditedProgram program = EditedProgram.of(folder, Map.of()).start()) {
            CamelContext context = program.running.program.context();
            Map<String, Route> before = routes(context);
            String version = program.version();
            program.replace("providers/stories.camel.yaml", "Asks Stories how", "Asks Stories, again, how");
            program.awaitTaken(version);
            Map<String, Route> after = routes(context);
            assertThat(after.get("stories").getDescription()).contains("again");
            after.forEach((id, route) -> {
                if (before.containsKey(id) && !id.equals("stories")) {
                    assertThat(route).as(id).isSameAs(before.get(id));
                }
            });
            assertThat(after).hasSameSizeAs(before);
        }
    }

    @Test
    void aHundredEditsLeaveNothingBehind() throws Exception {
        try (EditedProgram program = EditedProgram.of(folder, Map.of()).start()) {
            CamelContext context = program.running.program.context();
            List<String> files = List.of("providers/stories.camel.yaml", "archive-job.camel.yaml", "kamelets/due-jobs.kamelet.yaml", "handle-trouble.camel.yaml",
                    "publish-events.camel.yaml");
            edit(program, files.get(0), -1);
            EditedProgram.await("the first version is gone", () -> leaving(program) == 0);
            Map<String, Object> before = census(context);
            for (int i = 0; i < 100; i++) {
                edit(program, files.get(i % files.size()), i);
            }
            EditedProgram.await("former versions are gone", () -> leaving(program) == 0);
            EditedProgram.await(before + " is as now: " + census(context), () -> census(context).equals(before));
        }
    }

    @Test
    void oneOfFiftyProvidersIsReloadedByItself() throws Exception {
        EditedProgram edited = EditedProgram.of(folder, Map.of());
        for (int i = 0; i < 50; i++) {
            String name = "acme-" + i;
            edited.save("providers/" + name + ".jq", edited.read("providers/productai.jq"));
            edited.save("providers/" + name + ".camel.yaml", edited.read("providers/productai.camel.yaml").replace("id: productai", "id: " + name)
                    .replace("provider: productai", "provider: " + name).replace("mapping: productai.jq", "mapping: " + name + ".jq").replace("ask-productai", "ask-" + name));
        }
        try (EditedProgram program = edited.start()) {
            CamelContext context = program.running.program.context();
            edit(program, "providers/acme-8.camel.yaml", 0);
            Map<String, Route> before = routes(context);
            long began = System.nanoTime();
            edit(program, "providers/acme-7.camel.yaml", 1);
            System.out.printf("one of %d routes reloaded %d ms after it was saved (of which the file must rest for 50 ms to 100 ms)%n", before.size(), (System.nanoTime() - began) / 1_000_000);
            Map<String, Route> after = routes(context);
            assertThat(after.get("acme-7")).isNotSameAs(before.get("acme-7"));
            before.keySet().removeIf(id -> id.equals("acme-7") || before.get(id).isCreatedByKamelet());
            before.forEach((id, route) -> assertThat(after.get(id)).as(id).isSameAs(route));
        }
    }

    @Test
    void aBrokenEditIsToldEverywhereAndAnotherFileCanBeEditedMeanwhile() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(Reload.class);
        try (EditedProgram program = EditedProgram.of(folder, Map.of()).start()) {
            logger.addAppender(log);
            String version = program.version();
            program.save("providers/productai.jq", "{\n  status: }");
            EditedProgram.await("it is refused", () -> !program.rejected().isEmpty());
            var rejected = program.route("productai").path("lastRejected");
            assertThat(rejected.path("file").asText()).isEqualTo("providers/productai.jq");
            assertThat(rejected.path("line").asInt()).isEqualTo(2);
            assertThat(rejected.path("column").asInt()).isEqualTo(11);
            assertThat(rejected.path("message").asText()).startsWith("productai.jq is not a jq program").endsWith(".");
            assertThat(program.route("stories").path("lastRejected").isNull()).isTrue();
            HealthCheck.Result health = HealthCheckHelper.getHealthCheck(program.running.program.context(), "routes").call();
            assertThat(health.getState()).isEqualTo(HealthCheck.State.UP);
            assertThat(health.getMessage().orElse("")).contains("Degraded", "productai.jq");
            assertThat(meter(program, "mediajobs.routes.behind")).isEqualTo(1);

            program.save("providers/stories.camel.yaml", program.read("providers/stories.camel.yaml") + "# good\n");
            EditedProgram.await("the good edit runs", () -> !program.version().equals(version));
            assertThat(program.rejected()).hasSize(1);
            assertThat(meter(program, "mediajobs.reloads")).isEqualTo(2);

            program.save("providers/productai.jq", Files.readString(Path.of("routes/providers/productai.jq")));
            EditedProgram.await("it is mended", () -> program.rejected().isEmpty());
            assertThat(meter(program, "mediajobs.routes.behind")).isZero();
            assertThat(log.list).filteredOn(event -> event.getLevel() == Level.WARN).hasSize(1)
                    .allSatisfy(event -> assertThat(event.getFormattedMessage()).contains("providers/productai.jq, line 2, column 11"));
        } finally {
            logger.detachAppender(log);
        }
    }

    /** Of all its tags together. */
    private static double meter(EditedProgram program, String name) {
        MeterRegistry meters = program.running.program.context().getRegistry().findSingleByType(MeterRegistry.class);
        double sum = 0;
        for (Meter meter : meters.find(name).meters()) {
            for (Measurement value : meter.measure()) {
                sum += value.getValue();
            }
        }
        return sum;
    }

    @Test
    void aTrialTouchesNoEndpoint() throws Exception {
        List<String> touched = CanaryComponent.TOUCHED;
        touched.clear();
        try (EditedProgram program = EditedProgram.of(folder, Map.of()).start(); java.net.ServerSocket canary = new java.net.ServerSocket(0)) {
            Thread listening = new Thread(() -> {
                try (java.net.Socket caller = canary.accept()) {
                    touched.add("connected from " + caller.getRemoteSocketAddress());
                } catch (IOException e) {
                    // closed at the end of the test
                    Thread.currentThread().interrupt();
                }
            });
            listening.setDaemon(true);
            listening.start();
            String version = program.version();
            // the last step cannot be built: so everything before it has been, and nothing may be swapped in
            program.save("singing.camel.yaml", """
                    # In: a file. Out: nothing.
                    - route:
                        id: singing
                        description: Sings when it is touched.
                        from:
                          uri: canary:source
                          steps:
                            - to:
                                uri: canary:target
                            - to:
                                uri: "http://127.0.0.1:%1$d/"
                            - to:
                                uri: "aws2-s3:canary"
                                parameters:
                                  uriEndpointOverride: "http://127.0.0.1:%1$d"
                                  overrideEndpoint: true
                                  region: us-east-1
                                  accessKey: "{{s3.access-key}}"
                                  secretKey: "{{s3.secret-key}}"
                            - to:
                                uri: "jms:queue:canary"
                            - to:
                                uri: "kafka:canary"
                                parameters:
                                  brokers: 127.0.0.1:%1$d
                            - bean:
                                ref: noSuchBean
                    """.formatted(canary.getLocalPort()));
            EditedProgram.await("it is refused", () -> !program.rejected().isEmpty());
            assertThat(program.rejected().toString()).contains("noSuchBean");
            assertThat(program.version()).isEqualTo(version);
            assertThat(touched).isEmpty();
        }
    }

    private static String singing(String source) {
        return """
                # In: nothing. Out: nothing.
                - route:
                    id: singing
                    description: Sings when it is touched.
                    from:
                      uri: %s
                      steps:
                        - log:
                            message: sings
                """.formatted(source);
    }

    private static String health(EditedProgram program) {
        return HealthCheckHelper.getHealthCheck(program.running.program.context(), "routes").call().getMessage().orElse("");
    }

    @Test
    void aSourceWhoseLibraryIsNotThereLeavesTheOldOneRunning() throws Exception {
        EditedProgram edited = EditedProgram.of(folder, Map.of());
        edited.save("singing.camel.yaml", singing("canary:near"));
        try (EditedProgram program = edited.start()) {
            String version = program.version();
            program.save("singing.camel.yaml", singing("canary:lacking"));
            EditedProgram.await("it is refused", () -> !program.rejected().isEmpty());
            assertThat(program.rejected()).singleElement().asString().contains("singing.camel.yaml", "The class org.example.Missing is not there");
            assertThat(program.version()).isEqualTo(version);
            assertThat(program.route("singing").path("state").asText()).isEqualTo("started");
            assertThat(program.running.program.context().getRoute("singing").getEndpoint().getEndpointUri()).isEqualTo("canary://near");
            assertThat(health(program)).contains("routes run.", "singing.camel.yaml");
            program.save("singing.camel.yaml", singing("canary:near"));
            EditedProgram.await("it is mended", () -> program.rejected().isEmpty());
            assertThat(health(program)).contains("routes run.").doesNotContain("singing");
        }
    }

    @Test
    void aStartWithASourceWhoseLibraryIsNotThereComesUpOnTheLastGoodVersion() throws Exception {
        EditedProgram edited = EditedProgram.of(folder, Map.of());
        edited.save("singing.camel.yaml", singing("canary:near"));
        try (EditedProgram program = edited.start()) {
            assertThat(program.rejected()).isEmpty();
        }
        EditedProgram again = EditedProgram.at(folder, Map.of());
        again.save("singing.camel.yaml", singing("canary:lacking"));
        try (EditedProgram program = again.start()) {
            assertThat(program.rejected()).singleElement().asString().contains("org/example/Missing");
            assertThat(program.route("singing").path("state").asText()).isEqualTo("started");
        }
    }

    @Test
    void whatCannotStartAgainIsNamedAndComesBackByItself() throws Exception {
        EditedProgram edited = EditedProgram.of(folder, Map.of());
        edited.save("singing.camel.yaml", singing("canary:far"));
        CanaryComponent.AWAY.set(0);
        try (EditedProgram program = edited.start()) {
            CanaryComponent.AWAY.set(Integer.MAX_VALUE);
            program.save("singing.camel.yaml", singing("canary:lacking"));
            EditedProgram.await("it is refused", () -> !program.rejected().isEmpty());
            assertThat(health(program)).contains("Not running: singing.", "singing.camel.yaml", "Connection refused");
            assertThat(program.route("singing").path("state").asText()).isEqualTo("stopped");
            program.save("singing.camel.yaml", singing("canary:far"));
            EditedProgram.await("no edit is refused any more", () -> program.rejected().isEmpty());
            assertThat(health(program)).as("put back, and still not running").contains("Not running: singing.");
            assertThat(program.route("singing").path("lastRejected").path("message").asText()).contains("Connection refused");
            String version = program.version();
            program.save("providers/stories.camel.yaml", program.read("providers/stories.camel.yaml") + "# another edit\n");
            program.awaitTaken(version);
            assertThat(health(program)).as("another file can be edited meanwhile").contains("Not running: singing.");
            CanaryComponent.AWAY.set(2);
            EditedProgram.await("it is back", () -> program.route("singing").path("state").asText().equals("started"));
            assertThat(health(program)).contains("routes run.").doesNotContain("Not running");
        } finally {
            CanaryComponent.AWAY.set(0);
        }
    }

    @Test
    void whatCannotBeReadIsToldOnceAndOtherFilesCanBeEdited() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger("io.mediajobs.live");
        try (EditedProgram program = EditedProgram.of(folder, Map.of()).start()) {
            logger.addAppender(log);
            String settings = program.read("application.properties");
            Files.delete(program.properties);
            Files.createDirectory(program.properties);
            Path loop = Files.createSymbolicLink(program.routes.resolve("loop"), program.routes);
            EditedProgram.await("both are told", () -> program.rejected().size() == 2);
            assertThat(program.rejected().toString()).contains("application.properties", "\"loop\"", "This cannot be read", "leads back");
            assertThat(health(program)).contains("Degraded", "application.properties");
            edit(program, "providers/stories.camel.yaml", 1, 2);
            edit(program, "providers/stories.camel.yaml", 2, 2);
            assertThat(log.list).filteredOn(event -> event.getLevel() == Level.WARN).as("told once each").hasSize(2);
            Files.delete(loop);
            Files.delete(program.properties);
            program.save("application.properties", settings);
            EditedProgram.await("all can be read again", () -> program.rejected().isEmpty());
            assertThat(health(program)).doesNotContain("Degraded");
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void anEditThatTheDataFolderDoesNotTakeIsTakenInWhenItDoes() throws Exception {
        try (EditedProgram program = EditedProgram.of(folder, Map.of()).start()) {
            Path copies = folder.resolve("data/routes");
            Path away = Files.move(copies, folder.resolve("away"));
            Files.createFile(copies);
            String version = program.version();
            program.save("providers/stories.camel.yaml", program.read("providers/stories.camel.yaml") + "# edit\n");
            EditedProgram.await("it is told", () -> !program.rejected().isEmpty());
            assertThat(program.rejected()).singleElement().asString().contains("The data folder takes no copy", copies.toString());
            assertThat(health(program)).contains("Degraded");
            assertThat(program.version()).isEqualTo(version);
            Files.delete(copies);
            Files.move(away, copies);
            program.awaitTaken(version);

            // a copy can be made, and not be called the good one
            Files.delete(copies.resolve("last-good"));
            Path obstacle = Files.createDirectories(copies.resolve("last-good/full"));
            edit(program, "providers/stories.camel.yaml", 1);
            String running = program.route("stories").path("version").asText();
            assertThat(lastGood()).isNotEqualTo(running);
            Files.delete(obstacle);
            Files.delete(obstacle.getParent());
            EditedProgram.await("it is the last good version too", () -> running.equals(lastGood()));
        }
    }

    private String lastGood() {
        return new Staging(folder.resolve("data")).kept().map(files -> files.version("providers/stories.camel.yaml")).orElse(null);
    }

    @Test
    void whatACheckThrowsIsARejectionAndAStartComesUpOnTheLastGoodVersion() throws Exception {
        EditedProgram edited = EditedProgram.of(folder, Map.of());
        String good = edited.read("providers/stories.camel.yaml");
        for (BadEdits.Edit edit : BadEdits.thrown()) {
            try (EditedProgram program = EditedProgram.at(folder, Map.of()).start()) {
                if (!program.rejected().isEmpty()) {
                    program.save("providers/stories.camel.yaml", good);
                    EditedProgram.await("mended", () -> program.rejected().isEmpty());
                }
                byte[] bad = edit.files().get("providers/stories.camel.yaml").apply(good.getBytes(java.nio.charset.StandardCharsets.UTF_8));
                Files.write(program.file("providers/stories.camel.yaml"), bad);
                EditedProgram.await(edit.name() + " is told", () -> program.rejected().toString().matches("(?s).*(" + edit.told() + ").*"));
                assertThat(program.route("stories").path("lastRejected").path("file").asText()).isEqualTo("providers/stories.camel.yaml");
            }
        }
        try (EditedProgram again = EditedProgram.at(folder, Map.of()).start()) {
            assertThat(again.rejected()).isNotEmpty();
            assertThat(again.route("stories").path("state").asText()).isEqualTo("started");
        }
    }

    @Test
    void aStartWithABrokenFileComesUpOnTheLastGoodVersion() throws Exception {
        String version;
        try (EditedProgram program = EditedProgram.of(folder, Map.of()).start()) {
            edit(program, "providers/stories.camel.yaml", 1);
            version = program.route("stories").path("version").asText();
            program.save("providers/stories.camel.yaml", "- route: {");
            EditedProgram.await("it is refused", () -> !program.rejected().isEmpty());
        }
        EditedProgram refusing = EditedProgram.at(folder, Map.of("reload.last-good-at-start", "false"));
        org.assertj.core.api.Assertions.assertThatThrownBy(refusing::start).hasMessageContaining("stories.camel.yaml");
        try (EditedProgram again = EditedProgram.at(folder, Map.of()).start()) {
            assertThat(again.route("stories").path("version").asText()).isEqualTo(version);
            assertThat(again.route("stories").path("lastRejected").path("message").asText()).isNotBlank();
            assertThat(again.rejected()).hasSize(1);
            again.save("providers/stories.camel.yaml", Files.readString(Path.of("routes/providers/stories.camel.yaml")));
            EditedProgram.await("the mended file runs", () -> again.rejected().isEmpty() && !again.route("stories").path("version").asText().equals(version));
        }
    }

    @Test
    void aStartWhoseRoutesCannotBeBuiltComesUpOnTheLastGoodVersion() throws Exception {
        try (EditedProgram program = EditedProgram.of(folder, Map.of()).start()) {
            assertThat(program.rejected()).isEmpty();
        }
        EditedProgram again = EditedProgram.at(folder, Map.of());
        again.replace("begin-archive.camel.yaml", "blockWhenFull:", "blockWhenFul:");
        try (EditedProgram running = again.start()) {
            assertThat(running.rejected()).hasSize(1);
            assertThat(running.route("begin-archive").path("state").asText()).isEqualTo("started");
        }
    }

    @Test
    void aPausedRouteStaysPausedOverEditsAndRestarts() throws Exception {
        try (EditedProgram program = EditedProgram.of(folder, Map.of()).start()) {
            program.running.simulator.job("stories", "one").neverEnds();
            program.running.follow("stories", "one");
            EditedProgram.await("it is asked for", () -> polls(program) > 1);
            assertThat(program.call("pause", "stories").path("state").asText()).isEqualTo("paused");
            EditedProgram.await("what was under way is over", () -> isQuiet(program));
            int asked = polls(program);
            edit(program, "providers/stories.camel.yaml", 1);
            edit(program, "kamelets/due-jobs.kamelet.yaml", 2);
            assertThat(program.route("stories").path("state").asText()).isEqualTo("paused");
            assertThat(isQuiet(program)).isTrue();
            assertThat(polls(program)).isEqualTo(asked);
            assertThat(program.call("pause", "route-report").path("status").asInt()).isEqualTo(409);
            assertThat(program.call("pause", "resume-route").path("status").asInt()).isEqualTo(409);
            assertThat(program.call("pause", "storys").path("detail").asText()).contains("did you mean stories?");
        }
        try (EditedProgram again = EditedProgram.at(folder, Map.of()).start()) {
            assertThat(again.route("stories").path("state").asText()).isEqualTo("paused");
            again.running.simulator.job("stories", "one").neverEnds();
            assertThat(isQuiet(again)).isTrue();
            assertThat(polls(again)).as("nothing is let through").isZero();
            assertThat(again.call("resume", "stories").path("state").asText()).isEqualTo("started");
            EditedProgram.await("it is asked for again", () -> polls(again) > 1);
        }
    }

    @Test
    void linksAsKubernetesMakesThemChangeAllFilesAtOnce() throws Exception {
        EditedProgram edited = EditedProgram.of(folder, Map.of());
        Path mount = Files.createDirectories(folder.resolve("mount"));
        Files.move(edited.routes, mount.resolve("..v1"));
        Files.createSymbolicLink(mount.resolve("..data"), Path.of("..v1"));
        try (var entries = Files.list(mount.resolve("..v1"))) {
            for (Path entry : entries.toList()) {
                Files.createSymbolicLink(mount.resolve(entry.getFileName()), Path.of("..data").resolve(entry.getFileName()));
            }
        }
        try (EditedProgram program = EditedProgram.at(folder, Map.of("routes.folder", mount.toString())).start()) {
            String version = program.version();
            EditedProgram.copy(mount.resolve("..v1"), mount.resolve("..v2"));
            for (String file : List.of("archive-job.camel.yaml", "providers/stories.camel.yaml", "providers/stories.jq")) {
                Path changed = mount.resolve("..v2").resolve(file);
                Files.writeString(changed, Files.readString(changed) + "\n# second\n");
            }
            Files.createSymbolicLink(mount.resolve("..next"), Path.of("..v2"));
            Files.move(mount.resolve("..next"), mount.resolve("..data"), java.nio.file.StandardCopyOption.ATOMIC_MOVE, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            program.awaitTaken(version);
            assertThat(meter(program, "mediajobs.reloads")).as("one set").isEqualTo(1);
        }
    }

    @Test
    void whatIsInHandRunsToItsEndInTheVersionItBeganIn() throws Exception {
        try (EditedProgram program = EditedProgram.of(folder, Map.of("provider.stories.every", "1s")).start()) {
            program.running.simulator.job("stories", "slow").completes(io.mediajobs.demo.simulator.Assets.ofRole("video").generated(4_800_000, 1).slowedTo(600_000));
            var slow = program.running.follow("stories", "slow");
            EditedProgram.await("its transfer is under way", () -> program.running.job(slow).state() == io.mediajobs.job.JobState.ARCHIVING
                    && program.running.program.context().getInflightRepository().size("send-asset") > 0);
            String version = program.version();
            for (String file : List.of("archive-job.camel.yaml", "send-asset.camel.yaml", "transfer-asset.camel.yaml", "archive-asset.camel.yaml", "write-manifest.camel.yaml")) {
                program.save(file, program.read(file) + "# edited\n");
            }
            program.awaitTaken(version);
            assertThat(program.running.job(slow).state()).as("the transfer takes eight seconds").isEqualTo(io.mediajobs.job.JobState.ARCHIVING);
            assertThat(leaving(program)).isPositive();
            program.running.simulator.job("stories", "quick").completes();
            var quick = program.running.follow("stories", "quick");
            EditedProgram.await("both come home", () -> program.running.job(quick).state() == io.mediajobs.job.JobState.ARCHIVED
                    && program.running.job(slow).state() == io.mediajobs.job.JobState.ARCHIVED);
            // the simulator writes a download down when its last byte has left
            EditedProgram.await("its download is in the ledger", () -> !program.running.simulator.ledger().downloads("stories", "slow").isEmpty());
            assertThat(program.running.simulator.ledger().downloads("stories", "slow")).as("fetched once").hasSize(1);
            EditedProgram.await("former versions are gone", () -> leaving(program) == 0);
        }
    }

    private static int polls(EditedProgram program) {
        return program.running.simulator.ledger().pollCount("stories", "one");
    }

    /** Nothing is asked for during several intervals. */
    private static boolean isQuiet(EditedProgram program) {
        int before = polls(program);
        java.util.concurrent.locks.LockSupport.parkNanos(800_000_000);
        return polls(program) == before;
    }

    private static void edit(EditedProgram program, String file, int number) throws IOException {
        edit(program, file, number, 0);
    }

    /** @param rejected how many edits are refused before and after it */
    private static void edit(EditedProgram program, String file, int number, int rejected) throws IOException {
        String version = program.version();
        program.save(file, program.read(file).replaceAll("(?m)^# edit .*\n", "") + "# edit " + number + "\n");
        EditedProgram.await("another version than " + version + " runs; rejected: " + program.rejected(), () -> !program.version().equals(version)
                && program.rejected().size() == rejected);
    }

    private static int leaving(EditedProgram program) {
        return program.running.program.context().getRegistry().lookupByNameAndType("liveRoutes", LiveRoutes.class).status().leaving();
    }

    private static Map<String, Route> routes(CamelContext context) {
        Map<String, Route> routes = new HashMap<>();
        context.getRoutes().forEach(route -> routes.put(route.getRouteId(), route));
        return routes;
    }

    private static Map<String, Object> census(CamelContext context) {
        Map<String, Object> census = new TreeMap<>();
        census.put("routes", context.getRoutes().size());
        census.put("endpoints", context.getEndpoints().stream().map(endpoint -> endpoint.getEndpointUri().replaceAll("(due-jobs|read-report|due-list|read-list)-[0-9]+", "$1-N"))
                .collect(Collectors.groupingBy(uri -> uri, TreeMap::new, Collectors.counting())));
        census.put("definitions", ((org.apache.camel.model.ModelCamelContext) context).getRouteDefinitions().size());
        census.put("configurations", ((org.apache.camel.model.ModelCamelContext) context).getRouteConfigurationDefinitions().size());
        census.put("templates", ((org.apache.camel.model.ModelCamelContext) context).getRouteTemplateDefinitions().size());
        census.put("started", context.getCamelContextExtension().getRouteStartupOrder().size());
        try {
            census.put("triggers", context.getComponent("quartz", QuartzComponent.class).getScheduler().getTriggerKeys(GroupMatcher.anyGroup()).size());
        } catch (org.quartz.SchedulerException e) {
            throw new IllegalStateException(e);
        }
        census.put("threads", Thread.getAllStackTraces().keySet().stream().map(thread -> thread.getName().replaceAll("[0-9]+", "N"))
                .filter(name -> name.startsWith("Camel") && name.contains("seda") || name.startsWith("live") || name.contains("Scheduler")).sorted().toList());
        return census;
    }
}
