package io.mediajobs.demo.simulator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What was asked and what was served. Grows for as long as the simulator lives; safe for any number of threads. */
public final class Ledger {

    private final Map<String, List<Poll>> polls = new ConcurrentHashMap<>();
    private final Map<String, Arrivals> arrivals = new ConcurrentHashMap<>();
    private final List<Download> downloads = new ArrayList<>();
    private final LongAdder lists = new LongAdder();
    private final LongAdder unauthorized = new LongAdder();
    /** The same header names come thousands of times: one set for all. */
    private final Map<SortedSet<String>, SortedSet<String>> headerSets = new ConcurrentHashMap<>();

    Ledger() {
    }

    SortedSet<String> headerNames(Iterable<String> names) {
        var lower = new TreeSet<String>();
        names.forEach(name -> lower.add(name.toLowerCase(Locale.ROOT)));
        return headerSets.computeIfAbsent(Collections.unmodifiableSortedSet(lower), set -> set);
    }

    void add(String provider, String jobId, Poll poll) {
        if (!poll.authorized()) {
            unauthorized.increment();
        }
        List<Poll> ofJob = polls.computeIfAbsent(key(provider, jobId), any -> new ArrayList<>(4));
        synchronized (ofJob) {
            ofJob.add(poll);
        }
    }

    void add(Download download) {
        synchronized (downloads) {
            downloads.add(download);
        }
    }

    void countList(boolean authorized) {
        lists.increment();
        if (!authorized) {
            unauthorized.increment();
        }
    }

    /**
     * The status calls for a job, oldest first. For an id that no script knows, the provider is the API's
     * ({@code pictory}, {@code productai}, {@code stories}).
     */
    public List<Poll> polls(String provider, String jobId) {
        List<Poll> ofJob = polls.get(key(provider, jobId));
        if (ofJob == null) {
            return List.of();
        }
        synchronized (ofJob) {
            return List.copyOf(ofJob);
        }
    }

    /** Number of status calls for a job. */
    public int pollCount(String provider, String jobId) {
        List<Poll> ofJob = polls.get(key(provider, jobId));
        if (ofJob == null) {
            return 0;
        }
        synchronized (ofJob) {
            return ofJob.size();
        }
    }

    /** {@link #polls(String, String)} with the two parts joined by a slash. */
    public List<Poll> polls(String key) {
        int slash = key.indexOf('/');
        return polls(key.substring(0, slash), key.substring(slash + 1));
    }

    /** All that have been polled, {@code provider/jobId}, with the number of calls; sorted. */
    public Map<String, Integer> pollCounts() {
        var counts = new TreeMap<String, Integer>();
        polls.forEach((key, list) -> {
            synchronized (list) {
                counts.put(key, list.size());
            }
        });
        return counts;
    }

    /** Number of all status calls. */
    public long totalPolls() {
        return pollCounts().values().stream().mapToLong(Integer::longValue).sum();
    }

    /** When calls came to a provider: those for its jobs, those for its list, and, for the API's own name, those for ids that no script knows. */
    public Arrivals arrivals(String provider) {
        return arrivals.computeIfAbsent(provider, any -> new Arrivals());
    }

    /** All that were called, by name. */
    public Map<String, Arrivals> arrivals() {
        return new TreeMap<>(arrivals);
    }

    /** All requests to the CDN that have ended, in the order in which they ended. */
    public List<Download> downloads() {
        synchronized (downloads) {
            return List.copyOf(downloads);
        }
    }

    /** The requests for the assets of one job. */
    public List<Download> downloads(String provider, String jobId) {
        return downloads().stream().filter(each -> provider.equals(each.provider()) && jobId.equals(each.jobId())).toList();
    }

    /** Requests to the CDN that carried an Authorization header: a key that leaked. Must be empty. */
    public List<Download> leakedKeys() {
        return downloads().stream().filter(Download::authorization).toList();
    }

    /** Number of calls to the list endpoint. */
    public long lists() {
        return lists.sum();
    }

    /** Number of status and list calls without the right key. */
    public long unauthorized() {
        return unauthorized.sum();
    }

    private static String key(String provider, String jobId) {
        return provider + "/" + jobId;
    }
}
