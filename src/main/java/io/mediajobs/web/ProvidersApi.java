package io.mediajobs.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mediajobs.config.NearestName;
import io.mediajobs.observe.StoreFigures;
import io.mediajobs.poll.ListTerms;
import io.mediajobs.poll.Provider;
import io.mediajobs.poll.Providers;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.ListRounds;
import io.mediajobs.store.ProviderState;
import io.mediajobs.store.UsualDuration;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The calls below {@code /api/providers}. */
public final class ProvidersApi {

    private static final Logger LOG = LoggerFactory.getLogger(ProvidersApi.class);

    private final Providers providers;
    private final JobStore jobs;
    private final ListRounds lists;
    private final StoreFigures figures;

    public ProvidersApi(Providers providers, JobStore jobs, ListRounds lists, StoreFigures figures) {
        this.providers = providers;
        this.jobs = jobs;
        this.lists = lists;
        this.figures = figures;
    }

    /** {@code GET /api/providers}: those with a route, and those that only have jobs left. The counts are some seconds old. */
    public void list(Exchange exchange) {
        ApiCall.run(exchange, request -> {
            request.query();
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            ArrayNode list = body.putArray("providers");
            Known known = known();
            known.names().forEach(name -> list.add(known.json(name)));
            JobJson.put(body, "countedAt", known.figures.at());
            return new ApiCall.Answer(200, body);
        });
    }

    /** {@code POST /api/providers/{provider}/pause}: none of its jobs is asked for until {@code resume}. */
    public void pause(Exchange exchange) {
        set(exchange, true);
    }

    /** {@code POST /api/providers/{provider}/resume}: ends whatever pause there is. */
    public void resume(Exchange exchange) {
        set(exchange, false);
    }

    private void set(Exchange exchange, boolean pause) {
        ApiCall.run(exchange, request -> {
            request.query();
            String name = request.segment(2);
            Known known = known();
            if (!known.names().contains(name)) {
                throw new ProblemException(404, "unknown-provider", "There is no provider of that name" + NearestName.of(name, known.names())
                        .map(near -> "; did you mean " + near + "?").orElse("; there are: " + String.join(", ", known.names()) + "."), "provider");
            }
            jobs.pause(name, pause);
            LOG.info("Provider {} is {} by an operator", name, pause ? "paused" : "resumed");
            return new ApiCall.Answer(200, known().json(name));
        });
    }

    private Known known() {
        Known known = new Known(figures.now());
        providers.all().forEach(provider -> {
            known.routes.put(provider.name(), provider);
            providers.list(provider.name()).ifPresent(terms -> known.lists.put(provider.name(), terms));
        });
        lists.states().forEach(state -> known.listStates.put(state.provider(), state));
        jobs.providers().forEach(state -> known.states.put(state.name(), state));
        return known;
    }

    private static final class Known {
        private final Map<String, Provider> routes = new TreeMap<>();
        private final Map<String, ProviderState> states = new TreeMap<>();
        private final Map<String, ListTerms> lists = new TreeMap<>();
        private final Map<String, ListRounds.State> listStates = new TreeMap<>();
        private final StoreFigures.Figures figures;

        private Known(StoreFigures.Figures figures) {
            this.figures = figures;
        }

        private TreeSet<String> names() {
            TreeSet<String> names = new TreeSet<>(routes.keySet());
            names.addAll(states.keySet());
            figures.counts().forEach(count -> names.add(count.provider()));
            return names;
        }

        private ObjectNode json(String name) {
            ObjectNode json = JsonNodeFactory.instance.objectNode().put("name", name);
            Provider route = routes.get(name);
            json.put("running", route != null && route.running());
            if (route != null) {
                json.put("every", seconds(route.every())).put("deadline", seconds(route.deadline())).put("atOnce", route.atOnce())
                        .put("asks", route.predicted() ? "predicted" : "fixed");
                JobJson.put(json, "account", route.account());
                if (!Double.isInfinite(route.perSecond())) {
                    json.put("rate", route.perSecond());
                }
            }
            ProviderState state = states.get(name);
            json.put("paused", state != null && state.pauseReason() != null);
            if (state != null) {
                JobJson.put(json, "pauseReason", state.pauseReason());
                JobJson.put(json, "pausedUntil", state.pausedUntil());
                if (state.failures() > 0) {
                    json.put("failures", state.failures());
                }
                JobJson.put(json, "lastError", state.lastError());
            }
            if (route != null && lists.containsKey(name)) {
                json.set("list", list(route, lists.get(name), listStates.get(name)));
            }
            ArrayNode usual = json.putArray("usualDurations");
            figures.usual().stream().filter(kind -> kind.provider().equals(name)).forEach(kind -> usual.add(usual(kind)));
            json.put("stalled", figures.stalled().getOrDefault(name, 0L));
            ObjectNode counts = json.putObject("jobs");
            figures.counts().stream().filter(count -> count.provider().equals(name)).forEach(count -> counts.put(count.state(), count.jobs()));
            return json;
        }

        private static ObjectNode list(Provider route, ListTerms terms, ListRounds.State state) {
            ObjectNode json = JsonNodeFactory.instance.objectNode().put("atLeast", terms.atLeast()).put("every", seconds(terms.every(route.every())));
            if (terms.discoverEvery() != null) {
                json.put("discoverEvery", seconds(terms.discoverEvery()));
            }
            if (state != null && state.restsUntil() != null) {
                JobJson.put(json, "restsUntil", state.restsUntil());
                JobJson.put(json, "lastError", state.lastError());
            }
            return json;
        }

        /** In seconds, of the jobs that were seen lately. */
        private static ObjectNode usual(UsualDuration kind) {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            if (!kind.model().isEmpty()) {
                json.put("model", kind.model());
            }
            json.put("jobs", kind.totals().count());
            kind.totals().quantile(0.5, 0).ifPresent(millis -> json.put("median", seconds(Duration.ofMillis(Math.round(millis)))));
            kind.totals().quantile(0.95, 0).ifPresent(millis -> json.put("nearlyAll", seconds(Duration.ofMillis(Math.round(millis)))));
            return json;
        }

        private static double seconds(Duration duration) {
            return duration.toMillis() / 1000.0;
        }
    }
}
