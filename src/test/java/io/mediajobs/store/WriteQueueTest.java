package io.mediajobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WriteQueueTest {

    private static void writeAll(List<WriteQueue.Waiting<Integer, Integer>> together) {
        together.forEach(each -> each.done().complete(each.what()));
    }

    @Test
    void afterWhateverFailureItGoesOn() throws Exception {
        List<Runnable> failures = List.of(() -> {
            throw new OutOfMemoryError("failure 0");
        }, () -> {
            throw new StackOverflowError("failure 1");
        }, () -> {
            throw new IllegalStateException("failure 2");
        });
        try (WriteQueue<Integer, Integer> queue = new WriteQueue<>("test", 10, 10, Duration.ZERO, together -> {
            int number = together.get(0).what();
            if (number < failures.size()) {
                failures.get(number).run();
            }
            writeAll(together);
        })) {
            for (int number = 0; number < failures.size(); number++) {
                CompletableFuture<Integer> failed = queue.add(number);
                assertThatThrownBy(failed::get).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(RuntimeException.class)
                        .hasStackTraceContaining("failure " + number);
            }
            assertThat(queue.add(9).get()).isEqualTo(9);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The pool of Java 25 has one thread where there are two processors. */
    private static void inAThreadOfItsOwn(Runnable work) {
        Thread thread = new Thread(work, "caller");
        thread.setDaemon(true);
        thread.start();
    }

    @Test
    void whereTooManyWaitTheNextIsRefused() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (WriteQueue<Integer, Integer> queue = new WriteQueue<>("test", 2, 10, Duration.ZERO, together -> {
            begun.countDown();
            await(goOn);
            writeAll(together);
        })) {
            CompletableFuture<Integer> first = queue.add(1);
            begun.await();
            List<CompletableFuture<Integer>> waiting = List.of(queue.add(2), queue.add(3));
            assertThatThrownBy(queue.add(4)::get).hasCauseInstanceOf(StoreUnavailableException.class).hasMessageContaining("Too many");
            goOn.countDown();
            assertThat(first.get()).isEqualTo(1);
            for (CompletableFuture<Integer> each : waiting) {
                each.get();
            }
        }
    }

    @Test
    void whatComesDuringThePauseSharesTheNextCommit() throws Exception {
        List<Integer> commits = Collections.synchronizedList(new ArrayList<>());
        try (WriteQueue<Integer, Integer> queue = new WriteQueue<>("test", 100, 10, Duration.ofHours(1), together -> {
            commits.add(together.size());
            writeAll(together);
        })) {
            queue.add(0).get();
            assertThat(commits).as("nothing was written before, so nothing is waited for").containsExactly(1);

            CompletableFuture<Integer> waiting = queue.add(1);
            queue.add(2);
            assertThatThrownBy(() -> waiting.get(50, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            queue.hurry();
            waiting.get();
            assertThat(commits).as("somebody hurried").containsExactly(1, 2);

            List<CompletableFuture<Integer>> many = new ArrayList<>();
            for (int number = 3; number < 14; number++) {
                many.add(queue.add(number));
            }
            many.get(9).get();
            assertThat(commits).as("as many as may share a commit").containsExactly(1, 2, 10);
            assertThat(many.get(10)).isNotDone();
        }
    }

    @Test
    void whoeverHurriesWaitsForNoPauseAlsoWhereSeveralCommitsAreNeeded() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (WriteQueue<Integer, Integer> queue = new WriteQueue<>("test", 100, 10, Duration.ofHours(1), together -> {
            begun.countDown();
            await(goOn);
            writeAll(together);
        })) {
            queue.add(0);
            begun.await();
            List<CompletableFuture<Integer>> added = new ArrayList<>();
            for (int number = 1; number < 26; number++) {
                added.add(queue.add(number));
            }
            queue.hurry();
            goOn.countDown();
            CompletableFuture.allOf(added.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void thePauseEndsByItself() throws Exception {
        try (WriteQueue<Integer, Integer> queue = new WriteQueue<>("test", 100, 10, Duration.ofMillis(20), WriteQueueTest::writeAll)) {
            for (int number = 0; number < 5; number++) {
                assertThat(queue.add(number).get()).isEqualTo(number);
            }
        }
    }

    @Test
    void whatWaitsForThePauseIsToldOfTheStop() {
        WriteQueue<Integer, Integer> queue = new WriteQueue<>("test", 100, 10, Duration.ofHours(1), WriteQueueTest::writeAll);
        queue.add(0).join();
        CompletableFuture<Integer> waiting = queue.add(1);
        queue.close();
        assertThatThrownBy(waiting::get).hasCauseInstanceOf(StoreUnavailableException.class);
    }

    /** Threads add without a pause while it is closed, again and again: one of them falls between the last look at the queue and the end of the thread. */
    @Test
    void whatIsAddedDuringTheStopIsWrittenOrRefusedButDoesNotWait() throws Exception {
        for (int round = 0; round < 300; round++) {
            WriteQueue<Integer, Integer> queue = new WriteQueue<>("test", Integer.MAX_VALUE, 10, Duration.ZERO, WriteQueueTest::writeAll);
            List<CompletableFuture<List<CompletableFuture<Integer>>>> callers = new ArrayList<>();
            CountDownLatch busy = new CountDownLatch(2);
            for (int caller = 0; caller < 2; caller++) {
                callers.add(CompletableFuture.supplyAsync(() -> {
                    List<CompletableFuture<Integer>> added = new ArrayList<>();
                    busy.countDown();
                    while (added.isEmpty() || !added.get(added.size() - 1).isCompletedExceptionally()) {
                        added.removeIf(CompletableFuture::isDone);
                        added.add(queue.add(1));
                    }
                    return added;
                }, WriteQueueTest::inAThreadOfItsOwn));
            }
            busy.await();
            queue.close();
            for (CompletableFuture<List<CompletableFuture<Integer>>> caller : callers) {
                for (CompletableFuture<Integer> added : caller.get()) {
                    assertThat(added.handle((done, refused) -> done == null ? refused : done).get(10, TimeUnit.SECONDS)).isNotNull();
                }
            }
        }
    }
}
