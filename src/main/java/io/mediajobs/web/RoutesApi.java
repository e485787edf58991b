package io.mediajobs.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mediajobs.config.NearestName;
import java.util.List;
import org.apache.camel.Exchange;

/** The calls below {@code /api/routes}. */
public final class RoutesApi {

    /** Without it nothing could be resumed. */
    private static final String RESUME = "resume-route";

    private final RouteCatalog catalog;
    private final RouteControl control;

    public RoutesApi(RouteCatalog catalog, RouteControl control) {
        this.catalog = catalog;
        this.control = control;
    }

    /** {@code GET /api/routes}. */
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
            catalog.all().forEach(route -> list.add(json(route)));
            return new ApiCall.Answer(200, body);
        });
    }

    /** {@code GET /api/routes/{id}}. */
    public void show(Exchange exchange) {
        ApiCall.run(exchange, request -> {
            request.query();
            return new ApiCall.Answer(200, json(known(request.segment(2))));
        });
    }

    /** {@code POST /api/routes/{id}/pause}: its source takes in nothing more. */
    public void pause(Exchange exchange) {
        ApiCall.run(exchange, request -> {
            request.query();
            RouteCatalog.RouteEntry route = known(request.segment(2));
            if (route.id().equals(RESUME)) {
                throw new ProblemException(409, "not-pausable", "Without this route nothing could be resumed.", "id");
            }
            if (!control.canPause(route.id())) {
                throw new ProblemException(409, "not-pausable", "This route is called by others, which would wait for it with their work in hand."
                        + " Pause the route that the work comes from: one that begins with a timer, a queue, files or an HTTP call.", "id");
            }
            control.pause(route.id());
            return new ApiCall.Answer(200, json(known(route.id())));
        });
    }

    /** {@code POST /api/routes/{id}/resume}. */
    public void resume(Exchange exchange) {
        ApiCall.run(exchange, request -> {
            request.query();
            RouteCatalog.RouteEntry route = known(request.segment(2));
            control.resume(route.id());
            return new ApiCall.Answer(200, json(known(route.id())));
        });
    }

    private RouteCatalog.RouteEntry known(String id) {
        List<RouteCatalog.RouteEntry> routes = catalog.all().stream().filter(route -> route.id() != null).toList();
        return routes.stream().filter(route -> route.id().equals(id)).findFirst().orElseThrow(() -> {
            List<String> ids = routes.stream().map(RouteCatalog.RouteEntry::id).toList();
            return new ProblemException(404, "unknown-route", "There is no route of that id" + NearestName.of(id, ids)
                    .map(near -> "; did you mean " + near + "?").orElse("."), "id");
        });
    }

    private static ObjectNode json(RouteCatalog.RouteEntry route) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        JobJson.put(json, "id", route.id());
        json.put("file", route.file()).put("state", route.state());
        JobJson.put(json, "version", route.version());
        JobJson.put(json, "loadedAt", route.loadedAt());
        json.set("lastRejected", rejected(route.rejected()));
        return json;
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
