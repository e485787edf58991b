package io.mediajobs.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mediajobs.store.Outbox;
import io.mediajobs.store.OutboxEvent;
import io.mediajobs.store.StoreException;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;

/** The calls below {@code /api/events}. */
public final class EventsApi {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Outbox outbox;

    public EventsApi(Outbox outbox) {
        this.outbox = outbox;
    }

    /** {@code GET /api/events}: oldest first, those behind the position {@code after}; whoever keeps the last position can go on from it. With {@code parked=true} only the parked ones. */
    public void list(Exchange exchange) {
        ApiCall.run(exchange, request -> {
            Map<String, String> query = request.query("after", "limit", "parked");
            int limit = ApiRequest.limit(query);
            String after = query.getOrDefault("after", "");
            if (!after.matches("[0-9]{0,18}")) {
                throw new ProblemException(400, "invalid-cursor", "after is the position of an event, or the value of next in an earlier answer.", "after");
            }
            String parked = query.getOrDefault("parked", "false");
            if (!parked.equals("true") && !parked.equals("false")) {
                throw new ProblemException(400, "invalid-parked", "parked is true, for the events that their destination refused, or false for all.", "parked");
            }
            long from = after.isEmpty() ? 0 : Long.parseLong(after);
            List<OutboxEvent> page = parked.equals("true") ? outbox.parked(from, limit + 1) : outbox.list(from, limit + 1);
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            ArrayNode list = body.putArray("events");
            page.stream().limit(limit).forEach(event -> list.add(json(event)));
            body.put("next", page.size() > limit ? String.valueOf(page.get(limit - 1).number()) : null);
            return new ApiCall.Answer(200, body);
        });
    }

    /** {@code POST /api/events/{id}/republish}: sends an event once more, with the same id. */
    public void republish(Exchange exchange) {
        ApiCall.run(exchange, request -> {
            request.query();
            String id = request.segment(2);
            if (!outbox.republish(id)) {
                throw new ProblemException(404, "unknown-event", "There is no event of this id. Slashes in an id are written %2F.");
            }
            return new ApiCall.Answer(200, JsonNodeFactory.instance.objectNode().put("id", id).put("status", "waiting"));
        });
    }

    private static ObjectNode json(OutboxEvent event) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("position", event.number()).put("id", event.id()).put("type", event.type()).put("subject", event.subject());
        JobJson.put(json, "createdAt", event.createdAt());
        json.put("attempts", event.attempts());
        JobJson.put(json, "publishedAt", event.publishedAt());
        JobJson.put(json, "parkedAt", event.parkedAt());
        JobJson.put(json, "lastError", event.lastError());
        try {
            json.set("event", JSON.readTree(event.payload()));
        } catch (JsonProcessingException e) {
            throw new StoreException("The event " + event.id() + " in the store is not JSON.", e);
        }
        return json;
    }
}
