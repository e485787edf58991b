package io.mediajobs.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.camel.Exchange;

/** {@code GET /api/routes}. */
public final class RoutesApi {

    private final RouteCatalog catalog;

    public RoutesApi(RouteCatalog catalog) {
        this.catalog = catalog;
    }

    public void list(Exchange exchange) {
        ApiCall.run(exchange, request -> {
            request.query();
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            RouteCatalog.Edition edition = catalog.edition();
            JobJson.put(body, "version", edition.version());
            JobJson.put(body, "loadedAt", edition.loadedAt());
            ArrayNode rejected = body.putArray("rejected");
            edition.rejected().forEach(rejection -> rejected.add(rejected(rejection)));
            ArrayNode waiting = body.putArray("needsRestart");
            edition.waiting().forEach(waiting::add);
            ArrayNode list = body.putArray("routes");
            for (RouteCatalog.RouteEntry route : catalog.all()) {
                ObjectNode json = list.addObject();
                JobJson.put(json, "id", route.id());
                json.put("file", route.file()).put("state", route.state());
                JobJson.put(json, "version", route.version());
                JobJson.put(json, "loadedAt", route.loadedAt());
                json.set("lastRejected", rejected(route.rejected()));
            }
            return new ApiCall.Answer(200, body);
        });
    }

    private static ObjectNode rejected(RouteCatalog.Rejected rejected) {
        if (rejected == null) {
            return null;
        }
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        JobJson.put(json, "at", rejected.at());
        JobJson.put(json, "file", rejected.file());
        if (rejected.line() != null) {
            json.put("line", rejected.line());
        }
        if (rejected.column() != null) {
            json.put("column", rejected.column());
        }
        return json.put("message", rejected.message());
    }
}
