package io.mediajobs.bench;

import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Resident memory of a process while some work goes on. */
final class ResidentMemory {

    private final long pid;
    private final TreeMap<Double, Long> samples = new TreeMap<>();

    ResidentMemory(long pid) {
        this.pid = pid;
    }

    /** @param done how much of the work, from 0 to 1 @return true */
    boolean sample(double done) {
        samples.put(done, ProductProcess.residentMib(pid, "VmRSS"));
        return true;
    }

    /** Lowest and highest while bytes flowed, and at quarters of the work that was seen. */
    @Override
    public String toString() {
        double last = samples.lastKey();
        String quarters = Stream.of(0.05, 0.25, 0.5, 0.75, 1.0).filter(done -> done <= last + 0.01)
                .map(done -> (int) (done * 100) + " %% %d".formatted(samples.floorEntry(Math.min(last, done)).getValue())).collect(Collectors.joining(", "));
        var flowing = samples.tailMap(0.02).values().stream().mapToLong(Long::longValue).summaryStatistics();
        return "min " + flowing.getMin() + ", max " + flowing.getMax() + "; at " + quarters;
    }
}
