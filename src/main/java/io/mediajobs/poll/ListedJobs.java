package io.mediajobs.poll;

import io.mediajobs.job.Job;
import io.mediajobs.report.ListPage;
import io.mediajobs.store.JobStore;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;

/** The jobs on a page of a provider's list: finds those that are followed and may be told of, and writes what the page says of them. */
public final class ListedJobs {

    private final JobStore jobs;
    private final Leases leases;

    public ListedJobs(JobStore jobs, Leases leases) {
        this.jobs = jobs;
        this.leases = leases;
    }

    /**
     * Sets the variable {@code news}, and {@code now}, the store's time.
     *
     * @return the jobs that the page tells of
     */
    public List<ListNews.Told> followed(@Variable("list") ListCall call, @Variable("page") ListPage page, Exchange exchange) {
        Map<String, ListPage.Entry> entries = page.entries().stream().collect(Collectors.toMap(ListPage.Entry::jobId, Function.identity()));
        List<ListNews.Told> told = jobs.listed(call.provider(), entries.keySet(), call.round().askedAt()).stream()
                .map(job -> told(job, entries.get(job.jobId()))).toList();
        ListNews news = new ListNews(call.terms().use().soon(call.round().beganAt()), call.terms().use().horizon(call.round().beganAt()), jobs.now(), told);
        exchange.setVariable("news", news);
        exchange.setVariable("now", news.now());
        return told;
    }

    private static ListNews.Told told(Job job, ListPage.Entry entry) {
        return new ListNews.Told(job, entry.report() == null ? "none" : entry.report().status().word(), entry.report(), entry.isWhole());
    }

    /** The page says all that there is to say: the job goes the way of an answer about it alone. */
    public void end(@Variable("news") ListNews news, @Body ListNews.Told told) {
        news.ends(told.job());
    }

    /** The page does not say enough: the job is asked for by a call of its own. */
    public void askSingly(@Variable("news") ListNews news, @Body ListNews.Told told) {
        news.askSingly(told);
    }

    /**
     * Writes the news in one transaction.
     *
     * @return the jobs that have ended, each leased
     */
    public List<ListNews.Told> write(@Variable("news") ListNews news) {
        List<Job> taken = news.changes().isEmpty() ? List.of() : jobs.apply(news.changes(), leases.duration());
        return taken.stream().map(news::of).toList();
    }
}
