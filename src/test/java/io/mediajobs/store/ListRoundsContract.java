package io.mediajobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.events.JobEvents;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobError;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.store.ListRounds.Round;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rounds through a provider's list of jobs and what they write, whatever database is behind the store. */
abstract class ListRoundsContract {

    static final Duration MINUTE = Duration.ofMinutes(1);
    static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path folder;
    Database database;
    JobStore jobs;
    ListRounds rounds;

    abstract StoreSettings settings();

    @BeforeEach
    void open() {
        database = Database.open(settings());
        jobs = new JobStore(database, new JobEvents("/test", Clock.systemUTC()));
        rounds = new ListRounds(database, jobs);
    }

    @AfterEach
    void close() {
        database.close();
    }

    /** From three due jobs on, rounds one after the other. */
    static ListRounds.Use three() {
        return new ListRounds.Use(3, Duration.ZERO, false);
    }

    static ListRounds.Terms terms() {
        return new ListRounds.Terms(three(), 10, null, 5, Pace.FREE, MINUTE);
    }

    static ListRounds.Terms discovering(Duration every) {
        return new ListRounds.Terms(three(), 10, every, 5, Pace.FREE, MINUTE);
    }

    void follow(int count) {
        follow("j", count);
    }

    void follow(String prefix, int count) {
        jobs.register(IntStream.range(0, count).mapToObj(i -> new NewJob(new JobKey("p", prefix + i), Map.of(), HOUR, Duration.ZERO)).toList());
    }

    /** A claim for single calls, which knows of the list. */
    List<Job> claim(int places) {
        return jobs.claim("p", new JobStore.Terms(places, 100, Pace.FREE, MINUTE, three()));
    }

    private List<Job> claimAlthoughListed(int places) {
        return jobs.claim("p", new JobStore.Terms(places, MINUTE));
    }

    private List<Job> listed(Round round, Set<String> ids) {
        return jobs.listed("p", ids, round.askedAt());
    }

    private static Set<String> ids(String prefix, int from, int to) {
        return Set.copyOf(IntStream.range(from, to).mapToObj(i -> prefix + i).toList());
    }

    private static JobChange processing() {
        return JobChange.to(JobState.PROCESSING).polled().listAgain().askAgainIn(HOUR).noteNews("processing", null);
    }

    /** The page says that all these are processing. */
    private void tell(Round round, Set<String> ids) {
        jobs.apply(listed(round, ids).stream().map(job -> new JobStore.Listed(job, processing())).toList(), MINUTE);
    }

    private Job job(String id) {
        return jobs.find(new JobKey("p", id)).orElseThrow();
    }

    private boolean told(Round round, int pages, int told, boolean more) {
        return rounds.told(round, terms(), pages, told, more, MINUTE, HOUR);
    }

    @Test
    void fewJobsAreAskedForOneByOne() {
        follow(2);
        assertThat(rounds.begin("p", terms())).isEmpty();
        assertThat(claim(10)).hasSize(2);
    }

    @Test
    void manyAreLeftToTheList() {
        follow(5);
        assertThat(claim(10)).isEmpty();
        Round round = rounds.begin("p", terms()).orElseThrow();
        assertThat(round.wanted()).isEqualTo(5);
        assertThat(round.turn()).isNotNull();
        assertThat(claim(10)).as("while the list is asked").isEmpty();
        assertThat(jobs.claim("p", new JobStore.Terms(10, MINUTE))).as("where no list is used").hasSize(5);
    }

    @Test
    void oneNodeMakesARound() {
        follow(5);
        ListRounds other = new ListRounds(database, jobs);
        Round round = rounds.begin("p", terms()).orElseThrow();
        assertThat(other.begin("p", terms())).isEmpty();
        assertThat(rounds.begin("p", terms())).isEmpty();
        rounds.release(round);
        assertThat(other.begin("p", terms())).isPresent();
        assertThat(rounds.next(round, terms())).as("it is another's now").isEmpty();
        assertThat(told(round, 1, 0, true)).isFalse();
        assertThat(rounds.begin("q", terms())).as("no job of this provider is due").isEmpty();
    }

    @Test
    void aRoundThatIsLostEndsByItself() {
        follow(5);
        ListRounds.Terms short1 = new ListRounds.Terms(three(), 10, null, 5, Pace.FREE, Duration.ZERO);
        Round lost = rounds.begin("p", short1).orElseThrow();
        assertThat(rounds.next(lost, terms())).isEmpty();
        assertThat(rounds.begin("p", terms())).isPresent();
    }

    @Test
    void newsIsWrittenAsIfTheJobHadBeenAskedFor() {
        follow(5);
        Round round = rounds.begin("p", terms()).orElseThrow();
        tell(round, ids("j", 0, 5));
        assertThat(told(round, 1, 5, false)).isFalse();
        assertThat(job("j0")).satisfies(job -> {
            assertThat(job.state()).isEqualTo(JobState.PROCESSING);
            assertThat(job.polls()).isEqualTo(1);
            assertThat(Duration.between(job.updatedAt(), job.nextPollAt())).isEqualTo(HOUR);
            assertThat(job.lease()).isNull();
            assertThat(jobs.timeline(job)).extracting(TimelineEntry::what).containsExactly("registered", "processing");
        });
        assertThat(claim(10)).isEmpty();
        assertThat(rounds.begin("p", terms())).as("nothing is due").isEmpty();
    }

    @Test
    void whatNoPageShowsIsAskedForSinglyUntilThatIsAnswered() {
        follow(5);
        Round round = rounds.begin("p", terms()).orElseThrow();
        tell(round, ids("j", 0, 3));
        told(round, 1, 3, false);
        List<Job> single = claim(10);
        assertThat(single).extracting(Job::jobId).containsExactlyInAnyOrder("j3", "j4");
        single.forEach(job -> jobs.apply(job, processing().askAgainIn(Duration.ZERO), null));
        follow("k", 1);
        assertThat(rounds.begin("p", terms()).orElseThrow().wanted()).as("the list may tell of them again").isEqualTo(3);
    }

    @Test
    void whatTheListSaysHasEndedIsAskedForSinglyToItsEnd() {
        follow(5);
        Round round = rounds.begin("p", terms()).orElseThrow();
        jobs.apply(listed(round, ids("j", 0, 5)).stream()
                .map(job -> new JobStore.Listed(job, JobChange.to(null).askSinglyFromNowOn().askAgainIn(Duration.ZERO))).toList(), MINUTE);
        List<Job> single = claim(10);
        assertThat(single).hasSize(5);
        single.forEach(job -> jobs.apply(job, processing().askAgainIn(Duration.ZERO), null));
        assertThat(listed(round, ids("j", 0, 5))).isEmpty();
        assertThat(rounds.begin("p", terms())).isEmpty();
        assertThat(claim(10)).as("the list and the single answer contradict each other: the single answer counts").hasSize(5);
    }

    @Test
    void aJobInSomebodysHandsIsLeftAlone() {
        follow(5);
        Round round = rounds.begin("p", terms()).orElseThrow();
        List<Job> seen = listed(round, ids("j", 0, 5));
        Job leased = claimAlthoughListed(1).get(0);
        assertThat(listed(round, ids("j", 0, 5))).hasSize(4);
        assertThat(jobs.apply(seen.stream().map(job -> new JobStore.Listed(job, null)).toList(), MINUTE)).hasSize(4).doesNotContain(leased);
        jobs.requireLease(leased);
    }

    @Test
    void aPageThatIsOlderThanALaterAnswerMovesNothingBack() {
        follow(5);
        Round round = rounds.begin("p", terms()).orElseThrow();
        List<Job> seen = listed(round, ids("j", 0, 5));
        for (Job job : claimAlthoughListed(2)) {
            jobs.apply(job, JobChange.to(JobState.FAILED).askNoMore(), null);
        }
        jobs.apply(claimAlthoughListed(1).get(0), JobChange.to(JobState.PROCESSING).progress(80).askAgainIn(HOUR), null);
        jobs.apply(seen.stream().map(job -> new JobStore.Listed(job, JobChange.to(JobState.PENDING).progress(10).askAgainIn(MINUTE))).toList(), MINUTE);
        assertThat(jobs.list(new JobFilter("failed", null, null, null, 10))).hasSize(2).allMatch(job -> job.nextPollAt() == null);
        assertThat(jobs.list(new JobFilter("processing", null, null, null, 10))).singleElement().satisfies(job -> assertThat(job.progress()).isEqualTo(80));
        assertThat(jobs.list(new JobFilter("pending", null, null, null, 10))).hasSize(2).allMatch(job -> job.progress() == 10);
        assertThat(listed(round, ids("j", 0, 5))).as("what has changed since the page was asked for knows better").isEmpty();
    }

    @Test
    void aJobThatAWebhookWakesIsAskedForSinglyThoughTheListIsAbout() {
        follow(5);
        assertThat(claim(10)).isEmpty();
        Round round = rounds.begin("p", terms()).orElseThrow();
        List<Job> seen = listed(round, ids("j", 0, 5));
        assertThat(jobs.wake(new JobKey("p", "j1"))).isTrue();
        assertThat(claim(10)).singleElement().satisfies(job -> assertThat(job.jobId()).isEqualTo("j1"));
        jobs.apply(seen.stream().map(job -> new JobStore.Listed(job, processing())).toList(), MINUTE);
        assertThat(job("j1").state()).isEqualTo(JobState.PENDING);
    }

    @Test
    void endsAreTakenUnderALeaseOfTheirOwn() {
        follow(4);
        Round round = rounds.begin("p", terms()).orElseThrow();
        List<Job> taken = jobs.apply(listed(round, ids("j", 0, 4)).stream().map(job -> new JobStore.Listed(job, null)).toList(), MINUTE);
        assertThat(taken).hasSize(4).allMatch(job -> job.lease() != null);
        told(round, 1, 4, false);
        assertThat(jobs.claim("p", new JobStore.Terms(10, MINUTE))).isEmpty();
        follow("k", 1);
        assertThat(jobs.claim("p", new JobStore.Terms(10, 1, Pace.FREE, MINUTE))).as("they are no requests and take no place").hasSize(1);
        assertThat(jobs.apply(taken.get(0), JobChange.to(JobState.FAILED).askNoMore(), null).state()).isEqualTo(JobState.FAILED);
    }

    @Test
    void aPageCountsAsARequest() {
        follow(8);
        ListRounds.Terms one = new ListRounds.Terms(three(), 10, null, 1, Pace.every(Duration.ofSeconds(30)), MINUTE);
        Round round = rounds.begin("p", one).orElseThrow();
        jobs.wake(new JobKey("p", "j0"));
        JobStore.Terms single = new JobStore.Terms(10, 1, Pace.FREE, MINUTE, three());
        assertThat(jobs.claim("p", single)).as("its one place is taken").isEmpty();
        assertThat(told(round, 1, 0, true)).isTrue();
        assertThat(rounds.next(round, one).orElseThrow().turn()).as("at the rate").isNull();
        assertThat(jobs.claim("p", single)).as("between two pages the place is free").hasSize(1);
        assertThat(rounds.next(round, terms()).orElseThrow().turn()).as("a place is free elsewhere").isNotNull();
    }

    @Test
    void aPausedProviderIsNotAskedForItsListAndARoundEndsWithThePause() {
        follow(8);
        Round round = rounds.begin("p", terms()).orElseThrow();
        assertThat(told(round, 1, 0, true)).isTrue();
        jobs.pause("p", true);
        assertThat(rounds.next(round, terms())).isEmpty();
        assertThat(rounds.begin("p", terms())).isEmpty();
        jobs.pause("p", false);
        assertThat(rounds.begin("p", terms())).isPresent();
    }

    @Test
    void whatAListAnswersConcernsTheProvider() {
        follow(5);
        assertThat(rounds.failed(rounds.begin("p", terms()).orElseThrow(), new ProviderSignal.Throttled(HOUR), null, null, null)).isZero();
        assertThat(jobs.claim("p", new JobStore.Terms(10, MINUTE))).isEmpty();
        jobs.pause("p", false);
        assertThat(claim(10)).as("the list does not rest").isEmpty();
        rounds.failed(rounds.begin("p", terms()).orElseThrow(), new ProviderSignal.Refused("unauthorized", new JobError("http-401", "No.", null), Duration.ZERO, true),
                "No.", MINUTE, MINUTE);
        assertThat(jobs.providers()).singleElement().satisfies(state -> assertThat(state.pauseReason()).isEqualTo("unauthorized"));
        assertThat(rounds.begin("p", terms())).as("the one probe is a single call").isEmpty();
        assertThat(claim(10)).hasSize(1);
    }

    @Test
    void aPageThatWasToBeAProbeAndWasNotSentLeavesTheProviderToTheNext() {
        follow(8);
        jobs.signal("p", new ProviderSignal.Unavailable(new JobError("http-503", "down", true), 1, Duration.ZERO, Duration.ZERO));
        Round round = rounds.begin("p", terms()).orElseThrow();
        assertThat(jobs.providers().get(0).pausedUntil()).isAfter(jobs.now());
        rounds.release(round);
        assertThat(jobs.providers().get(0).pausedUntil()).isBeforeOrEqualTo(jobs.now());
        assertThat(rounds.begin("p", terms())).isPresent();
    }

    @Test
    void aListThatFailsRestsLongerEachTimeAndItsJobsAreAskedForSingly() {
        follow(5);
        Duration rest = Duration.ofMillis(1);
        Duration last = Duration.ZERO;
        for (int i = 0; i < 5; i++) {
            Optional<Round> round = Optional.empty();
            while (round.isEmpty()) {
                round = rounds.begin("p", terms());
            }
            Duration next = rounds.failed(round.get(), null, "no list", rest, Duration.ofMillis(10));
            assertThat(next).isGreaterThanOrEqualTo(last).isLessThanOrEqualTo(Duration.ofMillis(10));
            last = next;
        }
        assertThat(last).isEqualTo(Duration.ofMillis(10));
        Round round = null;
        while (round == null) {
            round = rounds.begin("p", terms()).orElse(null);
        }
        rounds.failed(round, null, "no list", HOUR, HOUR);
        assertThat(rounds.states()).singleElement().satisfies(state -> {
            assertThat(state.restsUntil()).isAfter(Instant.now().plus(Duration.ofMinutes(50)));
            assertThat(state.lastError()).isEqualTo("no list");
        });
        assertThat(claim(10)).hasSize(5);
    }

    @Test
    void aRoundCostsNoMoreThanAShareOfTheCallsItIsToSpare() {
        follow(10);
        Round round = rounds.begin("p", terms()).orElseThrow();
        assertThat(told(round, 1, 0, true)).isTrue();
        assertThat(told(round, 2, 0, true)).isTrue();
        assertThat(told(round, 3, 0, true)).as("three pages for ten jobs").isFalse();
        assertThat(claim(20)).as("they have waited long enough").hasSize(10);
        assertThat(rounds.states()).singleElement().satisfies(state -> assertThat(state.lastError()).isEqualTo("its 3 pages told of 0 of the jobs that were due"));
        assertThat(rounds.begin("p", terms())).isEmpty();
    }

    @Test
    void aRoundEndsWhenTooFewAreLeftForAPage() {
        follow(12);
        Round round = rounds.begin("p", terms()).orElseThrow();
        tell(round, ids("j", 0, 10));
        assertThat(told(round, 1, 10, true)).isFalse();
        assertThat(claim(20)).extracting(Job::jobId).containsExactlyInAnyOrder("j10", "j11");
        assertThat(rounds.states()).singleElement().satisfies(state -> assertThat(state.restsUntil()).isNull());
    }

    @Test
    void discoveryGoesToTheEndAndHoldsNobodyUp() {
        follow(2);
        Round round = rounds.begin("p", discovering(HOUR)).orElseThrow();
        assertThat(round.discovers()).isTrue();
        assertThat(round.wanted()).isZero();
        assertThat(claim(10)).hasSize(2);
        for (int page = 1; page < 10; page++) {
            assertThat(rounds.told(round, discovering(HOUR), page, 0, true, MINUTE, HOUR)).isTrue();
            assertThat(rounds.next(round, discovering(HOUR)).orElseThrow().turn()).isNotNull();
        }
        assertThat(rounds.told(round, discovering(HOUR), 10, 0, true, MINUTE, HOUR)).as("ten pages at the most").isFalse();
        assertThat(rounds.begin("p", discovering(HOUR))).as("in an hour").isEmpty();
        assertThat(rounds.begin("p", discovering(Duration.ZERO))).isPresent();
    }

    @Test
    void aRoundForDueJobsGoesOnAsDiscovery() {
        follow(6);
        Round round = rounds.begin("p", discovering(HOUR)).orElseThrow();
        assertThat(round.wanted()).isEqualTo(6);
        assertThat(claim(10)).isEmpty();
        tell(round, ids("j", 0, 5));
        assertThat(rounds.told(round, discovering(HOUR), 1, 5, true, MINUTE, HOUR)).isTrue();
        assertThat(claim(10)).singleElement().satisfies(job -> assertThat(job.jobId()).isEqualTo("j5"));
        assertThat(rounds.told(round, discovering(HOUR), 2, 5, false, MINUTE, HOUR)).isFalse();
    }

    @Test
    void jobsThatBecomeDueBetweenTwoTicksAreCollected() {
        follow(3);
        assertThat(rounds.begin("p", terms())).isPresent().get().satisfies(round -> {
            tell(round, ids("j", 0, 3));
            told(round, 1, 3, false);
        });
        follow("k", 1);
        ListRounds.Use outOfTurn = new ListRounds.Use(3, Duration.ZERO, true);
        assertThat(jobs.claim("p", new JobStore.Terms(10, 100, Pace.FREE, MINUTE, outOfTurn))).isEmpty();
        assertThat(claim(10)).hasSize(1);
        assertThat(jobs.claim("q", new JobStore.Terms(10, 100, Pace.FREE, MINUTE, outOfTurn))).isEmpty();
    }

    @Test
    void aSecondRoundWaitsForItsTime() {
        follow(6);
        ListRounds.Terms slow = new ListRounds.Terms(new ListRounds.Use(3, HOUR, false), 10, null, 5, Pace.FREE, MINUTE);
        Round round = rounds.begin("p", slow).orElseThrow();
        assertThat(rounds.told(round, slow, 1, 2, false, Duration.ZERO, Duration.ZERO)).isFalse();
        follow("k", 6);
        assertThat(rounds.begin("p", slow)).isEmpty();
        assertThat(rounds.begin("p", terms())).isPresent();
    }

    @Test
    void retryLetsTheListTellAgain() {
        follow(3);
        Round round = rounds.begin("p", terms()).orElseThrow();
        jobs.apply(listed(round, ids("j", 0, 3)).stream().map(job -> new JobStore.Listed(job, JobChange.to(null).askSinglyFromNowOn().askAgainIn(Duration.ZERO)))
                .toList(), MINUTE);
        told(round, 1, 3, false);
        claim(10).forEach(job -> jobs.apply(job, JobChange.to(JobState.FAILED).askNoMore(), null));
        IntStream.range(0, 3).forEach(i -> jobs.retry(new JobKey("p", "j" + i)));
        assertThat(rounds.begin("p", terms()).orElseThrow().wanted()).isEqualTo(3);
    }
}
