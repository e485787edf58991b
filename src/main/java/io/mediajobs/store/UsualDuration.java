package io.mediajobs.store;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How long jobs of one kind take, learned from those that completed.
 *
 * @param provider whose they are
 * @param model    what the report's attribute {@code model} says; empty if nothing
 * @param totals   milliseconds from the job's creation at the provider to its end
 * @param rests    how much longer a job took after its progress was seen, over what that progress promised, by ten per cent of progress: 1 where
 *                 progress is even
 * @param endsAreTold whether the provider says when a job ended, so that what is known does not depend on when it was asked
 */
public record UsualDuration(String provider, String model, Histogram totals, Map<Integer, Histogram> rests, boolean endsAreTold) {

    /**
     * What one completed job teaches.
     *
     * @param total milliseconds; null if unknown
     * @param rests by ten per cent of progress; empty if no progress was seen
     * @param told  whether the provider said when it ended
     */
    public record Lesson(String model, Double total, Map<Integer, Double> rests, boolean told) {
    }

    /** What was learned of this kind, if anything was. */
    public static Optional<UsualDuration> of(List<UsualDuration> all, String provider, String model) {
        return all.stream().filter(kind -> kind.provider.equals(provider) && kind.model.equals(model)).findFirst();
    }

    /** With one lesson more. */
    public UsualDuration with(Lesson lesson) {
        Map<Integer, Histogram> more = new TreeMap<>(rests);
        lesson.rests().forEach((tenth, rest) -> more.put(tenth, more.getOrDefault(tenth, Histogram.EMPTY).with(rest)));
        return new UsualDuration(provider, model, lesson.total() == null ? totals : totals.with(lesson.total()), more, lesson.told());
    }
}
