package io.mediajobs.cli;

/** Ends a command with a sentence for its caller and an exit code. */
public final class CommandException extends RuntimeException {

    private final ExitCode exitCode;

    /** @param sentence what is wrong and what would help; holds no secret */
    public CommandException(ExitCode exitCode, String sentence) {
        super(sentence);
        this.exitCode = exitCode;
    }

    public CommandException(ExitCode exitCode, String sentence, Throwable cause) {
        super(sentence, cause);
        this.exitCode = exitCode;
    }

    public ExitCode exitCode() {
        return exitCode;
    }
}
