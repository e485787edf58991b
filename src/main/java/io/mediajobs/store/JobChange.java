package io.mediajobs.store;

import io.mediajobs.job.Failures;
import io.mediajobs.job.JobError;
import io.mediajobs.job.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What one outcome does to a job: everything in it is written in one transaction, or nothing is. Built in steps; what is not
 * named stays as it is, except that an outcome gives the lease back unless {@link #keepLease()} or {@link #handOver()} is said.
 */
public final class JobChange {

    final JobState state;
    Integer progress;
    Duration nextPollIn;
    boolean stopPolling;
    boolean askAtOnce;
    JobError error;
    boolean clearError;
    String report;
    String etag;
    String manifest;
    Failures failures;
    boolean countPoll;
    boolean keepLease;
    boolean pollIsOver;
    Singly singly;
    String what;
    String detail;
    boolean onlyIfStateChanges;
    boolean looksAtStall;
    Instant stalledSince;
    NewEvent stallEvent;
    UsualDuration.Lesson lesson;
    final List<NewEvent> events = new ArrayList<>();

    /** How a job is asked for next where its provider has a list; the words are those of the store. */
    enum Singly {
        /** by a call of its own until that is answered */
        ONCE("once"),
        /** by calls of its own to its end */
        ALWAYS("always"),
        /** by the list again, unless it was {@link #ALWAYS} */
        NO_MORE(null);

        final String word;

        Singly(String word) {
            this.word = word;
        }
    }

    private JobChange(JobState state) {
        this.state = state;
    }

    /** @param state the state after the change; null leaves it */
    public static JobChange to(JobState state) {
        return new JobChange(state);
    }

    /** @param percent 0 to 100; null leaves it as it is */
    public JobChange progress(Integer percent) {
        this.progress = percent;
        return this;
    }

    /** The job is due again after {@code delay}. */
    public JobChange askAgainIn(Duration delay) {
        this.nextPollIn = delay;
        return this;
    }

    /** The job is due at once; while somebody works on it, right after that, whatever comes of it. */
    public JobChange askAtOnce() {
        this.askAtOnce = true;
        return this;
    }

    /** The job is not asked for any more. */
    public JobChange askNoMore() {
        this.stopPolling = true;
        return this;
    }

    public JobChange error(JobError why) {
        this.error = why;
        return this;
    }

    public JobChange clearError() {
        this.clearError = true;
        return this;
    }

    /** @param json the last report, redacted; null leaves the one before */
    public JobChange report(String json) {
        this.report = json;
        return this;
    }

    /** What the provider calls the version of its answer that {@link #report} was made of; null if it says nothing. Without a report it is not written. */
    public JobChange etag(String version) {
        this.etag = version;
        return this;
    }

    public JobChange manifest(String key) {
        this.manifest = key;
        return this;
    }

    public JobChange failures(Failures inARow) {
        this.failures = inARow;
        return this;
    }

    /** The provider was asked once. */
    public JobChange polled() {
        this.countPoll = true;
        return this;
    }

    /** The work goes on: the lease stays with its holder. */
    public JobChange keepLease() {
        this.keepLease = true;
        return this;
    }

    /** The work goes on, but the provider is not being asked any more: its place is free for the next poll. */
    public JobChange handOver() {
        this.pollIsOver = true;
        return keepLease();
    }

    /** The next ask is a call for this job alone, though its provider has a list of jobs. */
    public JobChange askSingly() {
        this.singly = Singly.ONCE;
        return this;
    }

    /** As {@link #askSingly()}, for all asks from now on: what the list says of the job is not heard any more. */
    public JobChange askSinglyFromNowOn() {
        this.singly = Singly.ALWAYS;
        return this;
    }

    /** A call for this job alone has been answered: the list may tell of it again. */
    public JobChange listAgain() {
        this.singly = Singly.NO_MORE;
        return this;
    }

    /** Adds a line to the timeline. */
    public JobChange note(String what, String detail) {
        this.what = what;
        this.detail = detail;
        return this;
    }

    /** Adds a line to the timeline if the state is another one than before: polls that bring no news leave none. */
    public JobChange noteNews(String what, String detail) {
        this.onlyIfStateChanges = true;
        return note(what, detail);
    }

    /**
     * The job does not get on.
     *
     * @param since from when on
     * @param event told the first time in this attempt only
     */
    public JobChange stalled(Instant since, NewEvent event) {
        this.looksAtStall = true;
        this.stalledSince = since;
        this.stallEvent = event;
        return this;
    }

    /** The job gets on, if it did not before. */
    public JobChange moves() {
        this.looksAtStall = true;
        return this;
    }

    /** Adds to what is known of how long such jobs take; null is nothing. */
    public JobChange teaches(UsualDuration.Lesson lesson) {
        this.lesson = lesson;
        return this;
    }

    /** Puts an event into the outbox in the same transaction; null is none. */
    public JobChange event(NewEvent event) {
        if (event != null) {
            events.add(event);
        }
        return this;
    }
}
