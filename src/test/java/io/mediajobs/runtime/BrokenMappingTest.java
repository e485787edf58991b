package io.mediajobs.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mediajobs.TestProgram;
import io.mediajobs.web.RoutesApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.camel.Exchange;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator breaks a mapping while the program runs. */
class BrokenMappingTest {

    @TempDir
    private Path folder;

    @Test
    void itsRouteAndTheHealthSayWhatIsWrong() throws IOException {
        Path routes = copyRoutes();
        try (TestProgram running = TestProgram.start(folder, Map.of("routes.folder", routes.toString()))) {
            assertThat(lastRejected(running, "productai").isNull()).isTrue();
            assertThat(health(running).getDetails()).doesNotContainKey("rejected.productai.jq");

            Path mapping = routes.resolve("providers/productai.jq");
            String good = Files.readString(mapping);
            Files.writeString(mapping, "{\n  status: }");
            JsonNode rejected = lastRejected(running, "productai");
            assertThat(rejected.path("line").intValue()).isEqualTo(2);
            assertThat(rejected.path("column").intValue()).isEqualTo(11);
            assertThat(rejected.path("message").textValue()).startsWith("productai.jq is not a jq program").endsWith(".");
            assertThat(rejected.path("at").textValue()).isNotEmpty();
            assertThat(lastRejected(running, "stories").isNull()).isTrue();
            assertThat(health(running).getState()).isEqualTo(HealthCheck.State.UP);
            assertThat(health(running).getDetails()).containsKey("rejected.productai.jq");
            assertThat(health(running).getMessage()).hasValueSatisfying(message -> assertThat(message).contains("productai.jq"));

            Files.writeString(mapping, good);
            assertThat(lastRejected(running, "productai").isNull()).isTrue();
            assertThat(health(running).getDetails()).doesNotContainKey("rejected.productai.jq");
        }
    }

    private Path copyRoutes() throws IOException {
        Path shipped = Path.of("routes").toAbsolutePath();
        Path copy = folder.resolve("routes");
        try (Stream<Path> files = Files.walk(shipped)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = copy.resolve(shipped.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
        return copy;
    }

    private static JsonNode lastRejected(TestProgram running, String route) throws IOException {
        Exchange exchange = new DefaultExchange(running.program.context());
        exchange.getMessage().setHeader(Exchange.HTTP_URI, "/api/routes");
        running.program.part("routesApi", RoutesApi.class).list(exchange);
        JsonNode answer = new ObjectMapper().readTree(exchange.getMessage().getBody(String.class));
        return StreamSupport.stream(answer.path("routes").spliterator(), false).filter(entry -> entry.path("id").asText().equals(route)).findFirst()
                .orElseThrow(() -> new AssertionError(answer)).get("lastRejected");
    }

    private static HealthCheck.Result health(TestProgram running) {
        return HealthCheckHelper.getHealthCheck(running.program.context(), "routes").call();
    }
}
