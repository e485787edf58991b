package io.mediajobs.intake;

/** A registration that cannot be taken, and why. */
public class RefusedException extends Exception {

    private final transient Result.Refused refused;

    public RefusedException(Result.Refused refused) {
        super(refused.sentence());
        this.refused = refused;
    }

    RefusedException(String code, String sentence, String field) {
        this(new Result.Refused(code, sentence, field));
    }

    public Result.Refused refused() {
        return refused;
    }
}
