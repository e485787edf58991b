package io.mediajobs.demo;

import io.mediajobs.job.JobState;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** A line for each change of a job's state: for logs, pipes and simple terminals. */
final class PlainView implements JobsView {

    private final PrintWriter out;
    private final Map<DemoJob, JobState> last = new HashMap<>();

    PlainView(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void show(double seconds, Map<DemoJob, JobStanding> standings) {
        standings.forEach((job, standing) -> {
            if (last.put(job, standing.state()) != standing.state() && standing.state() != JobState.PENDING) {
                out.printf(Locale.ROOT, "%5.1f s  %-28s %-10s  %s%n", seconds, job.name(), standing.state().word(),
                        standing.isSettled() && !standing.error().isEmpty() ? standing.error() : "(" + job.story() + ")");
            }
        });
        out.flush();
    }
}
