package io.mediajobs.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One page of a provider's list of its jobs, as a mapping makes it: {@code {"jobs": [{"jobId", …}], "hasMore", "next"}}. What stands
 * beside a {@code jobId} is a report, or as much of one as the list tells.
 *
 * @param entries  one for each job, in the provider's order; of a job that stands there twice the first
 * @param count    entries that came, those without a usable id and doubles included: what an offset counts
 * @param hasMore  whether there is a next page
 * @param next     what the next page is asked for by, where pages are not counted; null if the provider says nothing
 */
public record ListPage(List<Entry> entries, int count, boolean hasMore, String next) {

    /** Entries of one page; nobody asks for so many. */
    static final int MOST_ENTRIES = 10_000;
    /** Characters of {@code next}: it goes into a URL. */
    static final int LONGEST_NEXT = 2_000;

    /**
     * What a list says of a job.
     *
     * @param report null if it is no report that fits, as with a status that nobody knows
     */
    public record Entry(String jobId, Report report) {

        /** Whether it says all that an answer about this job alone would say: that it failed and why, or that it is completed and with which assets. */
        public boolean isWhole() {
            return report != null && (report.status() == Status.COMPLETED && !report.assets().isEmpty() || report.status() == Status.FAILED && report.error() != null);
        }
    }

    /**
     * @param mapped what the mapping made of the answer
     * @throws UnfitReportException if that is no page
     */
    public static ListPage of(ObjectNode mapped) throws UnfitReportException {
        JsonNode jobs = mapped.path("jobs");
        if (!jobs.isArray()) {
            throw new UnfitReportException("jobs is " + StrictJson.kind(jobs) + " and not a list");
        }
        if (jobs.size() > MOST_ENTRIES) {
            throw new UnfitReportException("there are " + jobs.size() + " jobs on one page, more than " + MOST_ENTRIES);
        }
        JsonNode hasMore = mapped.path("hasMore");
        JsonNode next = mapped.path("next");
        if (!hasMore.isBoolean() && !nothing(hasMore) || !next.isTextual() && !nothing(next)) {
            throw new UnfitReportException("hasMore must be true or false, and next a text");
        }
        String cursor = next.isTextual() && !next.textValue().isEmpty() ? next.textValue() : null;
        if (cursor != null && cursor.length() > LONGEST_NEXT) {
            throw new UnfitReportException("next is longer than " + LONGEST_NEXT + " characters");
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (JsonNode job : jobs) {
            if (job.path("jobId").isTextual()) {
                entries.computeIfAbsent(job.get("jobId").textValue(), id -> entry(id, (ObjectNode) job));
            }
        }
        boolean more = hasMore.isBoolean() ? hasMore.booleanValue() : cursor != null;
        return new ListPage(List.copyOf(entries.values()), jobs.size(), more && !jobs.isEmpty(), cursor);
    }

    private static boolean nothing(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    private static Entry entry(String id, ObjectNode job) {
        ObjectNode report = job.deepCopy();
        report.remove("jobId");
        try {
            return new Entry(id, ReportSchema.read(report));
        } catch (UnfitReportException e) {
            return new Entry(id, null);
        }
    }
}
