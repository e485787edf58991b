package io.mediajobs.poll;

import io.mediajobs.config.Durations;
import io.mediajobs.events.JobEvents;
import io.mediajobs.job.Failures;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobError;
import io.mediajobs.job.JobState;
import io.mediajobs.observe.Metrics;
import io.mediajobs.report.Answer;
import io.mediajobs.report.AnswerReader;
import io.mediajobs.report.Redaction;
import io.mediajobs.report.Report;
import io.mediajobs.report.Status;
import io.mediajobs.store.JobChange;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.ProviderSignal;
import java.time.Duration;
import java.time.Instant;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an answer does to its job and its provider. Each method is one branch of the router; which answer takes which branch, and with
 * which numbers, stands in {@code routes/}. Each writes its whole outcome in one transaction under the job's lease.
 */
public final class Outcomes {

    private static final Logger LOG = LoggerFactory.getLogger(Outcomes.class);

    private final JobStore jobs;
    private final DueLists lists;
    private final JobEvents events;
    private final Metrics metrics;

    public Outcomes(JobStore jobs, DueLists lists, JobEvents events, Metrics metrics) {
        this.jobs = jobs;
        this.lists = lists;
        this.events = events;
        this.metrics = metrics;
    }

    /**
     * The provider still works on it: asked again after {@code askIn}, at the latest at its deadline, or expired if that has passed.
     *
     * @param news  null for an answer about this job alone; otherwise the page of a list that says so, which is written as a whole
     * @param stall why somebody should look at it; null if it gets on
     * @param etag  what the provider calls this version of its answer; null if it said none
     */
    public void reschedule(@Variable("job") Job job, @Variable("report") Report report, @Variable("askIn") Duration askIn, @Variable("news") ListNews news,
            @Variable("stall") Stall stall, @Variable("etag") String etag) {
        JobState state = report.status() == Status.PENDING ? JobState.PENDING : JobState.PROCESSING;
        Instant now = news == null ? jobs.now() : news.now();
        if (news == null && jobs.isOverdue(job)) {
            expire(job, "The provider still says " + report.status().word() + ".", report, new ProviderSignal.Fine());
            return;
        }
        if (news != null && job.isOverdue(now)) {
            news.ends(job);
            return;
        }
        Duration next = atTheLatest(job.deadlineAt(), askIn, now);
        JobChange change = asked(job, JobChange.to(state), report).etag(etag).clearError().askAgainIn(next).listAgain();
        if (stall == null && job.stalledSince() == null) {
            change.noteNews(state.word(), null);
        } else if (stall == null) {
            change.moves().note("moving", null);
        } else if (job.stalledSince() == null) {
            LOG.info("Job {} does not get on: {}", job.key(), stall.message());
            change.stalled(stall.since(), events.stalled(job, state, new JobError(stall.code(), stall.message(), null), stall.since(), report)).note("stalled", stall.message());
        }
        if (news == null) {
            write(job, change, new ProviderSignal.Fine());
        } else {
            news.goesOn(job, report, change, next);
        }
    }

    /** The provider is done: the job is archiving from now on, and its lease stays with the archive. */
    public void beginArchive(@Variable("job") Job job, @Variable("report") Report report, @Variable("every") String every) {
        // it stays due: should this process die, whoever claims it next asks the provider for fresh URLs
        JobChange change = asked(job, JobChange.to(JobState.ARCHIVING), report).handOver().askAgainIn(Duration.ZERO)
                .noteNews("completed", report.assets().size() + (report.assets().size() == 1 ? " asset" : " assets") + " to archive");
        if (job.state() != JobState.ARCHIVING) {
            change.teaches(new JobClock(job, report, jobs.now()).lesson(every == null ? Duration.ZERO : Durations.parse(every)));
        }
        write(job, change, new ProviderSignal.Fine());
    }

    /** The provider says that the job failed. */
    public void fail(@Variable("job") Job job, @Variable("report") Report report) {
        JobError error = report.error() == null ? new JobError("failed", "The provider says failed and gives no reason.", null) : report.error();
        end(job, JobState.FAILED, error, report, new ProviderSignal.Fine());
    }

    /** The provider refuses the job for good, as with 451. */
    public void refuse(@Variable("job") Job job, @Variable("answer") Answer answer) {
        JobError error = new JobError(answer.error().code(), answer.error().message(), false);
        end(job, JobState.FAILED, error, null, new ProviderSignal.Fine());
    }

    /**
     * The provider does not know the job: asked again up to {@code asks} times in a row, since a new job may not be visible yet, then lost.
     *
     * @param every time between two asks
     */
    public void miss(@Variable("job") Job job, @Variable("answer") Answer answer, int asks, String every) {
        Failures failures = job.failures().oneMoreUnknown();
        if (failures.unknown() >= asks) {
            JobError error = new JobError("job-not-found", "The provider does not know this job; it was asked " + failures.unknown() + " times.", false);
            end(job, JobState.LOST, error, answer.report(), new ProviderSignal.Fine());
        } else if (jobs.isOverdue(job)) {
            expire(job, "The provider does not know the job.", answer.report(), new ProviderSignal.Fine());
        } else {
            write(job, JobChange.to(null).polled().failures(failures).askAgainIn(Backoff.spread(job, Durations.parse(every)))
                    .note("not-found", "ask " + failures.unknown() + " of " + asks), new ProviderSignal.Fine());
        }
    }

    /** The job cannot go on without a person: the provider refuses the request itself, and says why. */
    public void block(@Variable("job") Job job, @Variable("answer") Answer answer) {
        end(job, JobState.BLOCKED, answer.error(), null, new ProviderSignal.Fine());
    }

    /**
     * The status endpoint redirects. Following would carry the key elsewhere, so a person must look.
     *
     * @param pause before the next probe, if the provider is paused
     */
    public void blockRedirected(@Variable("job") Job job, @Variable("httpStatus") int httpStatus, String pause) {
        JobError error = new JobError("redirected", "The status endpoint answered " + httpStatus
                + ", a redirect. It is not followed, since the key would go along; correct the provider's url.", true);
        end(job, JobState.BLOCKED, error, null, new ProviderSignal.Unusable(error, Durations.parse(pause)));
    }

    // what pauses the provider leaves its jobs due: they go on the moment the pause ends, at the provider's rate

    /**
     * 429: the whole provider waits, for as long as it asks for or for {@code otherwise}, at the most for {@code longest}.
     *
     * @param job  that was asked for; null if it was a page of the list
     * @param list that page; null if it was a job
     */
    public void throttle(@Variable("job") Job job, @Variable("list") ListCall list, @Variable("retryAfter") Duration retryAfter, String otherwise, String longest) {
        Duration patience = Durations.shorter(retryAfter == null ? Durations.parse(otherwise) : retryAfter, Durations.parse(longest));
        ProviderSignal signal = new ProviderSignal.Throttled(patience);
        LOG.info("Provider {} asks for patience (429): nothing is asked for {} s", provider(job, list), patience.toSeconds());
        if (job == null) {
            lists.failed(list, signal, null, null, null);
        } else {
            write(job, JobChange.to(null).polled().askAgainIn(Duration.ZERO).note("throttled", "the provider waits " + patience.toSeconds() + " s"), signal);
        }
    }

    /**
     * The provider refuses us as such: all its jobs wait, one asks again after each {@code pause}.
     *
     * @param job      that was asked for; null if it was a page of the list
     * @param list     that page; null if it was a job
     * @param reason   {@code unauthorized} or {@code payment-required}
     * @param listRest how long the list is left alone, so that a key that may do everything but that does not keep the provider paused
     */
    public void pauseProvider(@Variable("job") Job job, @Variable("list") ListCall list, @Variable("answer") Answer answer, String reason, String pause, String listRest) {
        Duration time = Durations.parse(pause);
        ProviderSignal signal = new ProviderSignal.Refused(reason, answer.error(), time, answer.httpStatus() != 403);
        LOG.info("Provider {} answers {} ({}): its jobs wait, and it is tried again in {} s. Correct its key or its account; a restart or"
                + " `resume` tries at once.", provider(job, list), reason, answer.error().message(), time.toSeconds());
        if (job == null) {
            Duration rest = Durations.parse(listRest);
            lists.failed(list, signal, answer.error().message(), rest, rest);
        } else {
            write(job, JobChange.to(null).polled().askAgainIn(Duration.ZERO).note(reason, answer.error().message()), signal);
        }
    }

    /**
     * No useful answer: 5xx, time-out, reset, cut off. The job or the list backs off; after {@code threshold} of them in a row the whole
     * provider does.
     *
     * @param job      that was asked for; null if it was a page of the list
     * @param list     that page; null if it was a job
     * @param first    first backoff
     * @param longest  longest backoff
     * @param pause    first pause of the provider's circuit
     * @param longestPause longest pause of the circuit
     */
    public void backOff(Exchange exchange, @Variable("job") Job job, @Variable("list") ListCall list, @Variable("answer") Answer answer,
                        String first, String longest, int threshold, String pause, String longestPause) {
        if (job == null) {
            backOff(exchange, list, answer, threshold, Durations.parse(pause), Durations.parse(longestPause));
            return;
        }
        if (answer == null) {
            metrics.polled(job.provider(), "no-answer", Duration.ofMillis(exchange.getClock().elapsed()));
        }
        JobError error = answer == null ? unreachable(exchange) : answer.error();
        ProviderSignal signal = new ProviderSignal.Unavailable(error, threshold, Durations.parse(pause), Durations.parse(longestPause));
        if (jobs.isOverdue(job)) {
            expire(job, "The provider did not answer: " + error.message(), null, signal);
            return;
        }
        Failures failures = job.failures().oneMoreUnanswered();
        write(job, JobChange.to(null).polled().failures(failures).askAgainIn(Backoff.after(failures.unanswered(), Durations.parse(first), Durations.parse(longest)))
                .note("unavailable", error.message()), signal);
    }

    /** The list rests like the circuit: what its jobs are asked for one by one says whether the provider as a whole is away. */
    private void backOff(Exchange exchange, ListCall list, Answer answer, int threshold, Duration pause, Duration longestPause) {
        if (answer == null) {
            metrics.listed(list.provider(), "no-answer", Duration.ofMillis(exchange.getClock().elapsed()));
        }
        JobError error = answer == null ? unreachable(exchange) : answer.error();
        lists.failed(list, new ProviderSignal.Unavailable(error, threshold, pause, longestPause), error.message(), pause, longestPause);
    }

    /**
     * The list's answer cannot be used, or the list is not for us: it is left alone for a while, and the jobs are asked for one by one.
     *
     * @param answer null if something in a route went wrong
     * @param rest   twice as long each time, up to {@code longest}
     */
    public void restList(Exchange exchange, @Variable("list") ListCall list, @Variable("answer") Answer answer, String rest, String longest) {
        String why = answer == null ? unreachable(exchange).message() : answer.error().code() + ": " + answer.error().message();
        lists.failed(list, null, why, Durations.parse(rest), Durations.parse(longest));
    }

    /**
     * The answer cannot be used: backoff, and after {@code asks} of them in a row the job waits for a person, with the answer kept.
     *
     * @param pause before the next probe, if the provider is paused
     */
    public void unusable(@Variable("job") Job job, @Variable("answer") Answer answer, int asks, String first, String longest, String pause) {
        unusable(job, answer.error(), answer.excerpt(), asks, first, longest, pause);
    }

    /** The provider says completed and names no asset: asked again like any answer that cannot be used. */
    public void withoutAssets(@Variable("job") Job job, @Variable("report") Report report, int asks, String first, String longest, String pause) {
        unusable(job, new JobError("completed-without-assets", "The provider says completed but names no asset.", true),
                Redaction.cut(report.toJson().toString(), AnswerReader.LONGEST_EXCERPT), asks, first, longest, pause);
    }

    private void unusable(Job job, JobError error, String answer, int asks, String first, String longest, String pause) {
        ProviderSignal signal = new ProviderSignal.Unusable(error, Durations.parse(pause));
        Failures failures = job.failures().oneMoreUnusable();
        String detail = answer == null ? error.message() : error.message() + " Answer: " + answer;
        if (failures.unusable() >= asks) {
            write(job, JobChange.to(JobState.BLOCKED).polled().failures(failures).askNoMore().error(error).note("blocked", detail)
                    .event(events.ended(job, JobState.BLOCKED, error, null)), signal);
        } else if (jobs.isOverdue(job)) {
            expire(job, error.message(), null, signal);
        } else {
            write(job, JobChange.to(null).polled().failures(failures).askAgainIn(Backoff.after(failures.unusable(), Durations.parse(first), Durations.parse(longest)))
                    .note("unusable-answer", detail), signal);
        }
    }

    /**
     * Something in a route went wrong that no branch is for, as after a bad edit: the job is given back and asked again after {@code delay},
     * until it is mended or the job's deadline has passed.
     */
    public void giveBack(Exchange exchange, @Variable("job") Job job, String delay) {
        Throwable cause = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Throwable.class);
        String message = Redaction.text(String.valueOf(cause));
        if (job.lease() == null) {
            // a page of a list tells of it, and nobody holds it: it is asked for by itself next
            LOG.error("What a list says of job {} could not be used: {}.", job.key(), message);
            return;
        }
        if (jobs.isOverdue(job)) {
            expire(job, "It could not be worked on: " + message, null, null);
            return;
        }
        LOG.error("Job {} could not be worked on: {}. It is asked again in {}.", job.key(), message, delay);
        write(job, JobChange.to(null).askAgainIn(Backoff.spread(job, Durations.parse(delay))).note("trouble", message), null);
    }

    /**
     * The request did not go out, since its provider has been paused meanwhile: the job is due as before, and was not asked for; a round through a
     * list is over.
     */
    public void giveBackUnasked(@Variable("job") Job job, @Variable("list") ListCall list) {
        if (job == null) {
            lists.giveUp(list);
        } else {
            jobs.release(job);
        }
    }

    private static JobError unreachable(Exchange exchange) {
        Throwable cause = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Throwable.class);
        String message = cause == null ? "no answer" : Redaction.text(cause.getClass().getSimpleName() + ": " + cause.getMessage());
        return new JobError("no-answer", message, true);
    }

    private static Duration atTheLatest(Instant deadline, Duration time, Instant now) {
        Duration left = deadline == null ? time : Duration.between(now, deadline);
        return left.compareTo(time) < 0 && !left.isNegative() ? left : time;
    }

    private static String provider(Job job, ListCall list) {
        return job == null ? list.provider() : job.provider();
    }

    private void expire(Job job, String last, Report report, ProviderSignal signal) {
        JobError error = new JobError("deadline", "Not finished by its deadline " + job.deadlineAt() + ". " + last, false);
        end(job, JobState.EXPIRED, error, report, signal);
    }

    private void end(Job job, JobState end, JobError error, Report report, ProviderSignal signal) {
        JobChange change = report == null ? JobChange.to(end).polled() : asked(job, JobChange.to(end), report);
        write(job, change.askNoMore().error(error).note(end.word(), error.message()).event(events.ended(job, end, error, report)), signal);
    }

    private static JobChange asked(Job job, JobChange change, Report report) {
        return change.polled().failures(job.failures().answered()).progress(report.progress()).report(report.toJson().toString());
    }

    private void write(Job job, JobChange change, ProviderSignal signal) {
        Job after = jobs.apply(job, change, signal);
        if (after.state() != job.state()) {
            LOG.info("Job {} is {} (was {}){}", job.key(), after.state().word(), job.state().word(),
                    after.error() == null ? "" : ": " + after.error().message());
        }
    }
}
