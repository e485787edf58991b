package io.mediajobs.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mediajobs.events.JobEvents;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobError;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.Turn;
import io.mediajobs.store.Database;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.NewJob;
import io.mediajobs.store.ProviderSignal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests at the moment at which they would go out. */
class TurnsTest {

    private static final HttpHost HOST = new HttpHost("https", "api.acme.example", 443);
    private static final Rate RATE = Rate.parse("20/s");

    @TempDir
    Path folder;
    private final CamelContext camel = new DefaultCamelContext();
    private Database database;
    private JobStore jobs;
    private Turns turns;

    @BeforeEach
    void open() {
        database = Database.open(folder.resolve("jobs.db"));
        jobs = new JobStore(database, new JobEvents("/test", Clock.systemUTC()));
        turns = new Turns(jobs, () -> Duration.ofHours(1), Duration.ofMillis(500));
        for (int i = 0; i < 10; i++) {
            jobs.register(List.of(new NewJob(new JobKey("acme", "j" + i), Map.of(), Duration.ofHours(1), Duration.ZERO)));
        }
    }

    @AfterEach
    void close() {
        turns.close();
        database.close();
    }

    private List<Job> claim(Rate rate) {
        long begin = System.nanoTime();
        List<Job> claimed = jobs.claim("acme", new JobStore.Terms(10, 10, turns.pace("acme", rate), Duration.ofMinutes(1)));
        turns.given("acme", System.nanoTime() - begin);
        return claimed;
    }

    private Exchange exchange(Job job) {
        Exchange exchange = new DefaultExchange(camel);
        exchange.setVariable("askedProvider", "acme");
        if (job != null) {
            exchange.setVariable("job", job);
        }
        return exchange;
    }

    /** @return when it went out, nanoseconds */
    private long send(Exchange exchange, HttpHost host) {
        turns.onRequestSubmitted(this, exchange, host, null, null);
        return System.nanoTime();
    }

    private void answer(Exchange exchange, int status, String retryAfter) {
        BasicHttpResponse response = new BasicHttpResponse(status);
        if (retryAfter != null) {
            response.setHeader("Retry-After", retryAfter);
        }
        turns.onResponseReceived(this, exchange, HOST, response, null, 1);
    }

    private static void assertSpaced(List<Long> sent) {
        List<Long> sorted = sent.stream().sorted().toList();
        for (int first = 0; first < sorted.size(); first++) {
            for (int last = first + 1; last < sorted.size(); last++) {
                // what the rate promises: none differ by more than the margin in how late they are
                assertThat(Duration.ofNanos(sorted.get(last) - sorted.get(first))).isGreaterThanOrEqualTo(RATE.spacing().multipliedBy(last - first).minus(Rate.MARGIN));
            }
        }
    }

    @Test
    void requestsThatWaitTogetherGoOutOneByOne() throws Exception {
        List<Job> claimed = claim(RATE);
        assertThat(claimed).hasSizeGreaterThan(5);
        ExecutorService threads = Executors.newFixedThreadPool(10);
        try {
            List<Callable<Long>> sending = new ArrayList<>();
            claimed.forEach(job -> sending.add(() -> send(exchange(job), HOST)));
            List<Long> sent = new ArrayList<>();
            for (Future<Long> each : threads.invokeAll(sending)) {
                sent.add(each.get());
            }
            assertSpaced(sent);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void requestsThatWereHeldUpTakeNewTurns() throws Exception {
        List<Job> claimed = claim(RATE);
        // all their turns go by
        Turn last = claimed.get(claimed.size() - 1).turn();
        await().until(() -> jobs.now().isAfter(last.at().plusMillis(100)));
        long begin = System.nanoTime();
        List<Long> sent = claimed.stream().limit(4).map(job -> send(exchange(job), HOST)).toList();
        assertSpaced(sent);
        assertThat(Duration.ofNanos(sent.get(3) - begin)).isGreaterThanOrEqualTo(RATE.spacing().multipliedBy(3).minus(Rate.MARGIN));
        assertThat(jobs.turn("acme", turns.pace("acme", RATE), null).orElseThrow().at()).isAfter(last.at().plus(RATE.spacing().multipliedBy(4)));
    }

    @Test
    void theSecondCallForAJobHasATurnOfItsOwn() {
        Exchange exchange = exchange(claim(RATE).get(0));
        List<Long> sent = IntStream.range(0, 3).mapToObj(i -> send(exchange, HOST)).toList();
        assertSpaced(sent);
    }

    @Test
    void callsElsewhereAreNotCounted() {
        Exchange exchange = exchange(claim(RATE).get(0));
        send(exchange, HOST);
        Turn before = jobs.turn("acme", turns.pace("acme", RATE), null).orElseThrow();
        send(exchange, new HttpHost("https", "intranet.example", 443));
        send(new DefaultExchange(camel), HOST);
        assertThat(Duration.between(before.at(), jobs.turn("acme", turns.pace("acme", RATE), null).orElseThrow().at())).isLessThan(RATE.spacing().multipliedBy(2));
    }

    @Test
    void theHeadOfAnAnswerIsEnoughToHoldEverythingBack() {
        List<Job> claimed = claim(Rate.parse("none"));
        Exchange first = exchange(claimed.get(0));
        send(first, HOST);
        answer(first, 429, "600");
        assertThatThrownBy(() -> send(exchange(claimed.get(1)), HOST)).as("claimed before").isInstanceOf(NotSentException.class);
        assertThatThrownBy(() -> send(exchange(null), HOST)).as("of no job").isInstanceOf(NotSentException.class);
        assertThat(claim(Rate.parse("none"))).isEmpty();
        jobs.pause("acme", false);
        send(exchange(claimed.get(1)), HOST);
    }

    @Test
    void anotherNodesPauseIsSeenBeforeTheNextRequest() {
        Job job = claim(Rate.parse("none")).get(0);
        jobs.pause("acme", true);
        assertThatThrownBy(() -> send(exchange(job), HOST)).isInstanceOf(NotSentException.class);
    }

    /** A cold process is slow with its first request, and that may well be a probe. */
    @Test
    void aProbeThatMissesItsTurnTakesAnother() {
        pauseByAnOutage();
        Job probe = claim(RATE).get(0);
        await().until(() -> jobs.now().isAfter(probe.turn().at().plusMillis(100)));
        send(exchange(probe), HOST);
    }

    @Test
    void aProbeMayNeedSeveralCalls() {
        pauseByAnOutage();
        Exchange probe = exchange(claim(RATE).get(0));
        send(probe, HOST);
        send(probe, HOST);
        send(probe, HOST);
        assertThatThrownBy(() -> send(exchange(null), HOST)).as("what is no probe waits").isInstanceOf(NotSentException.class);
        answer(probe, 503, "600");
        assertThatThrownBy(() -> send(probe, HOST)).as("the provider asks for patience").isInstanceOf(NotSentException.class);
    }

    private void pauseByAnOutage() {
        jobs.signal("acme", new ProviderSignal.Unavailable(new JobError("http-503", "down", true), 1, Duration.ZERO, Duration.ZERO));
    }

    @Test
    void answersThatAskForNothingHoldNothingBack() {
        List<Job> claimed = claim(Rate.parse("none"));
        Exchange first = exchange(claimed.get(0));
        send(first, HOST);
        answer(first, 200, "600");
        answer(first, 404, "600");
        answer(first, 503, null);
        answer(first, 429, "whenever");
        send(exchange(claimed.get(1)), HOST);
    }

    @Test
    void aStopEndsTheWait() {
        Turns slow = turns;
        Rate hourly = Rate.parse("1/h");
        Exchange exchange = exchange(claim(hourly).get(0));
        send(exchange, HOST);
        Thread stopper = new Thread(slow::close);
        stopper.start();
        assertThatThrownBy(() -> send(exchange, HOST)).isInstanceOf(NotSentException.class);
    }
}
