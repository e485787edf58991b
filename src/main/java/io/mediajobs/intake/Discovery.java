package io.mediajobs.intake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mediajobs.report.AnswerReader;
import io.mediajobs.report.MappingException;
import io.mediajobs.report.Mappings;
import io.mediajobs.report.UnreadableAnswerException;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.ProviderState;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows jobs that nobody registered, from a provider's own list of them. Which list, and how its pages are asked for, is the route's. */
public final class Discovery {

    private static final Logger LOG = LoggerFactory.getLogger(Discovery.class);

    private final Registrar registrar;
    private final JobStore jobs;
    private final Mappings mappings;
    private final AnswerReader reader;

    public Discovery(Registrar registrar, JobStore jobs, Mappings mappings, AnswerReader reader) {
        this.registrar = registrar;
        this.jobs = jobs;
        this.mappings = mappings;
        this.reader = reader;
    }

    /** False while the provider is paused, for whatever reason: its list would be refused like its jobs. */
    public boolean mayAsk(String provider) {
        Instant now = jobs.now();
        return jobs.providers().stream().filter(state -> state.name().equals(provider)).noneMatch(state -> isPaused(state, now));
    }

    /** @param now by the store's clock, as the end of the pause is */
    private static boolean isPaused(ProviderState state, Instant now) {
        return state.pauseReason() != null && (state.pausedUntil() == null || state.pausedUntil().isAfter(now));
    }

    /**
     * Follows the jobs of one page. Moves the variables {@code offset} and {@code page} on to the next page and sets {@code hasMore},
     * whether there is one; takes the answer, headers and body, out of the exchange.
     *
     * @param provider whose jobs they are
     * @param mapping  jq file that makes {@code {"jobs": [{"jobId"}], "hasMore"}} of the page
     * @param exchange holds the answer, which is 2xx
     * @throws IOException if the answer breaks off
     */
    public void adopt(String provider, String mapping, Exchange exchange) throws IOException, MappingException, UnreadableAnswerException {
        ObjectNode page;
        try (InputStream body = exchange.getMessage().getBody(InputStream.class)) {
            page = reader.map(exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, String.class),
                    body == null ? InputStream.nullInputStream() : body, mappings.get(mapping));
        }
        exchange.setMessage(null);
        List<Registration> found = new ArrayList<>();
        for (JsonNode job : page.path("jobs")) {
            found.add(new Registration(provider, job.path("jobId").textValue(), null, Map.of()));
        }
        List<Result> results = registrar.register(found);
        long created = results.stream().filter(Result.Created.class::isInstance).count();
        if (created > 0) {
            LOG.info("{} jobs found in the list of {} are followed from now on.", created, provider);
        }
        List<Result.Refused> refused = results.stream().filter(Result.Refused.class::isInstance).map(Result.Refused.class::cast).toList();
        if (!refused.isEmpty()) {
            LOG.warn("{} jobs in the list of {} cannot be followed; the first: {}", refused.size(), provider, refused.get(0).sentence());
        }
        // by what came and not by what was asked for: the provider may give less at once
        exchange.setVariable("offset", exchange.getVariable("offset", 0, Integer.class) + found.size());
        exchange.setVariable("page", exchange.getVariable("page", 1, Integer.class) + 1);
        exchange.setVariable("hasMore", !found.isEmpty() && page.path("hasMore").asBoolean(false));
    }
}
