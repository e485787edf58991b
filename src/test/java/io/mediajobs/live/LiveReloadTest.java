package io.mediajobs.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.component.quartz.QuartzComponent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

    private static void edit(EditedProgram program, String file, int number) throws IOException {
        String version = program.version();
        program.save(file, program.read(file).replaceAll("(?m)^# edit .*\n", "") + "# edit " + number + "\n");
        program.awaitTaken(version);
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
        census.put("endpoints", context.getEndpoints().stream().map(endpoint -> endpoint.getEndpointUri().replaceAll("(due-jobs|read-report)-[0-9]+", "$1-N"))
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
