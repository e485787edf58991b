package io.mediajobs.demo;

import io.mediajobs.cli.Terminal;
import io.mediajobs.job.JobState;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A table in place, with a progress bar for each job. */
final class LiveView implements JobsView {

    private static final int BAR = 16;
    private static final String ESC = "\u001b[";

    private final PrintWriter out;
    private final String full;
    private final String empty;
    private Terminal terminal = Terminal.now();
    private int frames;
    private int drawn;

    /** @param blocks whether the terminal can show block characters */
    LiveView(PrintWriter out, boolean blocks) {
        this.out = out;
        this.full = blocks ? "\u2588" : "#";
        this.empty = blocks ? "\u2591" : "-";
    }

    @Override
    public void show(double seconds, Map<DemoJob, JobStanding> standings) {
        if (frames++ % 8 == 7) {
            terminal = Terminal.now();
        }
        List<String> lines = new ArrayList<>();
        lines.add(cut(String.format(Locale.ROOT, "%5.1f s  %d jobs: %s", seconds, standings.size(), counts(standings))));
        List<Map.Entry<DemoJob, JobStanding>> rows = new ArrayList<>(standings.entrySet());
        int room = Math.max(1, terminal.rows() - 3);
        if (rows.size() > room) {
            // the terminal is too low for all: those that are done go first
            rows.sort(Comparator.comparing(row -> row.getValue().isSettled()));
            rows = rows.subList(0, room);
        }
        rows.forEach(row -> lines.add(line(row.getKey(), row.getValue())));
        StringBuilder frame = new StringBuilder();
        if (drawn > 0) {
            frame.append(ESC).append(drawn).append('A');
        }
        for (String line : lines) {
            frame.append('\r').append(ESC).append("2K").append(line).append('\n');
        }
        // what a longer frame left below
        frame.append(ESC).append("0J");
        drawn = lines.size();
        out.print(frame);
        out.flush();
    }

    private static String counts(Map<DemoJob, JobStanding> standings) {
        Map<JobState, Long> counts = standings.values().stream().collect(Collectors.groupingBy(JobStanding::state, Collectors.counting()));
        return Arrays.stream(JobState.values()).filter(counts::containsKey).map(state -> counts.get(state) + " " + state.word())
                .collect(Collectors.joining(", "));
    }

    private String line(DemoJob job, JobStanding standing) {
        int percent = percent(standing);
        int filled = percent * BAR / 100;
        String bar = full.repeat(filled) + empty.repeat(BAR - filled);
        String left = String.format("%-14s %-10s ", job.simulated().provider(), job.simulated().jobId());
        String state = String.format(" %-10s ", standing.state().word());
        String remark = cut(job.story(), terminal.columns() - 1 - left.length() - BAR - state.length());
        String colour = colour(standing.state());
        return left + ESC + colour + "m" + bar + state + ESC + "0m" + ESC + "2m" + remark + ESC + "0m";
    }

    /** Most providers tell no progress before they are done: then the state has to do. */
    private static int percent(JobStanding standing) {
        return switch (standing.state()) {
            case PENDING -> 0;
            case PROCESSING -> standing.progress() == null ? 10 : Math.min(90, standing.progress());
            case ARCHIVING -> 95;
            case ARCHIVED, FAILED, LOST, EXPIRED, CANCELLED, BLOCKED -> 100;
        };
    }

    private static String colour(JobState state) {
        return switch (state) {
            case PENDING -> "90";
            case PROCESSING -> "36";
            case ARCHIVING -> "34";
            case ARCHIVED -> "32";
            case FAILED, LOST, EXPIRED -> "31";
            case BLOCKED, CANCELLED -> "33";
        };
    }

    private String cut(String text) {
        return cut(text, terminal.columns() - 1);
    }

    private static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, Math.max(0, width));
    }
}
