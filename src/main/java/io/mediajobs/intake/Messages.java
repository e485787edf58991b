package io.mediajobs.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.mediajobs.poll.Providers;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;

/**
 * Takes in messages of a queue, each a registration or an array of them, as {@code POST /api/jobs} does. Nothing is thrown for a message that
 * is wrong, so that whatever is thrown may be tried again. Safe for concurrent use.
 */
public final class Messages {

    private final RegistrationReader reader = new RegistrationReader();
    private final Registrar registrar;
    private final Providers providers;

    public Messages(Registrar registrar, Providers providers) {
        this.registrar = registrar;
        this.providers = providers;
    }

    /**
     * Follows the jobs that the body names; when this returns, those that could be taken are on disk. The body becomes the text that it was read as.
     *
     * @return why something of it was not taken, a sentence; null if all was
     * @throws IllegalStateException while no provider is there, since everything would be refused
     * @throws RuntimeException      if the store does not answer
     */
    public String take(Exchange exchange) {
        if (providers.all().isEmpty()) {
            throw new IllegalStateException("There is no provider yet.");
        }
        try {
            String text = text(exchange);
            exchange.getMessage().setBody(text);
            JsonNode json = reader.parse(text);
            return json.isArray() ? takeAll(json) : refusal(registrar.register(reader.read(json)));
        } catch (RefusedException e) {
            return e.refused().sentence();
        }
    }

    private static String refusal(Result result) {
        return result instanceof Result.Refused refused ? refused.sentence() : null;
    }

    private String takeAll(JsonNode entries) throws RefusedException {
        if (entries.size() > Registrar.MOST_TOGETHER) {
            throw new RefusedException(Result.Refused.UNREADABLE, "An array holds at most " + Registrar.MOST_TOGETHER + " registrations; this one has " + entries.size() + ".", null);
        }
        List<String> refusals = new ArrayList<>();
        registrar.register(reader, entries).forEach(result -> refusals.add(refusal(result)));
        List<Integer> refused = IntStream.range(0, refusals.size()).filter(i -> refusals.get(i) != null).boxed().toList();
        return refused.isEmpty() ? null : refused.size() + " of " + refusals.size() + " registrations were refused. The first, at index " + refused.get(0) + ": "
                + refusals.get(refused.get(0));
    }

    private static String text(Exchange exchange) throws RefusedException {
        Object body;
        try {
            body = exchange.getMessage().getBody();
        } catch (RuntimeException e) {
            // such as a serialised Java object, which is not opened
            body = null;
        }
        if (body instanceof String text) {
            return text;
        }
        exchange.getMessage().setBody("");
        if (body instanceof byte[] bytes) {
            try {
                return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            } catch (CharacterCodingException e) {
                throw new RefusedException(Result.Refused.UNREADABLE, "The message is not UTF-8.", null);
            }
        }
        throw new RefusedException(Result.Refused.UNREADABLE, "The message has neither text nor bytes.", null);
    }
}
