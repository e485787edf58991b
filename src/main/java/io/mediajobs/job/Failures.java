package io.mediajobs.job;

/**
 * What went wrong with a job in a row, each kind counted by itself, since each has its own limit: a provider that is away for a while must not
 * make one odd answer the last straw.
 *
 * @param unknown    answers that said the job is not known
 * @param unanswered asks without a useful answer: time-out, reset, 5xx
 * @param unusable   answers that could not be used; asks without an answer in between neither count nor end the row
 * @param archive    tries to bring its assets home
 */
public record Failures(int unknown, int unanswered, int unusable, int archive) {

    public static final Failures NONE = new Failures(0, 0, 0, 0);

    public Failures oneMoreUnknown() {
        return new Failures(unknown + 1, 0, 0, archive);
    }

    public Failures oneMoreUnanswered() {
        return new Failures(unknown, unanswered + 1, unusable, archive);
    }

    public Failures oneMoreUnusable() {
        return new Failures(unknown, 0, unusable + 1, archive);
    }

    /** The provider gave an answer that could be used. */
    public Failures answered() {
        return new Failures(0, 0, 0, archive);
    }

    /** @param inARow tries to bring the assets home that failed, this one included */
    public Failures ofArchive(int inARow) {
        return new Failures(unknown, unanswered, unusable, inARow);
    }
}
