package io.mediajobs.poll;

import io.mediajobs.config.Durations;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobState;
import io.mediajobs.report.Report;
import io.mediajobs.report.Status;
import io.mediajobs.store.JobChange;
import io.mediajobs.store.JobStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What one page of a list says of the jobs that are followed; variable {@code news}. It is written all at once. */
public final class ListNews {

    /**
     * A job that is followed and stands on the page.
     *
     * @param status the report's word, or none
     * @param report null if what the page says is no report that fits
     * @param whole  whether no call for this job alone is needed
     */
    public record Told(Job job, String status, Report report, boolean whole) {
    }

    private final Instant soon;
    private final Instant now;
    private final Map<Long, Told> jobs = new TreeMap<>();
    private final List<JobStore.Listed> changes = new ArrayList<>();
    private final int told;

    /**
     * @param soon    jobs that are due by then are asked for by this page
     * @param horizon jobs that are due by then are what the page is asked for
     * @param now     by the store's clock
     */
    ListNews(Instant soon, Instant horizon, Instant now, List<Told> jobs) {
        this.soon = soon;
        this.now = now;
        jobs.forEach(each -> this.jobs.put(each.job().id(), each));
        this.told = (int) jobs.stream().filter(each -> !each.job().nextPollAt().isAfter(horizon)).count();
    }

    Instant now() {
        return now;
    }

    /** Jobs that the page was asked for and that it told of. */
    int told() {
        return told;
    }

    List<JobStore.Listed> changes() {
        return changes;
    }

    /** @param leased as it is now */
    Told of(Job leased) {
        Told seen = jobs.get(leased.id());
        return new Told(leased, seen.status(), seen.report(), seen.whole());
    }

    /** The provider still works on it. @param change as after an answer about this job alone */
    void goesOn(Job job, Report report, JobChange change, Duration askIn) {
        if (isDue(job)) {
            add(job, change);
            return;
        }
        JobState state = report.status() == Status.PENDING ? JobState.PENDING : JobState.PROCESSING;
        boolean progressed = report.progress() != null && !report.progress().equals(job.progress());
        if (state != job.state() || progressed) {
            // it was not asked for: its next ask may come sooner for that, and never later
            Duration left = Duration.between(now, job.nextPollAt());
            add(job, JobChange.to(state).progress(report.progress()).report(report.toJson().toString())
                    .askAgainIn(Durations.shorter(askIn, left)).noteNews(state.word(), null));
        }
    }

    /** Its end is written under a lease, like that of an answer about this job alone. */
    void ends(Job job) {
        add(job, null);
    }

    /** The page does not say enough. */
    void askSingly(Told told) {
        if (told.report() != null) {
            // what the list says next is no news any more
            add(told.job(), JobChange.to(null).askSinglyFromNowOn().askAgainIn(Duration.ZERO).note("listed", "the list says " + told.status()));
        } else if (isDue(told.job())) {
            add(told.job(), JobChange.to(null).askSingly().askAgainIn(Duration.ZERO));
        } else {
            add(told.job(), JobChange.to(null).askSingly());
        }
    }

    private void add(Job job, JobChange change) {
        changes.add(new JobStore.Listed(job, change));
    }

    private boolean isDue(Job job) {
        return !job.nextPollAt().isAfter(soon);
    }
}
