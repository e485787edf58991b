package io.mediajobs.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.health.HealthCheck.Result;
import org.apache.camel.health.HealthCheck.State;
import org.junit.jupiter.api.Test;

class ReachableTest {

    @Test
    void anErrorIsAnAnswerAndTheNextQuestionIsAsked() {
        AtomicInteger asked = new AtomicInteger();
        Reachable reachable = new Reachable("s3", () -> {
            if (asked.incrementAndGet() == 1) {
                throw new NoClassDefFoundError("org/example/Missing");
            }
        }, Duration.ofMillis(50), Duration.ofSeconds(5));

        Result first = reachable.call();
        assertThat(first.getState()).isEqualTo(State.DOWN);
        assertThat(first.getMessage()).hasValueSatisfying(message -> assertThat(message).contains("s3 does not answer", "NoClassDefFoundError", "org/example/Missing"));

        await().until(() -> reachable.call().getState() == State.UP);
    }
}
