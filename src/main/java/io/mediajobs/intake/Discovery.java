package io.mediajobs.intake;

import io.mediajobs.poll.ListCall;
import io.mediajobs.report.ListPage;
import java.util.List;
import java.util.Map;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows jobs that nobody registered, from the pages of a provider's own list of them. */
public final class Discovery {

    private static final Logger LOG = LoggerFactory.getLogger(Discovery.class);

    private final Registrar registrar;

    public Discovery(Registrar registrar) {
        this.registrar = registrar;
    }

    /** Follows the jobs of one page. Those that are followed already are left as they are. */
    public void adopt(@Variable("list") ListCall list, @Variable("page") ListPage page) {
        List<Registration> found = page.entries().stream().map(entry -> new Registration(list.provider(), entry.jobId(), null, Map.of())).toList();
        List<Result> results = registrar.register(found);
        long created = results.stream().filter(Result.Created.class::isInstance).count();
        if (created > 0) {
            LOG.info("{} jobs found in the list of {} are followed from now on.", created, list.provider());
        }
        List<Result.Refused> refused = results.stream().filter(Result.Refused.class::isInstance).map(Result.Refused.class::cast).toList();
        if (!refused.isEmpty()) {
            LOG.warn("{} jobs in the list of {} cannot be followed; the first: {}", refused.size(), list.provider(), refused.get(0).sentence());
        }
    }
}
