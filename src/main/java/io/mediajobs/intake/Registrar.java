package io.mediajobs.intake;

import static io.mediajobs.intake.Result.Refused.INVALID_DEADLINE;
import static io.mediajobs.intake.Result.Refused.INVALID_JOB_ID;
import static io.mediajobs.intake.Result.Refused.INVALID_PROVIDER;
import static io.mediajobs.intake.Result.Refused.INVALID_TAGS;
import static io.mediajobs.intake.Result.Refused.UNKNOWN_PROVIDER;

import com.fasterxml.jackson.databind.JsonNode;
import io.mediajobs.config.Durations;
import io.mediajobs.config.NearestName;
import io.mediajobs.job.JobKey;
import io.mediajobs.poll.Provider;
import io.mediajobs.poll.Providers;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.NewJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The one door for new jobs and the one place of its rules, whether they come by the HTTP API, a file or discovery.
 * Registering the same job again changes nothing, so whoever is unsure may repeat. Safe for concurrent use.
 */
public final class Registrar {

    /** Unicode characters. */
    public static final int LONGEST_JOB_ID = 512;
    public static final int MOST_TAGS = 50;
    /** Registrations in one request or message at the most. */
    public static final int MOST_TOGETHER = 10_000;
    /** Unicode characters. */
    public static final int LONGEST_TAG_VALUE = 256;
    public static final Duration SHORTEST_DEADLINE = Duration.ofSeconds(1);
    public static final Duration LONGEST_DEADLINE = Duration.ofDays(365);

    private static final Pattern TAG_NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    /** Jobs in one transaction: it pays the disk's flush once, and does not keep the writers of outcomes waiting for long. */
    private static final int AT_ONCE = 500;

    private final Providers providers;
    private final JobStore jobs;

    public Registrar(Providers providers, JobStore jobs) {
        this.providers = providers;
        this.jobs = jobs;
    }

    /**
     * Takes in what can be taken in; when this returns, that is on disk. One that is refused does not stop the others.
     *
     * @return an answer for each registration, in their order
     * @throws RuntimeException if the store does not answer; some may have been stored then, and repeating all is harmless
     */
    public List<Result> register(List<Registration> registrations) {
        return register(registrations, Duration.ZERO);
    }

    /**
     * As {@link #register(List)}.
     *
     * @param notBefore time to the first ask at the least, where something else is about to make the jobs due
     */
    public List<Result> register(List<Registration> registrations, Duration notBefore) {
        Map<String, Provider> known = new TreeMap<>();
        providers.all().forEach(provider -> known.put(provider.name(), provider));
        List<Result> results = new ArrayList<>(registrations.size());
        List<NewJob> accepted = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (Registration registration : registrations) {
            try {
                accepted.add(check(registration, known, notBefore));
                places.add(results.size());
                results.add(null);
            } catch (RefusedException e) {
                results.add(e.refused());
            }
        }
        for (int from = 0; from < accepted.size(); from += AT_ONCE) {
            List<JobStore.Registered> stored = jobs.register(accepted.subList(from, Math.min(from + AT_ONCE, accepted.size())));
            for (int i = 0; i < stored.size(); i++) {
                JobStore.Registered job = stored.get(i);
                results.set(places.get(from + i), job.created() ? new Result.Created(job.key()) : new Result.AlreadyFollowed(job.key()));
            }
        }
        return results;
    }

    /**
     * As {@link #register(List)}, of an array of registrations. What cannot be read is refused in its place.
     *
     * @param entries at most {@link #MOST_TOGETHER}, which the caller looks at
     */
    public List<Result> register(RegistrationReader reader, JsonNode entries) {
        Result[] results = new Result[entries.size()];
        List<Registration> readable = new ArrayList<>(results.length);
        List<Integer> places = new ArrayList<>(results.length);
        for (int i = 0; i < results.length; i++) {
            try {
                readable.add(reader.read(entries.get(i)));
                places.add(i);
            } catch (RefusedException e) {
                results[i] = e.refused();
            }
        }
        List<Result> registered = register(readable);
        for (int i = 0; i < registered.size(); i++) {
            results[places.get(i)] = registered.get(i);
        }
        return List.of(results);
    }

    /** As {@link #register(List)}, for one. */
    public Result register(Registration registration) {
        return register(List.of(registration)).get(0);
    }

    private static NewJob check(Registration registration, Map<String, Provider> known, Duration notBefore) throws RefusedException {
        Provider provider = provider(registration.provider(), known);
        checkJobId(registration.jobId());
        Duration deadline = registration.deadline() == null ? provider.deadline() : deadline(registration.deadline());
        checkTags(registration.tags());
        Duration first = Durations.longer(provider.firstAfter(), notBefore);
        return new NewJob(new JobKey(provider.name(), registration.jobId()), registration.tags(), deadline, first);
    }

    private static Provider provider(String name, Map<String, Provider> known) throws RefusedException {
        if (name == null || name.isBlank()) {
            throw new RefusedException(INVALID_PROVIDER, "The provider is missing.", "provider");
        }
        Provider provider = known.get(name);
        if (provider == null) {
            throw new RefusedException(UNKNOWN_PROVIDER, "There is no provider " + Quoted.text(name) + NearestName.hint(name, known.keySet())
                    + (NearestName.of(name, known.keySet()).isPresent() ? "" : "; there are: " + String.join(", ", known.keySet()) + "."), "provider");
        }
        return provider;
    }

    /** Whether a job of this id can be registered; null is none. */
    public static boolean isJobId(String id) {
        try {
            checkJobId(id);
            return true;
        } catch (RefusedException e) {
            return false;
        }
    }

    /** The id is the provider's and opaque; refused is only what could not be asked for, logged or stored as it is. */
    private static void checkJobId(String id) throws RefusedException {
        if (id == null || id.isBlank()) {
            throw new RefusedException(INVALID_JOB_ID, "The job id is missing.", "jobId");
        }
        if (id.codePointCount(0, id.length()) > LONGEST_JOB_ID) {
            throw new RefusedException(INVALID_JOB_ID, "The job id is longer than " + LONGEST_JOB_ID + " characters.", "jobId");
        }
        if (hasUnprintable(id)) {
            throw new RefusedException(INVALID_JOB_ID, "The job id has a control character, a line break or half a character in it.", "jobId");
        }
        if (!id.equals(id.strip())) {
            throw new RefusedException(INVALID_JOB_ID, "The job id begins or ends with a blank.", "jobId");
        }
        if (id.equals(".") || id.equals("..")) {
            // no encoding hides them: they would name another path than the job's in the status URL
            throw new RefusedException(INVALID_JOB_ID, "The job id must not be '.' or '..'.", "jobId");
        }
    }

    private static Duration deadline(String text) throws RefusedException {
        Duration deadline;
        try {
            deadline = Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(INVALID_DEADLINE, "The deadline " + Quoted.text(text)
                    + " is not a duration; write a number with its unit, like 90s, 30m, 2h or 7d.", "deadline");
        }
        if (deadline.compareTo(SHORTEST_DEADLINE) < 0 || deadline.compareTo(LONGEST_DEADLINE) > 0) {
            throw new RefusedException(INVALID_DEADLINE, "The deadline " + Quoted.text(text) + " is not within 1s and 365d.", "deadline");
        }
        return deadline;
    }

    private static void checkTags(Map<String, String> tags) throws RefusedException {
        if (tags.size() > MOST_TAGS) {
            throw new RefusedException(INVALID_TAGS, "There are more than " + MOST_TAGS + " tags.", "tags");
        }
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            if (!TAG_NAME.matcher(tag.getKey()).matches()) {
                throw new RefusedException(INVALID_TAGS, "The tag name " + Quoted.text(tag.getKey())
                        + " is not 1 to 64 letters, digits, dots, underscores or hyphens.", "tags");
            }
            String field = "tags." + tag.getKey();
            if (tag.getValue() == null) {
                throw new RefusedException(INVALID_TAGS, "The tag " + tag.getKey() + " has no value.", field);
            }
            if (tag.getValue().codePointCount(0, tag.getValue().length()) > LONGEST_TAG_VALUE) {
                throw new RefusedException(INVALID_TAGS, "The tag " + tag.getKey() + " is longer than " + LONGEST_TAG_VALUE + " characters.", field);
            }
            if (hasUnprintable(tag.getValue())) {
                throw new RefusedException(INVALID_TAGS, "The tag " + tag.getKey()
                        + " has a control character, a line break or half a character in it.", field);
            }
        }
    }

    private static boolean hasUnprintable(String text) {
        return text.codePoints().anyMatch(c -> switch (Character.getType(c)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        });
    }
}
