package io.mediajobs.store;

import io.mediajobs.job.Job;
import io.mediajobs.job.JobError;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.job.Progress;
import io.mediajobs.job.Turn;
import io.mediajobs.report.Redaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs with their timeline and assets. The row is the queue: {@link #claim} hands out what is due under a lease, the work is done
 * outside any transaction, and {@link #apply} writes its whole outcome in one, only while the lease is still the claimer's.
 */
public final class JobStore {

    private static final Logger LOG = LoggerFactory.getLogger(JobStore.class);

    /** Whoever works on the job may have asked for it before; with the mark, what it writes leaves it due. The next claim takes the mark away. */
    private static final String DUE_AT_ONCE = "woken = (lease_token IS NOT NULL), next_poll_at = :now";

    private static final int RENEWED_AT_ONCE = 50;
    private static final int LISTED_AT_ONCE = 500;

    private final Database database;
    final ProviderTable providers;
    private final UsualDurations usualDurations;
    private final AssetTable assets;
    private final String lockRow;
    private final String skipLocked;
    private final Duration patience;
    private volatile Consumer<String> dueListener = provider -> { };

    /** A store whose outcomes are written now or not at all. */
    public JobStore(Database database, ProviderEventFactory providerEvents) {
        this(database, providerEvents, Duration.ZERO);
    }

    /**
     * @param patience for how long an outcome is offered to a store that is away; the length of a lease, since after that the
     *                 job is somebody else's
     */
    public JobStore(Database database, ProviderEventFactory providerEvents, Duration patience) {
        this.database = database;
        this.lockRow = database.dialect().lockRow();
        this.skipLocked = database.dialect().skipLocked();
        this.providers = new ProviderTable(providerEvents, database.dialect());
        this.usualDurations = new UsualDurations(lockRow);
        this.assets = new AssetTable(database);
        this.patience = patience;
    }

    /** For how long an outcome is offered to a store that does not take it. */
    public Duration patience() {
        return patience;
    }

    /** @param listener is told the provider, after the commit, when a job of it has become due by something else than the time */
    public void onDue(Consumer<String> listener) {
        this.dueListener = listener;
    }

    /** @param sameKey the names of all providers that are asked with the same key as the one of this name, itself included */
    public void onSameKey(Function<String, Collection<String>> sameKey) {
        providers.sameKey(sameKey);
    }

    /**
     * Whether a job was new.
     *
     * @param created false if it was followed already; it is left as it was
     */
    public record Registered(JobKey key, boolean created) {
    }

    /** Takes jobs in; when this returns they are on disk. One whose webhook came before it is due at once. Answers stand in the order of {@code jobs}. */
    public List<Registered> register(List<NewJob> jobs) {
        String write = UUID.randomUUID().toString();
        Set<String> due = new TreeSet<>();
        List<Registered> registered = database.write(Duration.ZERO, (handle, again) -> {
            due.clear();
            if (jobs.stream().anyMatch(job -> !job.firstPollIn().isZero())) {
                database.dialect().lockRegistrations(handle, true);
            }
            long now = database.now(handle);
            Registered[] results = new Registered[jobs.size()];
            for (int place : byKey(jobs)) {
                NewJob job = jobs.get(place);
                Optional<Long> id = handle.createQuery("INSERT INTO job (provider, job_id, state, tags, registered_at, next_poll_at, deadline_at, deadline_millis, updated_at, last_write)"
                                + " VALUES (:provider, :jobId, 'pending', :tags, :now, :next, :now + :deadline, :deadline, :now, :write)"
                                + " ON CONFLICT (provider, job_id) DO NOTHING RETURNING id")
                        .bind("provider", job.key().provider()).bind("jobId", job.key().jobId()).bind("tags", JobRows.json(job.tags()))
                        .bind("now", now).bind("next", now + job.firstPollIn().toMillis())
                        .bind("deadline", job.deadline().toMillis()).bind("write", write)
                        .mapTo(Long.class).findOne();
                id.ifPresent(row -> note(handle, row, now, "registered", null));
                results[place] = new Registered(job.key(), id.isPresent() || (again && written(handle, job.key(), write).isPresent()));
            }
            Set<JobKey> created = Stream.of(results).filter(Registered::created).map(Registered::key).collect(Collectors.toSet());
            jobs.stream().filter(job -> job.firstPollIn().isZero() && created.contains(job.key())).forEach(job -> due.add(job.key().provider()));
            due.addAll(useEarlyHooks(handle, now, jobs.stream().filter(job -> !job.firstPollIn().isZero()).map(NewJob::key).filter(created::contains).toList()));
            return List.of(results);
        });
        due.forEach(this::tellDue);
        return registered;
    }

    /** Who registers a job that another is just registering waits for that one's end: in one order, so that no two can wait for each other. */
    private static List<Integer> byKey(List<NewJob> jobs) {
        Comparator<JobKey> order = Comparator.comparing(JobKey::provider).thenComparing(JobKey::jobId);
        return IntStream.range(0, jobs.size()).boxed().sorted(Comparator.comparing(place -> jobs.get(place).key(), order)).toList();
    }

    /** New jobs whose webhook has come before them are due at once. @return their providers */
    private static Set<String> useEarlyHooks(Handle handle, long now, List<JobKey> created) {
        Set<String> due = new TreeSet<>();
        byProvider(created).forEach((provider, ids) -> {
            List<String> named = handle.createQuery("DELETE FROM early_hook WHERE provider = :provider AND job_id IN (<ids>) RETURNING job_id")
                    .bind("provider", provider).bindList("ids", ids).mapTo(String.class).list();
            if (!named.isEmpty()) {
                handle.createUpdate("UPDATE job SET next_poll_at = :now, singly = 'once' WHERE provider = :provider AND job_id IN (<ids>)")
                        .bind("now", now).bind("provider", provider).bindList("ids", named).execute();
                due.add(provider);
            }
        });
        return due;
    }

    /**
     * What one tick may take.
     *
     * @param places      free places for polls of this provider in this process
     * @param atOnce      polls of this provider at the same time at the most, in all processes together
     * @param pace        how far apart requests are, from all processes together
     * @param lease       how long a claim lasts unless it is renewed
     * @param list        when the provider's list is asked for instead of single jobs; null for never
     */
    public record Terms(int places, int atOnce, Pace pace, Duration lease, ListRounds.Use list) {

        /** Without a list. */
        public Terms(int places, int atOnce, Pace pace, Duration lease) {
            this(places, atOnce, pace, lease, null);
        }

        /** Without a limit for all processes together. */
        public Terms(int places, Duration lease) {
            this(places, Integer.MAX_VALUE, Pace.FREE, lease);
        }
    }

    /**
     * Claims jobs of {@code provider} that are due, each with a lease: first those whose lease ran out in the hands of a process that is
     * gone, then the longest waiting. Each has a turn, by which the provider may be asked for it once. Empty if there are none, or it is
     * paused, or the next turn lies too far ahead. What a list is about to tell of, or tells of now, is left out.
     */
    public List<Job> claim(String provider, Terms terms) {
        if (terms.places() <= 0 || !anyDue(provider)) {
            return List.of();
        }
        String token = UUID.randomUUID().toString();
        return database.write(Duration.ZERO, (handle, again) -> {
            if (again) {
                // the first try was committed and its answer got lost: these are the jobs it claimed
                List<Job> mine = handle.createQuery("SELECT * FROM job WHERE polling AND provider = :provider AND lease_token = :token ORDER BY next_poll_at")
                        .bind("provider", provider).bind("token", token).map((rows, context) -> JobRows.job(rows)).list();
                if (!mine.isEmpty()) {
                    // their turns are not known any more: they take new ones, and a single one may be a probe
                    Turn missed = mine.size() == 1 ? providers.missedTurn(handle, provider) : null;
                    return mine.stream().map(job -> job.withTurn(missed)).toList();
                }
            }
            providers.lock(handle, database.now(handle), provider);
            // after the wait for the lock, or another node's claim would seem to lie in the future
            long now = database.now(handle);
            int polling = polling(handle, provider, now);
            int free = Math.min(terms.places(), terms.atOnce() - polling);
            String mine = terms.list() != null && ListRounds.holds(handle, now, provider, terms.list()) ? " AND NOT (" + ListRounds.LISTABLE + ")" : "";
            int due = free <= 0 ? 0 : handle.createQuery("SELECT COUNT(*) FROM (SELECT 1 FROM job WHERE provider = :provider AND next_poll_at <= :now"
                            + " AND (lease_until IS NULL OR lease_until <= :now)" + mine + " LIMIT :limit) AS due")
                    .bind("provider", provider).bind("now", now).bind("limit", free).mapTo(Integer.class).one();
            ProviderTable.Turns turns = due == 0 ? ProviderTable.Turns.NONE
                    : providers.admit(handle, now, provider, due, polling, terms.pace(), terms.lease());
            int admitted = turns.count();
            if (admitted == 0) {
                return List.of();
            }
            List<Job> claimed = new ArrayList<>();
            // what a node that is gone had in hand does not queue up again behind all that is due
            for (String inReach : List.of("lease_until <= :now" + mine + " ORDER BY lease_until", "lease_until IS NULL" + mine + " ORDER BY next_poll_at")) {
                if (claimed.size() < admitted) {
                    // MATERIALIZED: picked once; PostgreSQL may otherwise run a subquery with a limit several times and take more than the limit
                    claimed.addAll(handle.createQuery("WITH picked AS MATERIALIZED (SELECT id FROM job WHERE provider = :provider AND next_poll_at <= :now AND "
                                    + inReach + " LIMIT :limit" + skipLocked + ")"
                                    + " UPDATE job SET lease_token = :token, lease_until = :until, polling = TRUE, woken = FALSE WHERE id IN (SELECT id FROM picked) RETURNING *")
                            .bind("token", token).bind("until", now + terms.lease().toMillis())
                            .bind("provider", provider).bind("now", now).bind("limit", admitted - claimed.size())
                            .map((rows, context) -> JobRows.job(rows)).list());
                }
            }
            if (claimed.isEmpty()) {
                // all that is due is just being written by others
                providers.giveBack(handle, now, provider, turns.get(0));
            }
            claimed.sort(Comparator.comparing(Job::nextPollAt));
            return IntStream.range(0, claimed.size()).mapToObj(i -> claimed.get(i).withTurn(turns.get(i))).toList();
        });
    }

    /**
     * A turn of its own, for a request that asks for no claimed job, or for more than one a job needs, or that missed its turn.
     *
     * @param claimed the turn that came with the claim of the job or page that is asked for; null if nothing was claimed
     * @return empty while the provider is not to be asked
     */
    public Optional<Turn> turn(String provider, Pace pace, Turn claimed) {
        return database.write(handle -> {
            providers.lock(handle, database.now(handle), provider);
            return providers.turn(handle, database.now(handle), provider, pace, claimed);
        });
    }

    /**
     * To be asked right before a request goes out: whether the leave of {@code turn} still holds. A provider that has asked to be left alone
     * since, on whichever node, takes it back, and so do an operator's pause and whatever else has paused the provider since.
     */
    public boolean stands(String provider, Turn turn) {
        return database.read(handle -> providers.stands(handle, database.now(handle), provider, turn));
    }

    /** Writes down what an answer says of the provider, without an outcome for a job. */
    public void signal(String provider, ProviderSignal signal) {
        database.write(handle -> {
            providers.apply(handle, database.now(handle), provider, signal);
            return null;
        });
    }

    /** Requests to {@code provider} that are under way: status calls, and a page of its list. */
    static int polling(Handle handle, String provider, long now) {
        return handle.createQuery("SELECT (SELECT COUNT(*) FROM job WHERE polling AND provider = :provider AND lease_until > :now)"
                        + " + (SELECT COUNT(*) FROM list_round WHERE asking AND provider = :provider AND lease_until > :now)")
                .bind("provider", provider).bind("now", now).mapTo(Integer.class).one();
    }

    private boolean anyDue(String provider) {
        return database.read(handle -> handle.createQuery("SELECT EXISTS (SELECT 1 FROM job WHERE provider = :provider"
                        + " AND next_poll_at <= :now AND (lease_until IS NULL OR lease_until <= :now))")
                .bind("provider", provider).bind("now", database.now(handle)).mapTo(Boolean.class).one());
    }

    /**
     * Time until the next job of {@code provider} that is not due yet and in nobody's hands becomes due.
     *
     * @param within what is further ahead is not looked for
     */
    public Optional<Duration> nextDue(String provider, Duration within) {
        return database.read(handle -> {
            long now = database.now(handle);
            return handle.createQuery("SELECT next_poll_at FROM job WHERE provider = :provider AND next_poll_at > :now AND next_poll_at <= :within"
                            + " AND lease_until IS NULL ORDER BY next_poll_at LIMIT 1")
                    .bind("provider", provider).bind("now", now).bind("within", now + within.toMillis()).mapTo(Long.class).findOne()
                    .map(at -> Duration.ofMillis(at - now));
        });
    }

    /**
     * Makes the leases of work that goes on last for {@code lease} from now. One whose row somebody holds for long is left as it is: nobody can
     * take the job meanwhile, and all the others would run out with it.
     *
     * @return those that are not the holder's any more: the work on them has ended, or somebody else has the job
     */
    public List<Job> renew(Collection<Job> leased, Duration lease) {
        // in one order, so that two renewals cannot wait for each other
        List<Job> jobs = leased.stream().sorted(Comparator.comparingLong(Job::id)).toList();
        List<Job> gone = new ArrayList<>();
        List<Job> passedOver = new ArrayList<>();
        // a few at a time: whoever writes an outcome waits until its job's row is renewed
        for (int from = 0; from < jobs.size(); from += RENEWED_AT_ONCE) {
            List<Job> some = jobs.subList(from, Math.min(jobs.size(), from + RENEWED_AT_ONCE));
            Map<Long, String> found = renewSome(some, lease, skipLocked);
            for (Job job : some) {
                if (!found.containsKey(job.id())) {
                    passedOver.add(job);
                } else if (!job.lease().equals(found.get(job.id()))) {
                    gone.add(job);
                }
            }
        }
        try {
            for (Job job : passedOver) {
                // mostly its outcome is just being written
                if (!job.lease().equals(renewSome(List.of(job), lease, lockRow).get(job.id()))) {
                    gone.add(job);
                }
            }
        } catch (StatementTimeoutException e) {
            LOG.debug("The row of one of {} jobs is held for long; the next round renews their leases", passedOver.size(), e);
        }
        return gone;
    }

    /** @return the lease that each job has; without those that {@code lock} passes over */
    private Map<Long, String> renewSome(List<Job> leased, Duration lease, String lock) {
        return database.write(handle -> {
            long until = database.now(handle) + lease.toMillis();
            Map<Long, String> found = JobRows.leases(handle, leased.stream().map(Job::id).collect(Collectors.toSet()), " ORDER BY id" + lock);
            List<Long> mine = leased.stream().filter(job -> job.lease().equals(found.get(job.id()))).map(Job::id).toList();
            if (!mine.isEmpty()) {
                handle.createUpdate("UPDATE job SET lease_until = :until WHERE id IN (<ids>)").bind("until", until).bindList("ids", mine).execute();
            }
            return found;
        });
    }

    /**
     * To be asked before long work begins, which would be in vain without the lease.
     *
     * @throws LeaseLostException if the lease is no longer the claimer's
     */
    public void requireLease(Job leased) {
        boolean held = database.read(handle -> row(handle, "id = :id AND lease_token = :token",
                query -> query.bind("id", leased.id()).bind("token", leased.lease())).isPresent());
        if (!held) {
            throw new LeaseLostException(leased.key());
        }
    }

    /**
     * Ends all leases, if no other process can have one: at its start, what an earlier process held is free again. In a store that
     * several nodes share nothing is done; there the leases of a node that is gone run out.
     *
     * @return how many leases were ended
     */
    public int releaseAll() {
        if (!database.dialect().hasSoleOwner()) {
            return 0;
        }
        return database.write(handle -> {
            providers.probeNow(handle, database.now(handle));
            handle.execute("UPDATE list_round SET lease_token = NULL, lease_until = 0, asking = FALSE, for_due = FALSE, failures = 0, rests_until = 0");
            return handle.createUpdate("UPDATE job SET lease_token = NULL, lease_until = NULL, polling = FALSE WHERE lease_token IS NOT NULL").execute();
        });
    }

    /** Gives a claimed job back as it was, and the leave for a probe if it had that; it stays due. Does nothing if the lease is gone. */
    public void release(Job leased) {
        database.write(handle -> {
            int released = handle.createUpdate("UPDATE job SET lease_token = NULL, lease_until = NULL, polling = FALSE WHERE id = :id AND lease_token = :token")
                    .bind("id", leased.id()).bind("token", leased.lease()).execute();
            if (released > 0) {
                providers.giveBack(handle, database.now(handle), leased.provider(), leased.turn());
            }
            return null;
        });
    }

    /**
     * Writes an outcome: the job's row, its timeline, its events and what it says of the provider, in one transaction.
     *
     * @param leased as it was claimed
     * @param signal what the answer says of the provider; null if nothing
     * @return the job after the change
     * @throws LeaseLostException        if the lease is no longer the claimer's; then nothing is written. A lease that ran out and that
     *                                   nobody else has taken is still the claimer's: nothing happened to the job in between
     * @throws StoreUnavailableException if the store stays away; then the job's lease runs out and it is claimed again
     */
    public Job apply(Job leased, JobChange change, ProviderSignal signal) {
        return change((handle, now) -> Optional.of(held(handle, leased)), leased.key(), patience, (handle, now, before, write) -> {
            if (signal != null) {
                providers.apply(handle, now, before.provider(), signal);
            }
            return change(handle, now, before, change, write);
        }).orElseThrow();
    }

    private Job held(Handle handle, Job leased) {
        return row(handle, "id = :id AND lease_token = :token" + lockRow, query -> query.bind("id", leased.id()).bind("token", leased.lease()))
                .orElseThrow(() -> new LeaseLostException(leased.key()));
    }

    private interface Before {
        Optional<Job> find(Handle handle, long now);
    }

    private interface Change {
        Job make(Handle handle, long now, Job before, String write);
    }

    /** One change of one job. If the answer to a commit got lost, the row itself says whether it happened, by the id of its last change. */
    private Optional<Job> change(Before find, JobKey key, Duration patience, Change change) {
        String write = UUID.randomUUID().toString();
        Optional<Job> changed = database.write(patience, (handle, again) -> {
            Optional<Job> done = again ? written(handle, key, write) : Optional.empty();
            if (done.isPresent()) {
                return done;
            }
            long now = database.now(handle);
            return find.find(handle, now).map(before -> change.make(handle, now, before, write));
        });
        changed.filter(JobStore::isDue).map(Job::provider).ifPresent(this::tellDue);
        return changed;
    }

    private static boolean isDue(Job justChanged) {
        return justChanged.lease() == null && justChanged.nextPollAt() != null && !justChanged.nextPollAt().isAfter(justChanged.updatedAt());
    }

    private static Optional<Job> written(Handle handle, JobKey key, String write) {
        return row(handle, "provider = :provider AND job_id = :jobId AND last_write = :write",
                query -> query.bind("provider", key.provider()).bind("jobId", key.jobId()).bind("write", write));
    }

    private Optional<Job> locked(Handle handle, JobKey key) {
        return row(handle, "provider = :provider AND job_id = :jobId" + lockRow, query -> query.bind("provider", key.provider()).bind("jobId", key.jobId()));
    }

    /**
     * Those jobs that a list of the provider may tell of: not finished, in nobody's hands, not to be asked for singly.
     *
     * @param asOf when the list was asked for, by the store's clock; a job that changed later knows better
     */
    public List<Job> listed(String provider, Collection<String> jobIds, Instant asOf) {
        List<String> ids = List.copyOf(jobIds);
        List<Job> found = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += LISTED_AT_ONCE) {
            List<String> some = ids.subList(from, Math.min(ids.size(), from + LISTED_AT_ONCE));
            found.addAll(database.read(handle -> handle.createQuery("SELECT * FROM job WHERE provider = :provider AND job_id IN (<ids>) AND "
                            + ListRounds.LISTABLE + " AND updated_at <= :asOf")
                    .bind("provider", provider).bindList("ids", some).bind("now", database.now(handle)).bind("asOf", asOf.toEpochMilli())
                    .map((rows, context) -> JobRows.job(rows)).list()));
        }
        return found;
    }

    /**
     * What a list says of a job.
     *
     * @param seen   the job as {@link #listed} gave it
     * @param change null to take the job instead, so that its end is written under a lease like that of a single answer
     */
    public record Listed(Job seen, JobChange change) {
    }

    /**
     * Writes what a list says, many jobs in a transaction. A job that somebody has taken or changed since it was seen is left as it is:
     * whoever did that knows more.
     *
     * @return those to be taken, under a lease
     */
    public List<Job> apply(List<Listed> news, Duration lease) {
        List<Job> taken = new ArrayList<>();
        // in one order, so that two writers cannot wait for each other
        List<Listed> inOrder = news.stream().sorted(Comparator.comparingLong(each -> each.seen().id())).toList();
        for (int from = 0; from < inOrder.size(); from += LISTED_AT_ONCE) {
            taken.addAll(applySome(inOrder.subList(from, Math.min(inOrder.size(), from + LISTED_AT_ONCE)), lease));
        }
        if (news.stream().anyMatch(each -> each.change() != null && Duration.ZERO.equals(each.change().nextPollIn))) {
            tellDue(news.get(0).seen().provider());
        }
        return taken;
    }

    private List<Job> applySome(List<Listed> news, Duration lease) {
        String token = UUID.randomUUID().toString();
        Map<Long, Listed> byId = new LinkedHashMap<>();
        news.forEach(each -> byId.put(each.seen().id(), each));
        return database.write(patience, (handle, again) -> {
            long now = database.now(handle);
            List<Job> unchanged = handle.createQuery("SELECT * FROM job WHERE id IN (<ids>) AND " + ListRounds.LISTABLE + " ORDER BY id" + skipLocked)
                    .bindList("ids", byId.keySet()).bind("now", now).map((rows, context) -> JobRows.job(rows)).list().stream()
                    .filter(job -> job.updatedAt().equals(byId.get(job.id()).seen().updatedAt())).toList();
            List<Long> toTake = new ArrayList<>();
            for (Job job : unchanged) {
                JobChange change = byId.get(job.id()).change();
                if (change == null) {
                    toTake.add(job.id());
                } else {
                    write(handle, now, job, change, token);
                }
            }
            if (!toTake.isEmpty()) {
                handle.createUpdate("UPDATE job SET lease_token = :token, lease_until = :until, polling = FALSE WHERE id IN (<ids>)")
                        .bind("token", token).bind("until", now + lease.toMillis()).bindList("ids", toTake).execute();
            }
            // by the token and not by what was taken just now: the answer to the first try's commit may have got lost
            return handle.createQuery("SELECT * FROM job WHERE id IN (<ids>) AND lease_token = :token")
                    .bindList("ids", byId.keySet()).bind("token", token).map((rows, context) -> JobRows.job(rows)).list();
        });
    }

    /**
     * Makes a job that is still being worked on at the provider due at once, or, if it is being asked for at this moment, right after that.
     *
     * @return false if there is no such job, or it needs no waking
     */
    public boolean wake(JobKey key) {
        boolean woken = database.write(handle -> !wake(handle, database.now(handle), Set.of(key)).woken().isEmpty());
        if (woken) {
            tellDue(key.provider());
        }
        return woken;
    }

    /**
     * What a wake-up of several jobs found.
     *
     * @param known those that there are
     * @param woken those that are due by it
     */
    record Waking(Set<JobKey> known, Set<JobKey> woken) {
    }

    /** As {@link #wake(JobKey)}, in a transaction of the caller's; who tells that they are due, when it is over, is the caller. */
    Waking wake(Handle handle, long now, Set<JobKey> keys) {
        Waking waking = new Waking(new HashSet<>(), new HashSet<>());
        List<Long> named = new ArrayList<>();
        byProvider(keys).forEach((provider, ids) -> named.addAll(handle.createQuery("SELECT id FROM job WHERE provider = :provider AND job_id IN (<ids>)")
                .bind("provider", provider).bindList("ids", ids).mapTo(Long.class).list()));
        if (named.isEmpty()) {
            return waking;
        }
        List<Long> asleep = new ArrayList<>();
        // those of all providers together: everybody locks jobs in the order of their ids, so that no two can wait for each other
        handle.createQuery("SELECT id, provider, job_id, (state IN ('pending', 'processing') AND next_poll_at IS NOT NULL"
                        + " AND NOT woken AND (next_poll_at > :now OR lease_token IS NOT NULL OR singly IS NULL)) AS asleep FROM job WHERE id IN (<ids>) ORDER BY id" + lockRow)
                .bind("now", now).bindList("ids", named)
                .map((rows, context) -> {
                    JobKey key = new JobKey(rows.getString("provider"), rows.getString("job_id"));
                    waking.known.add(key);
                    if (rows.getBoolean("asleep")) {
                        waking.woken.add(key);
                        asleep.add(rows.getLong("id"));
                    }
                    return key;
                }).list();
        if (!asleep.isEmpty()) {
            handle.createUpdate("UPDATE job SET " + DUE_AT_ONCE + ", singly = COALESCE(singly, 'once') WHERE id IN (<ids>)")
                    .bind("now", now).bindList("ids", asleep).execute();
        }
        return waking;
    }

    /** Those of the jobs that there are. */
    static Set<JobKey> known(Handle handle, Set<JobKey> keys) {
        Set<JobKey> known = new HashSet<>();
        byProvider(keys).forEach((provider, ids) -> handle.createQuery("SELECT job_id FROM job WHERE provider = :provider AND job_id IN (<ids>)")
                .bind("provider", provider).bindList("ids", ids).mapTo(String.class).forEach(id -> known.add(new JobKey(provider, id))));
        return known;
    }

    private static Map<String, List<String>> byProvider(Collection<JobKey> keys) {
        return keys.stream().collect(Collectors.groupingBy(JobKey::provider, TreeMap::new, Collectors.mapping(JobKey::jobId, Collectors.toList())));
    }

    void tellDue(String provider) {
        dueListener.accept(provider);
    }

    /**
     * An operator's change, whoever holds the job: a holder loses its lease.
     *
     * @param decide sees the job as it is and gives the change; what it throws, passes through and nothing is written
     * @return empty if there is no such job
     */
    public Optional<Job> override(JobKey key, Function<Job, JobChange> decide) {
        return change((handle, now) -> locked(handle, key), key, Duration.ZERO,
                (handle, now, before, write) -> change(handle, now, before, decide.apply(before), write));
    }

    /**
     * Opens a finished or blocked job again under the next attempt number, with its deadline counted from now.
     *
     * @return empty if there is no such job
     * @throws IllegalStateException if it is still being followed
     */
    public Optional<Job> retry(JobKey key) {
        return change((handle, now) -> locked(handle, key), key, Duration.ZERO, (handle, now, before, write) -> {
            if (!before.state().isTerminal() && before.state() != JobState.BLOCKED) {
                throw new IllegalStateException("Job " + key + " is " + before.state().word() + " and still being followed; there is nothing to open again.");
            }
            handle.createUpdate("UPDATE job SET attempt = attempt + 1, state = 'pending', progress = NULL, progress_at = NULL, progress_seen = NULL, stalled_since = NULL, stall_told = FALSE, error_code = NULL, error_message = NULL,"
                            + " error_retryable = NULL, unknown = 0, unanswered = 0, unusable = 0, archive_failures = 0, manifest = NULL, etag = NULL, finished_at = NULL, next_poll_at = :now,"
                            + " deadline_at = :now + deadline_millis, lease_token = NULL, lease_until = NULL, polling = FALSE, woken = FALSE, singly = NULL, updated_at = :now,"
                            + " last_write = :write WHERE id = :id")
                    .bind("write", write).bind("now", now).bind("id", before.id()).execute();
            note(handle, before.id(), now, "retry", "attempt " + (before.attempt() + 1));
            return find(handle, key).orElseThrow();
        });
    }

    private Job change(Handle handle, long now, Job before, JobChange change, String write) {
        write(handle, now, before, change, write);
        return row(handle, "id = :id", query -> query.bind("id", before.id())).orElseThrow();
    }

    private void write(Handle handle, long now, Job before, JobChange change, String write) {
        JobState state = change.state == null ? before.state() : change.state;
        StringBuilder sql = new StringBuilder("UPDATE job SET state = :state, updated_at = :now, last_write = :write");
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("state", state.word());
        values.put("now", now);
        values.put("write", write);
        values.put("id", before.id());
        set(sql, values, "progress", change.progress);
        if (change.progress != null && !change.progress.equals(before.progress())) {
            set(sql, values, "progress_at", now);
            if (before.seen().stream().noneMatch(seen -> seen.tenth() == change.progress / 10)) {
                set(sql, values, "progress_seen", Stream.concat(before.seen().stream(), Stream.of(new Progress(change.progress, Instant.ofEpochMilli(now))))
                        .map(seen -> seen.percent() + "@" + seen.at().toEpochMilli()).collect(Collectors.joining(" ")));
            }
        }
        if (change.looksAtStall || state != JobState.PENDING && state != JobState.PROCESSING) {
            sql.append(", stalled_since = :stalled");
            values.put("stalled", change.stalledSince == null ? null : change.stalledSince.toEpochMilli());
        }
        if (change.report != null) {
            // the two belong together: a version of another report would vouch for the wrong one
            sql.append(", report = :report, etag = :etag");
            values.put("report", change.report);
            values.put("etag", change.etag);
        }
        set(sql, values, "manifest", change.manifest);
        if (change.failures != null) {
            set(sql, values, "unknown", change.failures.unknown());
            set(sql, values, "unanswered", change.failures.unanswered());
            set(sql, values, "unusable", change.failures.unusable());
            set(sql, values, "archive_failures", change.failures.archive());
        }
        if (!state.isTerminal()) {
            sql.append(", finished_at = NULL");
        } else if (!before.state().isTerminal()) {
            sql.append(", finished_at = :now");
        }
        if (change.countPoll) {
            sql.append(", polls = polls + 1");
        }
        if (change.stopPolling) {
            sql.append(", next_poll_at = NULL");
        } else if (change.askAtOnce) {
            sql.append(", ").append(DUE_AT_ONCE);
        } else if (change.nextPollIn != null) {
            sql.append(", next_poll_at = CASE WHEN woken THEN :now ELSE :next END, woken = FALSE");
            values.put("next", now + change.nextPollIn.toMillis());
        }
        if (change.singly == JobChange.Singly.NO_MORE) {
            // a webhook that came meanwhile wants another call
            sql.append(", singly = CASE WHEN singly = 'once' AND NOT woken THEN NULL ELSE singly END");
        } else if (change.singly != null) {
            set(sql, values, "singly", change.singly.word);
        }
        if (change.error != null || change.clearError) {
            sql.append(", error_code = :code, error_message = :message, error_retryable = :retryable");
            JobError error = change.error == null ? new JobError(null, null, null) : Redaction.error(change.error);
            values.put("code", error.code());
            values.put("message", error.message());
            values.put("retryable", error.retryable());
        }
        if (!change.keepLease) {
            sql.append(", lease_token = NULL, lease_until = NULL, polling = FALSE");
        } else if (change.pollIsOver) {
            sql.append(", polling = FALSE");
        }
        handle.createUpdate(sql.append(" WHERE id = :id").toString()).bindMap(values).execute();
        if (change.what != null && !(change.onlyIfStateChanges && state == before.state())) {
            note(handle, before.id(), now, change.what, change.detail);
        }
        for (NewEvent event : change.events) {
            Outbox.add(database.dialect(), handle, now, event);
        }
        if (change.stallEvent != null && handle.createUpdate("UPDATE job SET stall_told = TRUE WHERE id = :id AND NOT stall_told").bind("id", before.id()).execute() > 0) {
            Outbox.add(database.dialect(), handle, now, change.stallEvent);
        }
        if (change.lesson != null) {
            usualDurations.learn(handle, before.provider(), change.lesson);
        }
    }

    private static void set(StringBuilder sql, Map<String, Object> values, String column, Object value) {
        if (value != null) {
            sql.append(", ").append(column).append(" = :").append(column);
            values.put(column, value);
        }
    }

    private static void note(Handle handle, long job, long now, String what, String detail) {
        handle.createUpdate("INSERT INTO timeline (job, at, what, detail) VALUES (:job, :now, :what, :detail)")
                .bind("job", job).bind("now", now).bind("what", what).bind("detail", Redaction.text(detail)).execute();
    }

    /**
     * What became of assets that were to be written down; all others are.
     *
     * @param lost   not written, since the lease is no longer the claimer's
     * @param heldUp not written yet, since another transaction has the row of their job; to be offered again
     */
    public record Saved(List<NewAsset> lost, List<NewAsset> heldUp) {
    }

    /**
     * Remembers that assets, of whatever jobs, are complete in S3, in one transaction: a later try of the same attempt leaves them out. It waits
     * for no job's row, since the assets of all the others would wait with it.
     */
    public Saved saveAssets(List<NewAsset> assets) {
        return database.write(patience, (handle, again) -> this.assets.save(handle, assets));
    }

    /**
     * Forgets that assets are in S3, and what was begun to bring them there: all of them are fetched anew.
     *
     * @param positions in the provider's answer; at least one
     * @throws LeaseLostException if the lease is no longer the claimer's
     */
    public void forgetAssets(Job leased, List<Integer> positions) {
        database.write(handle -> {
            held(handle, leased);
            assets.forget(handle, leased, positions);
            return null;
        });
    }

    /** The assets of the job's present attempt that are in S3, in the order of the provider's answer. */
    public List<ArchivedAsset> assets(Job job) {
        return database.read(handle -> assets.list(handle, job));
    }

    public List<TimelineEntry> timeline(Job job) {
        return database.read(handle -> handle.createQuery("SELECT at, what, detail FROM timeline WHERE job = :job ORDER BY id")
                .bind("job", job.id())
                .map((rows, context) -> new TimelineEntry(Instant.ofEpochMilli(rows.getLong("at")), rows.getString("what"), rows.getString("detail")))
                .list());
    }

    public Optional<Job> find(JobKey key) {
        return database.read(handle -> find(handle, key));
    }

    private static Optional<Job> find(Handle handle, JobKey key) {
        return row(handle, "provider = :provider AND job_id = :jobId", query -> query.bind("provider", key.provider()).bind("jobId", key.jobId()));
    }

    /** Newest first, at most {@link JobFilter#limit()}. */
    public List<Job> list(JobFilter filter) {
        StringBuilder sql = new StringBuilder("SELECT * FROM job WHERE 1 = 1");
        Map<String, Object> values = new LinkedHashMap<>();
        if (filter.state() != null) {
            sql.append(" AND state = :state");
            values.put("state", filter.state());
        }
        if (filter.stalled()) {
            sql.append(" AND stalled_since IS NOT NULL");
        }
        if (filter.provider() != null) {
            sql.append(" AND provider = :provider");
            values.put("provider", filter.provider());
        }
        if (filter.query() != null) {
            sql.append(" AND LOWER(job_id) LIKE LOWER(:query) ESCAPE '\\'");
            values.put("query", "%" + filter.query().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%");
        }
        if (filter.before() != null) {
            sql.append(" AND id < :before");
            values.put("before", filter.before());
        }
        sql.append(" ORDER BY id DESC LIMIT :limit");
        values.put("limit", filter.limit());
        return database.read(handle -> handle.createQuery(sql.toString()).bindMap(values).map((rows, context) -> JobRows.job(rows)).list());
    }

    /** Names and states of all providers that were ever asked or paused. */
    public List<ProviderState> providers() {
        return database.read(providers::list);
    }

    /** What was learned of how long jobs take, by provider and model. */
    public List<UsualDuration> usualDurations() {
        return database.read(usualDurations::list);
    }

    /** Pauses a provider until {@code false} is said, or ends whatever pause it has. */
    public void pause(String provider, boolean pause) {
        database.write(handle -> {
            providers.operator(handle, database.now(handle), provider, pause);
            if (!pause) {
                handle.createUpdate("UPDATE list_round SET failures = 0, rests_until = 0 WHERE provider = :provider").bind("provider", provider).execute();
            }
            return null;
        });
        if (!pause) {
            tellDue(provider);
        }
    }

    /**
     * Whether a job is overdue, by the store's clock.
     *
     * @param job as it was claimed; where the clock was set since, its deadline has moved along
     */
    public boolean isOverdue(Job job) {
        Instant now = now();
        return job.isOverdue(now) && find(job.key()).map(current -> current.isOverdue(now)).orElse(true);
    }

    /** The time by the store's clock. */
    public Instant now() {
        return database.read(handle -> Instant.ofEpochMilli(database.now(handle)));
    }

    /** @throws StoreUnavailableException if the store does not answer, or takes no writes */
    public void ping() {
        database.ping();
    }

    private static Optional<Job> row(Handle handle, String where, Function<Query, Query> bind) {
        return bind.apply(handle.createQuery("SELECT * FROM job WHERE " + where)).map((rows, context) -> JobRows.job(rows)).findOne();
    }
}
