package io.mediajobs.demo.simulator;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpResponseStatus;

/** The bodies of one provider, field by field as its documentation prints them. */
interface Answers {

    /** A job that the provider knows. */
    ObjectNode job(JobView job);

    /** An id that it does not know. */
    ObjectNode notFound(String jobId);

    /** Any other HTTP error. */
    ObjectNode error(int status);

    static Answers of(ProviderApi api, String baseUrl) {
        return switch (api) {
            case PICTORY -> new PictoryAnswers(baseUrl);
            case PRODUCTAI -> new ProductAiAnswers();
            case STORIES -> new StoriesAnswers();
        };
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** RFC 3339, UTC, whole seconds. */
    static String time(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** The reason phrase for a status. */
    static String reason(int status) {
        return HttpResponseStatus.valueOf(status).reasonPhrase();
    }
}
