package io.mediajobs.web;

/** A request that cannot be done; the caller gets the problem as the answer. */
public class ProblemException extends RuntimeException {

    private final transient Problem problem;

    public ProblemException(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    public ProblemException(int status, String code, String detail) {
        this(new Problem(status, code, detail));
    }

    public ProblemException(int status, String code, String detail, String field) {
        this(new Problem(status, code, detail, field));
    }

    public Problem problem() {
        return problem;
    }
}
