package io.mediajobs.web;

import com.fasterxml.jackson.databind.JsonNode;
import io.mediajobs.store.StoreException;
import io.mediajobs.store.StoreUnavailableException;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call of the API: the one place where answers and errors are written into an exchange. */
@FunctionalInterface
interface ApiCall {

    Logger LOG = LoggerFactory.getLogger(ApiCall.class);
    /** After which a store that was away is worth another try. */
    int RETRY_AFTER_SECONDS = 5;

    /**
     * @param status HTTP status
     * @param body   JSON
     */
    record Answer(int status, JsonNode body) {
    }

    /** @throws ProblemException if it cannot be done */
    Answer answer(ApiRequest request);

    static void run(Exchange exchange, ApiCall call) {
        Answer answer;
        String type = "application/json";
        int retryAfter = RETRY_AFTER_SECONDS;
        try {
            answer = call.answer(ApiRequest.of(exchange));
        } catch (RuntimeException e) {
            Problem problem = problem(e);
            answer = new Answer(problem.status(), problem.toJson());
            type = Problem.CONTENT_TYPE;
            retryAfter = problem == Problem.ROUTES_CHANGE ? 1 : RETRY_AFTER_SECONDS;
        }
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, answer.status());
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, type);
        if (answer.status() == 503) {
            exchange.getMessage().setHeader("Retry-After", retryAfter);
        }
        exchange.getMessage().setBody(answer.body().toString().getBytes(StandardCharsets.UTF_8));
    }

    private static Problem problem(RuntimeException error) {
        if (error instanceof ProblemException known) {
            return known.problem();
        }
        if (error instanceof StoreException || error instanceof JdbiException) {
            if (!(error instanceof StoreUnavailableException)) {
                LOG.warn("The job store did not answer an API call", error);
            }
            return new Problem(503, "store-unavailable", "The job store does not answer. Nothing is known to be done; try again.");
        }
        LOG.error("An API call failed", error);
        return new Problem(500, "internal", "Something went wrong here; the log says what.");
    }
}
