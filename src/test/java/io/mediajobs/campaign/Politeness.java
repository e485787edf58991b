package io.mediajobs.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What every provider may expect of all nodes together, whatever happens to them.
 *
 * @param perSecond requests in any second at the most
 * @param atOnce    requests at the same time at the most
 * @param killed    when processes were killed: what one of them was told and had not written down yet, the next one cannot know
 */
record Politeness(int perSecond, int atOnce, List<Instant> killed) {

    /** From an answer with Retry-After until no request is under way any more, on a machine that is busy. */
    static final Duration REACTION = Duration.ofSeconds(1);

    /** @param ledger {@code GET /simulator/ledger} */
    void check(JsonNode ledger, Findings findings) {
        ledger.path("arrivals").fields().forEachRemaining(provider -> {
            JsonNode came = provider.getValue();
            if (came.path("mostInASecond").asInt() > perSecond) {
                findings.add("a provider was asked faster than its rate", provider.getKey() + ": " + came.path("mostInASecond") + " in a second, and not " + perSecond);
            }
            if (came.path("mostAtOnce").asInt() > atOnce) {
                findings.add("a provider was asked by more at once than it may be", provider.getKey() + ": " + came.path("mostAtOnce") + " at once, and not " + atOnce);
            }
            for (JsonNode early : came.path("withinRetryAfter")) {
                Instant answered = Instant.parse(early.path("answered").asText());
                Instant asked = Instant.parse(early.path("came").asText());
                if (asked.isAfter(answered.plus(REACTION)) && killed.stream().noneMatch(at -> !at.isBefore(answered) && !at.isAfter(answered.plus(REACTION)))) {
                    findings.add("a provider was asked within its Retry-After", provider.getKey() + ": " + Duration.between(answered, asked).toMillis() + " ms after it had asked for patience");
                }
            }
        });
    }
}
