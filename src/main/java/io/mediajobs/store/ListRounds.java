package io.mediajobs.store;

import io.mediajobs.job.Turn;
import io.mediajobs.report.Redaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Rounds through a provider's list of its jobs. One node at a time makes a round, page by page; each page is a request like any other, at
 * the provider's rate, within its at-once, and not while it is paused. While a round for due jobs lasts, or is about to begin, they are not
 * asked for singly; those that it did not tell of are, once it is over.
 *
 * <p>A round may cost a page for every {@link Use#atLeast} jobs that were due when it began, and no more: a list that tells of none of
 * them costs that share of the single calls that it was to replace, and puts them off by no more than that. A list that failed, or whose
 * pages told of fewer than {@link #LEAST_A_PAGE} due jobs each, rests.
 */
public final class ListRounds {

    /** Due jobs that a page must tell of, on average, for the list to be worth its requests. */
    static final int LEAST_A_PAGE = 2;

    /** A job that a list may tell of: unfinished, in nobody's hands, and not to be asked for singly. */
    static final String LISTABLE = "state IN ('pending', 'processing') AND next_poll_at IS NOT NULL AND singly IS NULL"
            + " AND (lease_until IS NULL OR lease_until <= :now)";

    private final Database database;
    private final ProviderTable providers;

    public ListRounds(Database database, JobStore jobs) {
        this.database = database;
        this.providers = jobs.providers;
    }

    /**
     * When a list is asked for instead of single jobs.
     *
     * @param atLeast   as soon as one job is due and so many are or will be within twice {@code every}; at least 1
     * @param every     shortest time between the beginnings of two rounds
     * @param outOfTurn true for a claim between two ticks: what becomes due meanwhile is collected for the list, if so many are followed at all
     */
    public record Use(int atLeast, Duration every, boolean outOfTurn) {

        /** Jobs that are due by then are asked for by a round that begins now, though not before their time otherwise. */
        public Instant soon(Instant began) {
            return began.plus(every);
        }

        /** Jobs that are due by then make a round that begins now worthwhile. */
        public Instant horizon(Instant began) {
            return began.plus(every.multipliedBy(2));
        }

        private long horizon(long now) {
            return outOfTurn ? Long.MAX_VALUE : horizon(Instant.ofEpochMilli(now)).toEpochMilli();
        }
    }

    /**
     * What a round keeps to.
     *
     * @param pages         of one round at the most; at least 1
     * @param discoverEvery how often a round goes through all pages, for jobs that nobody registered; null for never
     * @param atOnce        requests to the provider at the same time at the most, in all processes together
     * @param pace          how far apart requests to the provider are, in all processes together
     * @param lease         how long a page may take
     */
    public record Terms(Use use, int pages, Duration discoverEvery, int atOnce, Pace pace, Duration lease) {
    }

    /**
     * A round that this process makes.
     *
     * @param token     proof of that
     * @param beganAt   by the store's clock, as all times
     * @param askedAt   when its present page could be asked for
     * @param turn      by which its present page may be asked for; null while it waits for one, or for a place
     * @param wanted    jobs that made it worthwhile when it began, at the most as many as it has pages for; 0 if it is only for discovery
     * @param discovers whether it goes through all pages
     */
    public record Round(String provider, String token, Instant beganAt, Instant askedAt, Turn turn, int wanted, boolean discovers) {

        /** As it is before the turn of its next page. */
        public Round waiting() {
            return new Round(provider, token, beganAt, askedAt, null, wanted, discovers);
        }
    }

    /**
     * How a list stands.
     *
     * @param restsUntil until when jobs are asked for singly; null if the list is asked for
     * @param lastError  why; null if there is nothing to say
     */
    public record State(String provider, Instant restsUntil, String lastError) {
    }

    private record Row(String token, long leaseUntil, long beganAt, boolean forDue, long discoveredAt, int failures, long restsUntil, boolean stillDiscovers) {
    }

    /** What a round that began now would be for; nothing if {@code wanted} is 0 and it discovers nothing. */
    private record Plan(int wanted, boolean discovers) {
        boolean isWorthwhile() {
            return wanted > 0 || discovers;
        }
    }

    /** Begins a round, if it is worthwhile, nobody else makes one, and its first page may be asked for now. */
    public Optional<Round> begin(String provider, Terms terms) {
        if (!database.read(handle -> plan(handle, database.now(handle), provider, terms).isWorthwhile())) {
            return Optional.empty();
        }
        String token = UUID.randomUUID().toString();
        return database.write(Duration.ZERO, (handle, again) -> {
            providers.lock(handle, database.now(handle), provider);
            if (again) {
                // the answer to the first try's commit may have got lost: that round is nobody's, and so is the probe, if its page was to be one
                if (end(handle, provider, token) > 0) {
                    providers.giveBack(handle, database.now(handle), provider, providers.missedTurn(handle, provider));
                }
            }
            long now = database.now(handle);
            Plan plan = plan(handle, now, provider, terms);
            ProviderTable.Turns turn = plan.isWorthwhile() ? turn(handle, now, provider, terms) : ProviderTable.Turns.NONE;
            if (turn.count() == 0) {
                return Optional.empty();
            }
            handle.createUpdate("INSERT INTO list_round (provider, lease_token, lease_until, began_at, asking, for_due, discovered_at)"
                            + " VALUES (:provider, :token, :until, :now, TRUE, :forDue, :discovered)"
                            + " ON CONFLICT (provider) DO UPDATE SET lease_token = :token, lease_until = :until, began_at = :now, asking = TRUE, for_due = :forDue,"
                            + " discovered_at = CASE WHEN :discovers THEN :now ELSE list_round.discovered_at END")
                    .bind("provider", provider).bind("token", token).bind("until", now + terms.lease().toMillis()).bind("now", now)
                    .bind("forDue", plan.wanted > 0).bind("discovers", plan.discovers).bind("discovered", plan.discovers ? now : 0).execute();
            Instant began = Instant.ofEpochMilli(now);
            return Optional.of(new Round(provider, token, began, began, turn.get(0), plan.wanted, plan.discovers));
        });
    }

    /**
     * The turn of the next page.
     *
     * @return empty if the round is over: it lasted too long, or the provider is paused. Without a {@link Round#turn()}, if the page must wait
     */
    public Optional<Round> next(Round round, Terms terms) {
        return database.write(handle -> {
            providers.lock(handle, database.now(handle), round.provider());
            long now = database.now(handle);
            if (!isHeld(row(handle, round.provider()), round, now)) {
                return Optional.empty();
            }
            if (providers.isPaused(handle, now, round.provider())) {
                end(handle, round);
                return Optional.empty();
            }
            ProviderTable.Turns turn = turn(handle, now, round.provider(), terms);
            keep(handle, round, now, terms, turn.count() > 0);
            return Optional.of(new Round(round.provider(), round.token(), round.beganAt(), Instant.ofEpochMilli(now), turn.count() > 0 ? turn.get(0) : null,
                    round.wanted(), round.discovers()));
        });
    }

    /**
     * A page was read, and what it says is written.
     *
     * @param pages   so far
     * @param told    jobs so far that the round was for and that its pages told of
     * @param hasMore whether the provider has a next page
     * @param rest    how long the list rests if it did not pay, twice as long each time, at the most {@code longestRest}
     * @return whether the round goes on
     */
    public boolean told(Round round, Terms terms, int pages, int told, boolean hasMore, Duration rest, Duration longestRest) {
        return database.write(handle -> {
            String provider = round.provider();
            providers.lock(handle, database.now(handle), provider);
            long now = database.now(handle);
            providers.apply(handle, now, provider, new ProviderSignal.Fine());
            Row row = row(handle, provider);
            if (!isHeld(row, round, now)) {
                return false;
            }
            boolean more = hasMore && pages < terms.pages();
            int atLeast = terms.use().atLeast();
            boolean pays = row.forDue && more && (pages + 1) * atLeast <= round.wanted()
                    && due(handle, now, provider, terms.use().soon(round.beganAt()).toEpochMilli(), atLeast) >= atLeast;
            if (row.forDue && !pays) {
                askRestSingly(handle, now, round);
                settle(handle, now, row, provider, told >= LEAST_A_PAGE * pages, told, pages, rest, longestRest);
            }
            if (pays || round.discovers() && more) {
                keep(handle, round, now, terms, false);
                handle.createUpdate("UPDATE list_round SET for_due = :pays WHERE provider = :provider").bind("pays", pays).bind("provider", provider).execute();
                return true;
            }
            end(handle, round);
            return false;
        });
    }

    private static void settle(Handle handle, long now, Row row, String provider, boolean paid, int told, int pages, Duration rest, Duration longestRest) {
        if (paid) {
            handle.createUpdate("UPDATE list_round SET failures = 0, rests_until = 0, last_error = NULL WHERE provider = :provider").bind("provider", provider).execute();
        } else {
            rest(handle, now, row, provider, "its " + pages + (pages == 1 ? " page" : " pages") + " told of " + told + " of the jobs that were due", true, rest, longestRest);
        }
    }

    private static Duration rest(Handle handle, long now, Row row, String provider, String why, boolean stillDiscovers, Duration rest, Duration longestRest) {
        long time = Math.min(longestRest.toMillis(), rest.toMillis() << Math.min(row.failures, 20));
        handle.createUpdate("UPDATE list_round SET failures = failures + 1, rests_until = :until, still_discovers = :still, last_error = :why WHERE provider = :provider")
                .bind("until", now + time).bind("still", stillDiscovers).bind("why", Redaction.text(why)).bind("provider", provider).execute();
        return Duration.ofMillis(time);
    }

    /**
     * A page did not come, or cannot be used: the round is over.
     *
     * @param signal      what that says of the provider; null if nothing
     * @param why         for operators, redacted
     * @param rest        how long the list rests, twice as long each time, at the most {@code longestRest}; null if it does not
     * @return how long it rests
     */
    public Duration failed(Round round, ProviderSignal signal, String why, Duration rest, Duration longestRest) {
        return database.write(Duration.ZERO, (handle, again) -> {
            providers.lock(handle, database.now(handle), round.provider());
            long now = database.now(handle);
            Row row = row(handle, round.provider());
            boolean held = isHeld(row, round, now);
            if (signal != null && (held || !again)) {
                providers.apply(handle, now, round.provider(), signal);
            }
            if (!held) {
                return Duration.ZERO;
            }
            end(handle, round);
            return rest == null ? Duration.ZERO : rest(handle, now, row, round.provider(), why, false, rest, longestRest);
        });
    }

    /** Gives up a round, and the leave for a probe if it had that, so that nobody need wait until its lease runs out. */
    public void release(Round round) {
        database.write(handle -> {
            providers.lock(handle, database.now(handle), round.provider());
            if (end(handle, round) > 0) {
                providers.giveBack(handle, database.now(handle), round.provider(), round.turn());
            }
            return null;
        });
    }

    /** Of all lists that were ever asked for. */
    public List<State> states() {
        return database.read(handle -> {
            long now = database.now(handle);
            return handle.createQuery("SELECT provider, rests_until, last_error FROM list_round ORDER BY provider")
                    .map((rows, context) -> new State(rows.getString("provider"),
                            rows.getLong("rests_until") > now ? Instant.ofEpochMilli(rows.getLong("rests_until")) : null, rows.getString("last_error"))).list();
        });
    }

    /** Whether due jobs that a list may tell of are left to it: a round for them is under way, or will be in a moment. The provider is locked. */
    static boolean holds(Handle handle, long now, String provider, Use use) {
        Row row = row(handle, provider);
        if (row.leaseUntil > now && row.forDue) {
            return true;
        }
        return row.leaseUntil <= now && row.restsUntil <= now && due(handle, now, provider, use.horizon(now), use.atLeast()) >= use.atLeast();
    }

    private static Plan plan(Handle handle, long now, String provider, Terms terms) {
        Row row = row(handle, provider);
        if (row.leaseUntil > now) {
            return new Plan(0, false);
        }
        boolean discovers = terms.discoverEvery() != null && (row.restsUntil <= now || row.stillDiscovers) && row.discoveredAt + terms.discoverEvery().toMillis() <= now;
        boolean mayBegin = row.restsUntil <= now && row.beganAt + terms.use().every().toMillis() <= now && due(handle, now, provider, now, 1) > 0;
        int wanted = mayBegin ? due(handle, now, provider, terms.use().horizon(now), terms.use().atLeast() * terms.pages()) : 0;
        return new Plan(wanted < terms.use().atLeast() ? 0 : wanted, discovers);
    }

    /** Jobs that a list may tell of and that are due by {@code until}, counted up to {@code limit}. */
    private static int due(Handle handle, long now, String provider, long until, int limit) {
        return handle.createQuery("SELECT COUNT(*) FROM (SELECT 1 FROM job WHERE provider = :provider AND next_poll_at <= :until AND " + LISTABLE
                        + " LIMIT :limit) AS due")
                .bind("provider", provider).bind("until", until).bind("now", now).bind("limit", limit).mapTo(Integer.class).one();
    }

    private ProviderTable.Turns turn(Handle handle, long now, String provider, Terms terms) {
        int polling = JobStore.polling(handle, provider, now);
        return polling >= terms.atOnce() ? ProviderTable.Turns.NONE : providers.admit(handle, now, provider, 1, polling, terms.pace(), terms.lease());
    }

    /** What was due when the round began and was not told of. */
    private void askRestSingly(Handle handle, long now, Round round) {
        handle.createUpdate("WITH rest AS MATERIALIZED (SELECT id FROM job WHERE provider = :provider AND next_poll_at <= :began AND " + LISTABLE
                        + database.dialect().skipLocked() + ") UPDATE job SET singly = 'once' WHERE id IN (SELECT id FROM rest)")
                .bind("provider", round.provider()).bind("began", round.beganAt().toEpochMilli()).bind("now", now).execute();
    }

    private static boolean isHeld(Row row, Round round, long now) {
        return round.token().equals(row.token) && row.leaseUntil > now;
    }

    private static void keep(Handle handle, Round round, long now, Terms terms, boolean asking) {
        handle.createUpdate("UPDATE list_round SET lease_until = :until, asking = :asking WHERE provider = :provider")
                .bind("until", now + terms.lease().toMillis()).bind("asking", asking).bind("provider", round.provider()).execute();
    }

    private static int end(Handle handle, Round round) {
        return end(handle, round.provider(), round.token());
    }

    private static int end(Handle handle, String provider, String token) {
        return handle.createUpdate("UPDATE list_round SET lease_token = NULL, lease_until = 0, asking = FALSE, for_due = FALSE WHERE provider = :provider AND lease_token = :token")
                .bind("provider", provider).bind("token", token).execute();
    }

    private static Row row(Handle handle, String provider) {
        return handle.createQuery("SELECT * FROM list_round WHERE provider = :provider").bind("provider", provider)
                .map((rows, context) -> new Row(rows.getString("lease_token"), rows.getLong("lease_until"), rows.getLong("began_at"), rows.getBoolean("for_due"),
                        rows.getLong("discovered_at"), rows.getInt("failures"), rows.getLong("rests_until"), rows.getBoolean("still_discovers")))
                .findOne().orElse(new Row(null, 0, 0, false, 0, 0, 0, false));
    }
}
