package io.mediajobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mediajobs.config.KnownSecrets;
import io.mediajobs.events.JobEvents;
import io.mediajobs.job.Failures;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobError;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.job.Turn;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every job store does, whatever database is behind it. */
abstract class JobStoreContract {

    static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path folder;
    Database database;
    JobStore jobs;
    Outbox outbox;
    JobEvents events = new JobEvents("/test", Clock.systemUTC());

    /** The same store each time within one test, another one for each test. */
    abstract StoreSettings settings();

    @BeforeEach
    void open() {
        database = Database.open(settings());
        jobs = new JobStore(database, events);
        outbox = new Outbox(database);
    }

    @AfterEach
    void close() {
        database.close();
    }

    JobKey register(String provider, String id) {
        JobKey key = new JobKey(provider, id);
        jobs.register(List.of(new NewJob(key, Map.of("team", "ads"), HOUR, Duration.ZERO)));
        return key;
    }

    static JobStore.Terms terms(int places) {
        return new JobStore.Terms(places, Duration.ofMinutes(1));
    }

    private List<OutboxEvent> take(int limit) {
        return outbox.take(limit, List.of(), HOUR);
    }

    Job claimOne(String provider) {
        List<Job> claimed = jobs.claim(provider, terms(1));
        assertThat(claimed).hasSize(1);
        return claimed.get(0);
    }

    private static final Hooks.Terms HOOK_TERMS = new Hooks.Terms(Duration.ofMinutes(15), HOUR, 3);

    private List<Hooks.Outcome> hooked(Hooks.Hook... hooks) {
        return new Hooks(database, jobs, HOOK_TERMS).receive(List.of(hooks));
    }

    private void age(String table, Duration by) {
        database.write(handle -> handle.createUpdate("UPDATE " + table + " SET came_at = came_at - :by").bind("by", by.toMillis()).execute());
    }

    /** Whoever hands it in: what is in the database is what a backup, a dump and the answers of the API show. */
    @Test
    void noSecretIsInAnyTable() {
        KnownSecrets.add("kanarie-known-secret");
        String said = "see https://ann:kanarie-user@cdn.example/a.png?v=kanarie-query and kanarie-known-secret, api_key=kanarie-parameter";
        JobError error = new JobError(said, said, false);
        register("p", "j");
        Job job = claimOne("p");
        jobs.apply(job, JobChange.to(JobState.BLOCKED).askNoMore().error(error).note("blocked", said).event(events.ended(job, JobState.BLOCKED, error, null)),
                new ProviderSignal.Refused("unauthorized", error, HOUR, true));
        register("q", "j");
        jobs.apply(claimOne("q"), JobChange.to(null).askAgainIn(HOUR), new ProviderSignal.Unusable(error, HOUR));
        jobs.register(List.of(new NewJob(new JobKey("r", "j"), Map.of(), HOUR, Duration.ZERO)));
        ListRounds lists = new ListRounds(database, jobs);
        ListRounds.Terms terms = new ListRounds.Terms(new ListRounds.Use(1, HOUR, false), 1, null, 1, Pace.FREE, HOUR);
        lists.failed(lists.begin("r", terms).orElseThrow(), null, said, HOUR, HOUR);
        List<OutboxEvent> taken = take(9);
        assertThat(taken).hasSize(2);
        outbox.failed(taken.get(0), said, HOUR, true);
        outbox.park(taken.get(1), said);

        Map<String, String> tables = new TreeMap<>();
        for (String table : List.of("job", "timeline", "provider", "list_round", "outbox")) {
            tables.put(table, database.read(handle -> handle.createQuery("SELECT * FROM " + table).mapToMap().list()).toString());
        }
        assertThat(tables.values()).allSatisfy(rows -> assertThat(rows).contains("https://cdn.example/a.png", "[redacted]").doesNotContain("kanarie"));
    }

    @Test
    void aWebhookWakesItsJobOnceAndIsKnownAfterARestart() {
        JobKey key = new JobKey("p", "slow");
        jobs.register(List.of(new NewJob(key, Map.of(), HOUR, HOUR)));
        Hooks.Hook hook = new Hooks.Hook(key, "id-1");
        List<String> due = new ArrayList<>();
        jobs.onDue(due::add);
        assertThat(hooked(hook, hook, new Hooks.Hook(key, "id-2"))).containsExactly(Hooks.Outcome.WOKEN, Hooks.Outcome.REPLAYED, Hooks.Outcome.WOKEN);
        assertThat(due).containsExactly("p");
        jobs.apply(claimOne("p"), JobChange.to(JobState.PROCESSING).askAgainIn(HOUR), null);
        close();
        open();
        assertThat(hooked(hook)).containsExactly(Hooks.Outcome.REPLAYED);
        assertThat(jobs.claim("p", terms(1))).isEmpty();
        assertThat(hooked(new Hooks.Hook(key, "id-3"))).containsExactly(Hooks.Outcome.WOKEN);
        assertThat(hooked(new Hooks.Hook(key, "id-4"))).as("due already").containsExactly(Hooks.Outcome.NOTHING_TO_DO);
    }

    @Test
    void aWebhookOfLongAgoIsForgotten() {
        JobKey key = register("p", "j");
        hooked(new Hooks.Hook(key, "id-1"), new Hooks.Hook(key, "id-2"));
        age("hook", HOOK_TERMS.remember().plusSeconds(1));
        assertThat(hooked(new Hooks.Hook(key, "id-1"))).containsExactly(Hooks.Outcome.NOTHING_TO_DO);
        assertThat(rows("hook")).as("and what came in made room for itself").isEqualTo(1);
        age("hook", HOOK_TERMS.remember().plusSeconds(1));
        new Hooks(database, jobs, HOOK_TERMS).removeOld(100);
        assertThat(rows("hook")).isZero();
    }

    @Test
    void aWebhookBeforeTheRegistrationLetsTheJobBeAskedForAtOnce() {
        JobKey early = new JobKey("p", "early");
        assertThat(hooked(new Hooks.Hook(early, "id-1"))).containsExactly(Hooks.Outcome.KEPT);
        assertThat(hooked(new Hooks.Hook(early, "id-1"))).containsExactly(Hooks.Outcome.REPLAYED);
        List<String> due = new ArrayList<>();
        jobs.onDue(due::add);
        jobs.register(List.of(new NewJob(early, Map.of(), HOUR, HOUR), new NewJob(new JobKey("p", "other"), Map.of(), HOUR, HOUR)));
        assertThat(due).containsExactly("p");
        assertThat(jobs.claim("p", terms(9))).extracting(Job::key).containsExactly(early);
        assertThat(rows("early_hook")).isZero();
    }

    @Test
    void webhooksAreKeptForSomeJobsAndForSomeTimeOnly() {
        for (int i = 0; i < 5; i++) {
            hooked(new Hooks.Hook(new JobKey("p", "early-" + i), "id-" + i));
            age("early_hook", Duration.ofSeconds(1));
        }
        hooked(new Hooks.Hook(new JobKey("q", "early"), "id-q"));
        assertThat(rows("early_hook")).as("three of p, one of q").isEqualTo(4);
        assertThat(new Hooks(database, jobs, HOOK_TERMS).unregistered(List.of(new JobKey("p", "early-4"), register("p", "known"))))
                .containsExactly(new JobKey("p", "early-4"));
        age("early_hook", HOUR.plusSeconds(1));
        new Hooks(database, jobs, HOOK_TERMS).removeOld(100);
        assertThat(rows("early_hook")).isZero();
    }

    private int rows(String table) {
        return database.read(handle -> handle.createQuery("SELECT COUNT(*) FROM " + table).mapTo(Integer.class).one());
    }

    @Test
    void webhooksAndRegistrationsOfTheSameJobsAtTheSameTimeMissEachOtherNever() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 40; round++) {
                JobKey key = new JobKey("p", "race-" + round);
                Future<?> registers = threads.submit(() -> jobs.register(List.of(new NewJob(key, Map.of(), HOUR, HOUR))));
                hooked(new Hooks.Hook(key, "race-" + round));
                registers.get();
                assertThat(jobs.find(key).orElseThrow().nextPollAt()).isBefore(jobs.now().plusSeconds(60));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whatAGoneNodeHadInHandIsClaimedBeforeTheBacklog() {
        for (int i = 0; i < 20; i++) {
            register("p", "waiting-" + i);
        }
        Job abandoned = claimOne("p");
        // all the others have been due for longer
        database.write(handle -> handle.execute("UPDATE job SET next_poll_at = next_poll_at - 60000 WHERE id <> ?", abandoned.id())
                + handle.execute("UPDATE job SET lease_until = registered_at WHERE id = ?", abandoned.id()));
        assertThat(jobs.claim("p", terms(3))).hasSize(3).extracting(Job::key).contains(abandoned.key());
    }

    @Test
    void aJobIsRegisteredOnce() {
        JobKey key = new JobKey("p", "1");
        NewJob job = new NewJob(key, Map.of("team", "ads"), HOUR, Duration.ZERO);
        assertThat(jobs.register(List.of(job, job))).extracting(JobStore.Registered::created).containsExactly(true, false);
        Job found = jobs.find(key).orElseThrow();
        assertThat(found.state()).isEqualTo(JobState.PENDING);
        assertThat(found.attempt()).isEqualTo(1);
        assertThat(found.tags()).containsEntry("team", "ads");
        assertThat(Duration.between(found.registeredAt(), found.deadlineAt())).isEqualTo(HOUR);
    }

    @Test
    void acceptedJobsAreThereAfterTheProcessIsGone() {
        JobKey key = register("p", "1");
        database.close();
        open();
        assertThat(jobs.find(key)).isPresent();
    }

    @Test
    void anUploadIsKeptWithItsPartsUntilItsAssetIsSaved() {
        Uploads uploads = new Uploads(database);
        register("p", "1");
        Job job = claimOne("p");
        Upload begun = uploads.begin(job, 0, "b", "k", "video/mp4", 8L << 20, "https://host/v.mp4", null, "\"v1\"");
        assertThat(uploads.find(job, 0)).contains(begun);
        Upload upload = uploads.created(job, begun, "theirs");
        // each of these may happen twice: the answer to the first was lost
        assertThat(uploads.created(job, begun, "theirs")).isEqualTo(upload);
        assertThat(uploads.isNeeded("b", "theirs")).isTrue();
        UploadPart second = new UploadPart(2, 5, "e2", "m2", "c2");
        UploadPart first = new UploadPart(1, 8L << 20, "e1", "m1", "c1");
        uploads.addPart(job, upload, second);
        uploads.addPart(job, upload, first);
        uploads.addPart(job, upload, first);
        assertThat(uploads.find(job, 0)).contains(upload.withParts(List.of(first, second)));
        Upload all = uploads.allSent(job, upload.withParts(List.of(first, second)), (8L << 20) + 5, "abc");
        assertThat(uploads.allSent(job, upload.withParts(List.of(first, second)), (8L << 20) + 5, "abc")).isEqualTo(all);
        assertThat(uploads.find(job, 0)).contains(all);
        assertThat(all.sentAll()).isTrue();
        assertThat(uploads.orphans(Duration.ZERO, 10)).isEmpty();

        assertThat(jobs.saveAssets(List.of(new NewAsset(job, new ArchivedAsset(0, "video", "k", all.bytes(), "abc", "video/mp4", "https://host/v.mp4", Map.of())))).lost()).isEmpty();
        assertThat(uploads.find(job, 0)).isEmpty();
        assertThat(uploads.orphans(HOUR, 10)).as("just changed").isEmpty();
        assertThat(uploads.orphans(Duration.ZERO, 10)).extracting(Upload::uploadId).containsExactly("theirs");
        uploads.remove(all);
        assertThat(uploads.orphans(Duration.ZERO, 10)).isEmpty();
    }

    @Test
    void whatIsForgottenIsFetchedAnewWithAllThatWasBegun() {
        Uploads uploads = new Uploads(database);
        JobKey key = register("p", "1");
        Job job = claimOne("p");
        for (int position = 0; position < 3; position++) {
            jobs.saveAssets(List.of(new NewAsset(job, new ArchivedAsset(position, "video", "k" + position, 1, "abc", "video/mp4", "https://host/v.mp4", Map.of()))));
            uploads.created(job, uploads.begin(job, position, "b", "k", "video/mp4", 1, "https://host/v.mp4", 10L, null), "upload-" + position);
        }
        jobs.forgetAssets(job, List.of(0, 2));

        assertThat(jobs.assets(job)).extracting(ArchivedAsset::position).containsExactly(1);
        assertThat(uploads.find(job, 1)).isPresent();
        assertThat(uploads.orphans(Duration.ZERO, 10)).extracting(Upload::uploadId).containsExactlyInAnyOrder("upload-0", "upload-2");

        jobs.override(key, any -> JobChange.to(JobState.CANCELLED).askNoMore());
        assertThatThrownBy(() -> jobs.forgetAssets(job, List.of(1))).isInstanceOf(LeaseLostException.class);
        assertThat(jobs.assets(job)).hasSize(1);
    }

    @Test
    void anUploadIsContinuedOnlyUnderTheLeaseAndNeededOnlyByALiveJobOfTheSameAttempt() {
        Uploads uploads = new Uploads(database);
        JobKey key = register("p", "1");
        Job job = claimOne("p");
        Upload upload = uploads.created(job, uploads.begin(job, 0, "b", "k", "video/mp4", 1, "https://host/v.mp4", 10L, null), "first");
        Upload other = uploads.begin(job, 0, "b", "k", "video/mp4", 1, "https://host/v.mp4", 10L, null);
        assertThat(uploads.find(job, 0)).contains(other);
        assertThat(uploads.orphans(Duration.ZERO, 10)).extracting(Upload::id).containsExactly(upload.id());

        jobs.override(key, any -> JobChange.to(JobState.CANCELLED).askNoMore());
        assertThatThrownBy(() -> uploads.created(job, other, "late")).isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(() -> uploads.addPart(job, other, new UploadPart(1, 1, "e", "m", "c"))).isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(() -> uploads.allSent(job, other, 1, "s")).isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(() -> uploads.begin(job, 1, "b", "k", "t", 1, "u", null, null)).isInstanceOf(LeaseLostException.class);
        assertThat(uploads.orphans(Duration.ZERO, 10)).extracting(Upload::id).containsExactlyInAnyOrder(upload.id(), other.id());

        jobs.retry(key);
        assertThat(uploads.orphans(Duration.ZERO, 10)).as("of the attempt before").hasSize(2);
        uploads.giveUp(upload);
        assertThat(uploads.orphans(Duration.ZERO, 10)).hasSize(2);
    }

    @Test
    void aClaimedJobIsNobodyElses() {
        register("p", "1");
        assertThat(claimOne("p").lease()).isNotBlank();
        assertThat(jobs.claim("p", terms(10))).isEmpty();
    }

    @Test
    void twentyClaimersNeverShareAJob() throws Exception {
        List<NewJob> many = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            many.add(new NewJob(new JobKey("p", "j" + i), Map.of(), HOUR, Duration.ZERO));
        }
        jobs.register(many);
        ExecutorService threads = Executors.newFixedThreadPool(20);
        try {
            List<Callable<List<Job>>> claimers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                claimers.add(() -> jobs.claim("p", terms(5)));
            }
            Set<Long> seen = new HashSet<>();
            for (Future<List<Job>> claimed : threads.invokeAll(claimers)) {
                for (Job job : claimed.get()) {
                    assertThat(seen.add(job.id())).as("job %s claimed twice", job.key()).isTrue();
                }
            }
            assertThat(seen).hasSize(500);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aWriteWithoutTheLeaseIsFencedOff() {
        JobKey key = register("p", "1");
        Job stale = claimOne("p");
        jobs.release(stale);
        Job fresh = claimOne("p");
        NewEvent event = events.ended(stale, JobState.FAILED, new JobError("x", "stale", null), null);
        assertThatThrownBy(() -> jobs.apply(stale, JobChange.to(JobState.FAILED).event(event), null)).isInstanceOf(LeaseLostException.class);
        assertThat(jobs.find(key).orElseThrow().state()).isEqualTo(JobState.PENDING);
        assertThat(outbox.list(0, 10)).isEmpty();
        jobs.apply(fresh, JobChange.to(JobState.PROCESSING), null);
        assertThat(jobs.find(key).orElseThrow().state()).isEqualTo(JobState.PROCESSING);
    }

    @Test
    void aRenewalTellsWhichLeasesAreGone() {
        for (int i = 0; i < 120; i++) {
            register("p", String.valueOf(i));
        }
        List<Job> claimed = jobs.claim("p", terms(120));
        Job cancelled = claimed.get(70);
        jobs.override(cancelled.key(), any -> JobChange.to(JobState.CANCELLED).askNoMore());
        assertThat(jobs.renew(claimed, HOUR)).containsExactly(cancelled);
        jobs.requireLease(claimed.get(0));
        assertThatThrownBy(() -> jobs.requireLease(cancelled)).isInstanceOf(LeaseLostException.class);
    }

    @Test
    void anExpiredLeaseCanBeClaimedAgain() {
        register("p", "1");
        List<Job> first = jobs.claim("p", new JobStore.Terms(1, Duration.ZERO));
        assertThat(first).hasSize(1);
        assertThat(claimOne("p").lease()).isNotEqualTo(first.get(0).lease());
    }

    @Test
    void anOutcomeIsOneTransaction() {
        register("p", "1");
        Job job = claimOne("p");
        NewEvent broken = new NewEvent("id", null, "p/1", "{}");
        assertThatThrownBy(() -> jobs.apply(job, JobChange.to(JobState.FAILED).note("failed", null).event(broken), null)).isInstanceOf(RuntimeException.class);
        assertThat(jobs.find(job.key()).orElseThrow().state()).isEqualTo(JobState.PENDING);
        assertThat(jobs.timeline(job)).extracting(TimelineEntry::what).containsExactly("registered");
    }

    @Test
    void anOperatorsChangeTakesTheLeaseAway() {
        JobKey key = register("p", "1");
        Job held = claimOne("p");
        jobs.override(key, before -> JobChange.to(JobState.CANCELLED).askNoMore().note("cancelled", null));
        assertThatThrownBy(() -> jobs.apply(held, JobChange.to(JobState.PROCESSING), null)).isInstanceOf(LeaseLostException.class);
        assertThat(jobs.claim("p", terms(1))).isEmpty();
    }

    @Test
    void retryOpensTheNextAttempt() {
        JobKey key = register("p", "1");
        assertThatThrownBy(() -> jobs.retry(key)).isInstanceOf(IllegalStateException.class).hasMessageContaining("pending");
        jobs.apply(claimOne("p"), JobChange.to(JobState.FAILED).askNoMore().error(new JobError("e", "m", true)), null);
        Job again = jobs.retry(key).orElseThrow();
        assertThat(again.attempt()).isEqualTo(2);
        assertThat(again.error()).isNull();
        assertThat(claimOne("p").attempt()).isEqualTo(2);
        assertThat(jobs.retry(new JobKey("p", "nobody"))).isEmpty();
    }

    @Test
    void eachAttemptMayTakeAsLongAsTheFirst() {
        JobKey key = register("p", "1");
        for (int attempt = 1; attempt <= 3; attempt++) {
            jobs.apply(claimOne("p"), JobChange.to(JobState.FAILED).askNoMore().error(new JobError("e", "m", true)), null);
            Job ended = jobs.find(key).orElseThrow();
            await().until(() -> jobs.now().isAfter(ended.updatedAt()));
            Job again = jobs.retry(key).orElseThrow();
            assertThat(Duration.between(again.updatedAt(), again.deadlineAt())).isEqualTo(HOUR);
        }
    }

    @Test
    void whatIsBeingArchivedIsNotOverdue() {
        jobs.register(List.of(new NewJob(new JobKey("p", "1"), Map.of(), Duration.ofMillis(1), Duration.ZERO)));
        Job job = claimOne("p");
        await().until(() -> jobs.isOverdue(job));

        assertThat(jobs.isOverdue(jobs.apply(job, JobChange.to(JobState.ARCHIVING).keepLease(), null))).isFalse();
    }

    @Test
    void itIsKnownWhenTheNextJobBecomesDue() {
        register("p", "due");
        jobs.register(List.of(new NewJob(new JobKey("p", "soon"), Map.of(), HOUR, Duration.ofSeconds(20)), new NewJob(new JobKey("p", "later"), Map.of(), HOUR, Duration.ofSeconds(40)),
                new NewJob(new JobKey("q", "other"), Map.of(), HOUR, Duration.ofSeconds(1))));
        assertThat(jobs.nextDue("p", Duration.ofSeconds(5))).isEmpty();
        assertThat(jobs.nextDue("p", Duration.ofMinutes(1)).orElseThrow()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(20));
    }

    @Test
    void theRateHoldsAcrossClaims() {
        for (int i = 0; i < 50; i++) {
            register("p", "j" + i);
        }
        Duration spacing = Duration.ofMillis(100);
        JobStore.Terms tenASecond = new JobStore.Terms(50, 100, new Pace(spacing, Duration.ofMillis(20), Duration.ofMillis(500)), Duration.ofMinutes(1));
        Instant before = jobs.now();
        List<Instant> turns = new ArrayList<>(turns(jobs.claim("p", tenASecond)));
        assertThat(turns.get(0)).as("not before whoever claims can hear of it").isAfterOrEqualTo(before.plusMillis(20));
        assertThat(turns).as("those of the next half second").hasSize(6);
        turns.addAll(turns(jobs.claim("p", tenASecond)));
        turns.add(jobs.turn("p", tenASecond.pace(), null).orElseThrow().at());
        assertThat(turns).as("no more ahead than that, and one more").hasSizeBetween(7, 12);
        for (int i = 1; i < turns.size(); i++) {
            assertThat(Duration.between(turns.get(i - 1), turns.get(i))).isGreaterThanOrEqualTo(spacing);
        }
    }

    private static List<Instant> turns(List<Job> claimed) {
        return claimed.stream().map(job -> job.turn().at()).toList();
    }

    @Test
    void timeWithoutRequestsIsNotSavedUp() {
        for (int i = 0; i < 5; i++) {
            register("p", "j" + i);
        }
        // the last turn was long ago
        database.write(handle -> handle.execute("INSERT INTO provider (name, next_turn, updated_at) VALUES ('p', 1, 0)"));
        assertThat(jobs.claim("p", new JobStore.Terms(50, 100, Pace.every(Duration.ofSeconds(2)), Duration.ofMinutes(1)))).hasSize(1);
    }

    @Test
    void turnsGivenOutByAClockThatWasSetBackHoldUpNobody() {
        register("p", "1");
        register("p", "2");
        JobStore.Terms terms = new JobStore.Terms(50, 100, new Pace(Duration.ofSeconds(1), Duration.ZERO, Duration.ofSeconds(3)), Duration.ofMinutes(1));
        long anHour = jobs.now().plusSeconds(3600).toEpochMilli() * 1000;
        database.write(handle -> handle.execute("INSERT INTO provider (name, next_turn, updated_at) VALUES ('p', " + anHour + ", 0)"));
        assertThat(jobs.claim("p", terms)).as("those that were given out may still be used").isEmpty();
        Turn next = jobs.turn("p", terms.pace(), null).orElseThrow();
        assertThat(Duration.between(jobs.now(), next.at())).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(4));
    }

    @Test
    void whatAProviderAsksForHoldsWhateverElsePausesIt() {
        register("p", "1");
        register("p", "2");
        Job early = claimOne("p");
        assertThat(jobs.stands("p", early.turn())).isTrue();
        Duration rest = Duration.ofMinutes(10);
        jobs.apply(claimOne("p"), JobChange.to(null).askAgainIn(Duration.ZERO), new ProviderSignal.Throttled(rest));
        assertThat(jobs.stands("p", early.turn())).as("what was claimed before is not sent").isFalse();
        jobs.release(early);
        // an outage and a refusal have shorter pauses, and are probed
        jobs.signal("p", new ProviderSignal.Unavailable(new JobError("http-503", "down", true), 1, Duration.ZERO, Duration.ZERO));
        assertThat(jobs.claim("p", terms(2))).isEmpty();
        jobs.releaseAll();
        assertThat(jobs.claim("p", terms(2))).as("after a restart").isEmpty();
        assertThat(jobs.turn("p", Pace.FREE, null)).isEmpty();
        assertThat(Duration.between(jobs.now(), jobs.providers().get(0).pausedUntil())).isGreaterThan(Duration.ofMinutes(9));
        jobs.pause("p", false);
        assertThat(jobs.claim("p", terms(2))).as("an operator may know better").hasSize(2);
    }

    @Test
    void aCircuitThatOpensTakesBackTheTurnsOfBefore() {
        register("p", "1");
        register("p", "2");
        Job waiting = claimOne("p");
        Job probe = claimOne("p");
        jobs.apply(probe, JobChange.to(null).askAgainIn(Duration.ZERO),
                new ProviderSignal.Unavailable(new JobError("http-503", "down", true), 1, Duration.ZERO, Duration.ZERO));
        assertThat(jobs.stands("p", waiting.turn())).isFalse();
        assertThat(jobs.claim("p", terms(2))).as("no probe beside what is under way").isEmpty();
        jobs.release(waiting);
        probe = claimOne("p");
        assertThat(jobs.stands("p", probe.turn())).as("the probe itself").isTrue();
    }

    @Test
    void aProbeThatIsGivenBackUnsentIsFollowedByTheNextAtOnce() {
        register("p", "1");
        register("p", "2");
        // claimed before the outage, and long in the archive's hands
        Job early = jobs.apply(claimOne("p"), JobChange.to(JobState.ARCHIVING).handOver().askAgainIn(Duration.ZERO), null);
        outage("p");
        Job probe = claimOne("p");
        jobs.release(early);
        assertThat(jobs.providers().get(0).pausedUntil()).as("the probe's window, which is none of the other's").isAfter(jobs.now());
        jobs.release(probe);
        assertThat(jobs.providers().get(0).pausedUntil()).isBeforeOrEqualTo(jobs.now());
        assertThat(claimOne("p")).isNotNull();
    }

    private void outage(String provider) {
        jobs.signal(provider, new ProviderSignal.Unavailable(new JobError("http-503", "down", true), 1, Duration.ZERO, Duration.ZERO));
    }

    @Test
    void aPausedProviderIsNotClaimedFrom() {
        register("p", "1");
        jobs.pause("p", true);
        assertThat(jobs.claim("p", terms(1))).isEmpty();
        jobs.pause("p", false);
        assertThat(jobs.claim("p", terms(1))).hasSize(1);
    }

    @Test
    void aRefusedProviderTellsOnceAndOneProbeEndsIt() {
        for (int i = 0; i < 3; i++) {
            register("p", "j" + i);
        }
        List<Job> claimed = jobs.claim("p", terms(3));
        ProviderSignal refused = new ProviderSignal.Refused("unauthorized", new JobError("http-401", "no", null), Duration.ZERO, true);
        claimed.forEach(job -> jobs.apply(job, JobChange.to(null).askAgainIn(Duration.ZERO), refused));
        assertThat(outbox.list(0, 10)).extracting(OutboxEvent::id).containsExactly("p/1/mediajobs.provider.unauthorized");
        List<Job> probe = jobs.claim("p", terms(3));
        assertThat(probe).hasSize(1);
        assertThat(jobs.claim("p", terms(3))).as("one probe at a time").isEmpty();
        jobs.apply(probe.get(0), JobChange.to(JobState.PROCESSING).askAgainIn(HOUR), new ProviderSignal.Fine());
        assertThat(outbox.list(0, 10)).extracting(OutboxEvent::id).containsExactly("p/1/mediajobs.provider.unauthorized", "p/1/mediajobs.provider.recovered");
        assertThat(jobs.claim("p", terms(3))).hasSize(2);
    }

    @Test
    void aVersionOfAnAnswerIsThatOfItsReportAlone() {
        JobKey key = register("p", "1");
        JobChange first = JobChange.to(JobState.PROCESSING).report("{\"status\":\"processing\"}").etag("\"v1\"").askAgainIn(Duration.ZERO);
        assertThat(jobs.apply(claimOne("p"), first, null).etag()).isEqualTo("\"v1\"");
        assertThat(jobs.apply(claimOne("p"), JobChange.to(null).failures(Failures.NONE.oneMoreUnanswered()).askAgainIn(Duration.ZERO), null).etag()).as("no other report").isEqualTo("\"v1\"");
        assertThat(jobs.apply(claimOne("p"), JobChange.to(null).report("{\"status\":\"pending\"}").askAgainIn(Duration.ZERO), null).etag()).isNull();
        jobs.apply(claimOne("p"), first, null);
        jobs.override(key, job -> JobChange.to(JobState.CANCELLED).askNoMore());
        assertThat(jobs.retry(key).orElseThrow().etag()).isNull();
    }

    @Test
    void whatIsToldOfAKeyHoldsForAllThatAreAskedWithIt() {
        jobs.onSameKey(name -> name.equals("other") ? List.of("other") : List.of("p", "q"));
        for (String provider : List.of("p", "q", "other")) {
            register(provider, "1");
        }
        JobError no = new JobError("http-401", "no", null);
        jobs.signal("p", new ProviderSignal.Throttled(HOUR));
        assertThat(jobs.claim("q", terms(1))).isEmpty();
        jobs.pause("q", false);
        jobs.signal("p", new ProviderSignal.Refused("unauthorized", no, HOUR, false));
        Job asked = claimOne("q");
        jobs.signal("p", new ProviderSignal.Refused("unauthorized", no, HOUR, true));
        jobs.release(asked);
        assertThat(jobs.claim("q", terms(1))).isEmpty();
        assertThat(jobs.claim("other", terms(1))).hasSize(1);
        jobs.signal("p", new ProviderSignal.Fine());
        jobs.apply(claimOne("q"), JobChange.to(null).askAgainIn(HOUR), new ProviderSignal.Fine());
        assertThat(jobs.providers()).allSatisfy(state -> assertThat(state.pauseReason()).isNull());
        assertThat(outbox.list(0, 10)).extracting(OutboxEvent::id).containsExactly("p/1/mediajobs.provider.unauthorized", "q/1/mediajobs.provider.unauthorized",
                "p/1/mediajobs.provider.recovered", "q/1/mediajobs.provider.recovered");
    }

    @Test
    void aProbeThatMeetsAnOutageIsFollowedByAnother() {
        register("p", "1");
        jobs.apply(claimOne("p"), JobChange.to(null).askAgainIn(Duration.ZERO),
                new ProviderSignal.Refused("payment-required", new JobError("http-402", "no credit", null), Duration.ZERO, true));
        for (ProviderSignal signal : List.of(
                new ProviderSignal.Unavailable(new JobError("http-503", "down", true), 5, Duration.ZERO, Duration.ofMinutes(1)),
                new ProviderSignal.Unusable(new JobError("answer-unreadable", "HTML", true), Duration.ZERO))) {
            jobs.apply(claimOne("p"), JobChange.to(null).askAgainIn(Duration.ZERO), signal);
            assertThat(jobs.providers().get(0).pauseReason()).isEqualTo("payment-required");
        }
        jobs.apply(claimOne("p"), JobChange.to(null).askAgainIn(Duration.ZERO), new ProviderSignal.Fine());
        assertThat(jobs.providers().get(0).pauseReason()).isNull();
    }

    @Test
    void theCircuitsPauseDoublesUpToItsLongest() {
        register("p", "1");
        ProviderSignal down = new ProviderSignal.Unavailable(new JobError("http-503", "down", true), 1, Duration.ofSeconds(10), Duration.ofSeconds(25));
        long[] expected = {10, 20, 25, 25};
        for (long seconds : expected) {
            database.write(handle -> handle.execute("UPDATE provider SET paused_until = 0"));
            jobs.apply(claimOne("p"), JobChange.to(null).askAgainIn(Duration.ZERO), down);
            Duration pause = Duration.between(jobs.now(), jobs.providers().get(0).pausedUntil());
            assertThat(pause).isBetween(Duration.ofSeconds(seconds - 2), Duration.ofSeconds(seconds));
        }
        assertThat(outbox.list(0, 10)).hasSize(1);
    }

    @Test
    void listsAreKeysetPagesNewestFirst() {
        for (int i = 0; i < 7; i++) {
            register(i % 2 == 0 ? "even" : "odd", "50%_" + i);
        }
        register("odd", "other");
        List<Job> page = jobs.list(new JobFilter(null, null, "50%_", null, 3));
        assertThat(page).extracting(Job::jobId).containsExactly("50%_6", "50%_5", "50%_4");
        List<Job> next = jobs.list(new JobFilter("pending", "even", null, page.get(2).id(), 10));
        assertThat(next).extracting(Job::jobId).containsExactly("50%_2", "50%_0");
    }

    @Test
    void eventsOfASubjectLeaveInOrderAndOthersPass() {
        register("p", "1");
        register("p", "2");
        for (Job job : jobs.claim("p", terms(2))) {
            jobs.apply(job, JobChange.to(JobState.BLOCKED).askNoMore().event(events.ended(job, JobState.BLOCKED, new JobError("b", "m", null), null))
                    .event(events.ended(job, JobState.FAILED, new JobError("f", "m", null), null)), null);
        }
        List<OutboxEvent> due = take(10);
        assertThat(due).extracting(OutboxEvent::subject).containsExactly("p/1", "p/2");
        outbox.failed(due.get(0), "broker down", HOUR, false);
        outbox.published(due.get(1));
        assertThat(take(10)).extracting(OutboxEvent::id).containsExactly("p/2/1/mediajobs.job.failed");
        assertThat(outbox.backlog().waiting()).isEqualTo(3);
        assertThat(outbox.republish("p/2/1/mediajobs.job.blocked")).isTrue();
        assertThat(outbox.republish("nobody")).isFalse();
    }

    @Test
    void whatIsFinishedLeavesAfterItsTime() {
        Retention retention = new Retention(database, Duration.ofDays(1), 2);
        JobState[] ends = {JobState.ARCHIVED, JobState.FAILED, JobState.LOST, JobState.EXPIRED, JobState.CANCELLED, JobState.BLOCKED, JobState.PROCESSING};
        for (JobState end : ends) {
            JobKey key = register("p", end.word());
            jobs.override(key, before -> JobChange.to(end).note(end.word(), null).event(new NewEvent(key + "/1", "t", key.toString(), "{}")));
        }
        assertThat(retention.removeBatch()).as("nothing is old").isEqualTo(new Retention.Removed(0, 0));
        database.write(handle -> handle.execute("UPDATE job SET finished_at = finished_at - 2 * 86400000"));
        assertThat(retention.removeBatch()).as("nothing is published").isEqualTo(new Retention.Removed(0, 0));
        outbox.take(100, List.of(), HOUR).stream().filter(event -> !event.subject().equals("p/failed")).forEach(outbox::published);
        assertThat(retention.removeBatch()).as("the events are not old").isEqualTo(new Retention.Removed(0, 0));
        database.write(handle -> handle.execute("UPDATE outbox SET published_at = published_at - 2 * 86400000 WHERE published_at IS NOT NULL"));
        assertThat(new Retention(database, Duration.ZERO, 2).removeBatch()).as("switched off").isEqualTo(new Retention.Removed(0, 0));
        assertThat(retention.removeBatch()).isEqualTo(new Retention.Removed(2, 2));
        int rounds = 0;
        while (!retention.removeBatch().equals(new Retention.Removed(0, 0))) {
            rounds++;
        }
        assertThat(rounds).isBetween(2, 3);
        assertThat(jobs.list(new JobFilter(null, null, null, null, 100))).extracting(Job::jobId).containsExactly("processing", "blocked", "failed");
        assertThat(outbox.list(0, 100)).extracting(OutboxEvent::subject).containsExactly("p/failed");
        for (String table : List.of("timeline", "asset")) {
            int orphans = database.read(handle -> handle.createQuery("SELECT COUNT(*) FROM " + table + " WHERE job NOT IN (SELECT id FROM job)")
                    .mapTo(Integer.class).one());
            assertThat(orphans).as(table).isZero();
        }
        assertThat(jobs.register(List.of(new NewJob(new JobKey("p", "archived"), Map.of(), HOUR, Duration.ZERO))).get(0).created()).isTrue();
    }

    @Test
    void placesCountPollsAndNotTheArchive() {
        for (int i = 0; i < 4; i++) {
            register("p", "j" + i);
        }
        JobStore.Terms two = new JobStore.Terms(10, 2, Pace.FREE, Duration.ofMinutes(1));
        List<Job> first = jobs.claim("p", two);
        assertThat(first).hasSize(2);
        assertThat(jobs.claim("p", two)).isEmpty();
        jobs.apply(first.get(0), JobChange.to(JobState.ARCHIVING).handOver(), null);
        assertThat(jobs.claim("p", two)).hasSize(1);
        jobs.override(first.get(1).key(), before -> JobChange.to(null).keepLease());
        assertThat(jobs.claim("p", two)).as("an operator's check does not end a poll").isEmpty();
        jobs.release(first.get(1));
        assertThat(jobs.claim("p", two)).hasSize(1);
    }

    @Test
    void textThatNoDatabaseTakesIsStillTaken() {
        JobKey key = register("p", "1");
        jobs.apply(claimOne("p"), JobChange.to(JobState.FAILED).askNoMore().error(new JobError("e", "a\0b \uD83C 🎬 $simple{x} :name ? \\", true)), null);
        assertThat(jobs.find(key).orElseThrow().error().message()).startsWith("a").contains("🎬 $simple{x} :name ? \\");
    }

    @Test
    void takenEventsAreNobodyElsesUntilTheyAreGivenBackOrTheHoldIsOver() {
        JobKey key = register("p", "1");
        jobs.override(key, job -> JobChange.to(null).event(new NewEvent("e", "t", key.toString(), "{}")));
        List<OutboxEvent> taken = outbox.take(10, List.of(), HOUR);
        assertThat(taken).hasSize(1);
        assertThat(outbox.take(10, List.of(), HOUR)).isEmpty();
        outbox.release(taken);
        assertThat(outbox.take(10, List.of("t"), HOUR)).isEmpty();
        assertThat(outbox.take(10, List.of(), Duration.ZERO)).hasSize(1);
        assertThat(outbox.take(10, List.of(), HOUR)).hasSize(1);
    }

    @Test
    void completedJobsTeachHowLongSuchJobsTake() {
        for (int i = 0; i < 3; i++) {
            register("p", "j" + i);
        }
        jobs.apply(claimOne("p"), JobChange.to(JobState.ARCHIVING).teaches(new UsualDuration.Lesson("m", 20_000d, Map.of(4, 1.1, 7, 1.2), true)), null);
        jobs.apply(claimOne("p"), JobChange.to(JobState.ARCHIVING).teaches(new UsualDuration.Lesson("m", 21_000d, Map.of(7, 1.2), true)), null);
        jobs.apply(claimOne("p"), JobChange.to(JobState.ARCHIVING).teaches(new UsualDuration.Lesson("", 5_000d, Map.of(), false)), null);
        List<UsualDuration> usual = jobs.usualDurations();
        assertThat(usual).extracting(UsualDuration::model).containsExactly("", "m");
        assertThat(usual.get(1).totals().count()).isEqualTo(2);
        assertThat(usual.get(1).rests().get(4).count()).isEqualTo(1);
        assertThat(usual.get(1).rests().get(7).count()).isEqualTo(2);
        assertThat(usual).extracting(UsualDuration::endsAreTold).containsExactly(false, true);
        assertThat(usual.get(1).totals().quantile(1, 0).orElseThrow()).isBetween(20_500d, 21_500d);
    }

    @Test
    void aStallIsToldOnceInAnAttempt() {
        JobKey key = register("p", "1");
        NewEvent told = new NewEvent(key + "/1/t", "t", key.toString(), "{}");
        Instant since = jobs.now();
        assertThat(jobs.override(key, job -> JobChange.to(JobState.PROCESSING).stalled(since, told)).orElseThrow().stalledSince()).isEqualTo(since);
        assertThat(jobs.override(key, job -> JobChange.to(null).moves()).orElseThrow().stalledSince()).isNull();
        // even if the event is gone meanwhile
        database.write(handle -> handle.execute("DELETE FROM outbox"));
        jobs.override(key, job -> JobChange.to(null).stalled(since, told));
        assertThat(outbox.list(0, 10)).isEmpty();
        assertThat(new JobCounts(database).stalled()).isEqualTo(Map.of("p", 1L));
        assertThat(jobs.override(key, job -> JobChange.to(JobState.FAILED).askNoMore()).orElseThrow().stalledSince()).as("it is over").isNull();
        jobs.retry(key);
        jobs.override(key, job -> JobChange.to(null).stalled(since, new NewEvent(key + "/2/t", "t", key.toString(), "{}")));
        assertThat(outbox.list(0, 10)).extracting(OutboxEvent::id).containsExactly(key + "/2/t");
    }

    @Test
    void itIsKnownSinceWhenAJobIsAsFarAsItIs() {
        JobKey key = register("p", "1");
        assertThat(jobs.override(key, job -> JobChange.to(null)).orElseThrow().progressAt()).isNull();
        Job first = jobs.override(key, job -> JobChange.to(JobState.PROCESSING).progress(10)).orElseThrow();
        Job same = jobs.override(key, job -> JobChange.to(JobState.PROCESSING).progress(10)).orElseThrow();
        assertThat(same.progressAt()).isNotNull().isEqualTo(first.progressAt());
        jobs.override(key, job -> JobChange.to(JobState.FAILED).askNoMore());
        assertThat(jobs.retry(key).orElseThrow().progressAt()).isNull();
    }

    @Test
    void pausedRoutesAreRemembered() {
        PausedRoutes paused = new PausedRoutes(database);
        assertThat(paused.all()).isEmpty();
        paused.add("inbox");
        paused.add("inbox");
        paused.add("publish-events");
        paused.remove("publish-events");
        assertThat(new PausedRoutes(database).all()).containsExactly("inbox");
    }

    @Test
    void aWakeUpIsNotLostWhileTheJobIsBeingAskedFor() {
        JobKey key = register("p", "1");
        Job asked = claimOne("p");
        assertThat(jobs.wake(key)).isTrue();
        assertThat(jobs.wake(key)).as("once is enough").isFalse();
        assertThat(jobs.claim("p", terms(1))).as("it is in somebody's hands").isEmpty();
        jobs.apply(asked, JobChange.to(JobState.PROCESSING).askAgainIn(HOUR), null);
        Job again = claimOne("p");
        jobs.apply(again, JobChange.to(JobState.PROCESSING).askAgainIn(HOUR), null);
        assertThat(jobs.claim("p", terms(1))).as("it was woken once").isEmpty();
        assertThat(jobs.wake(key)).isTrue();
        jobs.apply(claimOne("p"), JobChange.to(JobState.FAILED).askNoMore(), null);
        assertThat(jobs.wake(key)).as("it is finished").isFalse();
        assertThat(jobs.wake(new JobKey("p", "nobody"))).isFalse();
    }

    @Test
    void anOperatorsAskIsNotLostWhileTheJobIsBeingAskedFor() {
        JobKey key = register("p", "1");
        Job asked = claimOne("p");
        jobs.wake(key);
        // nor does it take a webhook's wake-up away
        assertThat(jobs.override(key, job -> JobChange.to(null).askAtOnce().keepLease())).isPresent();
        assertThat(jobs.claim("p", terms(1))).as("it is in somebody's hands").isEmpty();
        jobs.apply(asked, JobChange.to(JobState.PROCESSING).askAgainIn(HOUR), null);
        jobs.apply(claimOne("p"), JobChange.to(JobState.PROCESSING).askAgainIn(HOUR), null);
        assertThat(jobs.claim("p", terms(1))).as("it was asked for at once").isEmpty();
        jobs.override(key, job -> JobChange.to(null).askAtOnce().keepLease());
        jobs.apply(claimOne("p"), JobChange.to(JobState.PROCESSING).askAgainIn(HOUR), null);
        assertThat(jobs.claim("p", terms(1))).as("nobody worked on it: once is enough").isEmpty();
    }

    @Test
    void aWakeUpIsNotLostOnAHolderWhoseLeaseHasRunOut() {
        JobKey key = register("p", "1");
        Job asked = jobs.claim("p", new JobStore.Terms(1, Duration.ZERO)).get(0);
        jobs.wake(key);
        // nobody else has taken it, so it is still the holder's
        jobs.apply(asked, JobChange.to(JobState.PROCESSING).askAgainIn(HOUR), null);
        jobs.apply(claimOne("p"), JobChange.to(JobState.PROCESSING).askAgainIn(HOUR), null);
        assertThat(jobs.claim("p", terms(1))).as("it was woken once").isEmpty();
    }
}
