package io.mediajobs.observe;

import io.mediajobs.report.Redaction;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Readiness: something that we cannot work without answers. It is asked at most once in a while, and one at a time: a thing that
 * hangs costs one thread and not one for each probe.
 */
public final class Reachable extends AbstractHealthCheck {

    /** Asks the thing; what it throws is why it does not answer. */
    @FunctionalInterface
    public interface Question {
        void ask() throws Exception;
    }

    private final Question question;
    private final Duration fresh;
    private final Duration timeout;
    private CompletableFuture<Void> answer;
    private long askedAt;

    /**
     * @param name    such as {@code s3}
     * @param fresh   how long an answer is good for
     * @param timeout after which no answer counts as none
     */
    public Reachable(String name, Question question, Duration fresh, Duration timeout) {
        super("media-job-routes", name);
        this.question = question;
        this.fresh = fresh;
        this.timeout = timeout;
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        try {
            answer().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            builder.up();
        } catch (TimeoutException e) {
            builder.message(getId() + " has not answered within " + timeout.toMillis() + " ms.").down();
        } catch (ExecutionException e) {
            builder.message(getId() + " does not answer: " + Redaction.text(String.valueOf(e.getCause() instanceof Error ? e.getCause() : e.getCause().getMessage()))).down();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            builder.message(getId() + " was not asked: interrupted.").down();
        }
    }

    private synchronized CompletableFuture<Void> answer() {
        long now = System.nanoTime();
        boolean usable = answer != null && (!answer.isDone() || now - askedAt < fresh.toNanos());
        if (!usable) {
            CompletableFuture<Void> next = new CompletableFuture<>();
            Thread thread = new Thread(() -> {
                try {
                    question.ask();
                    next.complete(null);
                } catch (Exception | Error e) {
                    // an Error, too: an answer that never comes would be waited for until the next start
                    next.completeExceptionally(e);
                }
            }, "health-" + getId());
            thread.setDaemon(true);
            thread.start();
            answer = next;
            askedAt = now;
        }
        return answer;
    }
}
