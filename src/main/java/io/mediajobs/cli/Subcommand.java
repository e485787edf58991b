package io.mediajobs.cli;

import java.util.concurrent.Callable;

/**
 * A command that another jar adds to the command line, found by {@link java.util.ServiceLoader}. The class carries picocli's
 * {@code @Command} with its name; a field {@code @ParentCommand Main} gives it the global options. It returns the number of an
 * {@link ExitCode}, and what it throws is told as any other command's.
 */
public interface Subcommand extends Callable<Integer> {
}
