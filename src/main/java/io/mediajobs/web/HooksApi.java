package io.mediajobs.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.mediajobs.intake.Registrar;
import io.mediajobs.job.JobKey;
import io.mediajobs.observe.Metrics;
import io.mediajobs.poll.HookTerms;
import io.mediajobs.poll.Providers;
import io.mediajobs.store.Hooks;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /hooks/{provider}}: a provider's webhook. It only wakes the job up: what its body says is not believed, the answer of the
 * status call decides. Whatever is not the provider's is refused before the store is asked.
 */
public final class HooksApi {

    private static final Logger LOG = LoggerFactory.getLogger(HooksApi.class);
    /** Characters; what is shorter can be guessed. */
    private static final int SHORTEST_SECRET = 16;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Providers providers;
    private final HookQueue queue;
    private final Metrics metrics;
    private final UnaryOperator<String> setting;
    private final Clock clock;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /** @param setting value of a setting by its name; empty if it has none */
    public HooksApi(Providers providers, HookQueue queue, Metrics metrics, UnaryOperator<String> setting, Clock clock) {
        this.providers = providers;
        this.queue = queue;
        this.metrics = metrics;
        this.setting = setting;
        this.clock = clock;
    }

    /**
     * 202 if it is on disk that the job is to be asked for at once, or it needs not be; nothing else is told about it. 503 if the store takes
     * nothing at the moment, or if the provider is not known while routes are exchanged: whether the sender tries again or not, the job is polled.
     */
    public void receive(Exchange exchange) {
        UnaryOperator<String> header = headers(exchange);
        ApiCall.run(exchange, request -> {
            String provider = request.segments() < 2 || request.segments() > 3 ? "" : request.segment(1);
            // before the terms are looked for, or an exchange that ends in between would go unnoticed
            boolean changing = providers.areChanging();
            HookTerms hook = providers.hook(provider).orElseThrow(() -> changing ? new ProblemException(Problem.ROUTES_CHANGE)
                    : new ProblemException(404, "no-hook", "There is no webhook of that provider."));
            List<String> secrets = hook.secrets().stream().map(setting).filter(secret -> secret.length() >= SHORTEST_SECRET).toList();
            if (secrets.isEmpty()) {
                if (told.add(provider)) {
                    LOG.warn("A webhook of {} came and is refused: none of {} has a value of at least {} characters", provider, hook.secrets(), SHORTEST_SECRET);
                }
                throw refused(provider, 404, "no-hook", "There is no webhook of that provider.");
            }
            byte[] body = request.body();
            String token = request.segments() == 3 ? request.segment(2) : null;
            HookSignature signature = new HookSignature(hook, secrets);
            if (!signature.isGenuine(header, body, token, clock.instant())) {
                throw refused(provider, 401, "wrong-signature", "This webhook is not signed with the secret of this provider, or its time is off.");
            }
            JobKey job = new JobKey(provider, jobId(provider, hook, body));
            metrics.hooked(provider, queue.receive(new Hooks.Hook(job, signature.id(provider, header, body))).word);
            return new ApiCall.Answer(202, JsonNodeFactory.instance.objectNode());
        });
    }

    private String jobId(String provider, HookTerms hook, byte[] body) {
        try {
            JsonNode json = JSON.readTree(body);
            for (String pointer : hook.jobId()) {
                JsonNode id = json == null ? null : json.at(pointer);
                if (id != null && id.isTextual() && Registrar.isJobId(id.textValue())) {
                    return id.textValue();
                }
            }
        } catch (JsonProcessingException e) {
            throw refused(provider, 400, "unreadable", "The body is not JSON.");
        } catch (IOException e) {
            throw refused(provider, 400, "unreadable", "The body is not UTF-8.");
        }
        throw refused(provider, 400, "no-job-id", "The body names no job at " + String.join(" or ", hook.jobId()) + ".");
    }

    private ProblemException refused(String provider, int status, String code, String sentence) {
        metrics.hooked(provider, code);
        return new ProblemException(status, code, sentence);
    }

    /** By name in any case, as they are before the answer takes their place. A header that came twice is none. */
    private static UnaryOperator<String> headers(Exchange exchange) {
        Map<String, Object> given = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        given.putAll(exchange.getMessage().getHeaders());
        return name -> given.get(name) instanceof String value ? value : null;
    }
}
