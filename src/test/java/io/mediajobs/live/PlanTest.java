package io.mediajobs.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an exchange has to do that follows on one which could not be undone. */
class PlanTest {

    @TempDir
    private Path folder;

    @Test
    void whatAnExchangeLeftBehindGoesAndTheWayBackDoesNotLookForIt() throws IOException {
        Files.writeString(folder.resolve("kept.camel.yaml"), "- route:\n    id: kept\n");
        Files.writeString(folder.resolve("same.camel.yaml"), "- route:\n    id: same\n");
        RouteFiles running = RouteFiles.read(folder);
        Plan plan = Plan.between(running, running, Set.of()).also(Set.of("kept.camel.yaml", "left.camel.yaml", "kamelets/left.kamelet.yaml"));
        assertThat(plan.out()).containsExactly("kept.camel.yaml", "left.camel.yaml");
        assertThat(plan.leaving("left.camel.yaml")).containsExactly("left");
        assertThat(plan.in()).containsExactly("kept.camel.yaml");
        assertThat(plan.changed()).contains("kamelets/left.kamelet.yaml");
        assertThat(plan.reversed().in()).containsExactly("kept.camel.yaml");
        assertThat(plan.reversed().out()).containsExactly("kept.camel.yaml", "left.camel.yaml");
    }
}
