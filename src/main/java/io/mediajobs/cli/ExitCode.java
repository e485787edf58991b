package io.mediajobs.cli;

/** What the process says to its caller when it ends. The numbers are part of the interface: scripts and service managers go by them. */
public enum ExitCode {
    OK(0, "done; for run: stopped on request"),
    FINDINGS(1, "done, but not all is well: a job was refused, a check found something, the demo ended otherwise than expected"),
    USAGE(2, "the command line is wrong"),
    CONFIGURATION(3, "a setting, a route file, a folder or a port stops the start"),
    STORE(4, "the job store cannot be opened, is damaged, or another process has it"),
    UNREACHABLE(5, "S3, the job store of the running program, or another endpoint cannot be reached or refuses us"),
    NOT_RUNNING(6, "the running program cannot be reached, or does not take the token"),
    INTERNAL(70, "an error of the program itself");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    public int number() {
        return number;
    }

    /** Half a sentence, for {@code --help}. */
    public String meaning() {
        return meaning;
    }
}
