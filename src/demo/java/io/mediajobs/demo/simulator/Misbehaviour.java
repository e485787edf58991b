package io.mediajobs.demo.simulator;

import java.time.Duration;
import java.util.Objects;

/**
 * One way in which an answer is not the plain one. {@link Kind} says what it is; the other fields are null or 0 where the
 * kind does not use them.
 *
 * @param kind       what happens
 * @param status     HTTP status of {@link Kind#STATUS}, {@link Kind#REDIRECT} and the throttled ones
 * @param retryAfter what the Retry-After header of the throttled ones tells
 * @param text       the word of {@link Kind#UNKNOWN_STATUS}, the target of {@link Kind#REDIRECT}
 */
public record Misbehaviour(Kind kind, int status, Duration retryAfter, String text) {

    /** What happens. Those that need a job's answer (drip, cuts, words) are the plain answer where there is none. */
    public enum Kind {
        /** an HTTP status with the provider's own error body */
        STATUS,
        /** a status with Retry-After in seconds */
        THROTTLED,
        /** a status with Retry-After as an HTTP date */
        THROTTLED_UNTIL,
        /** the connection is reset (TCP RST) before any header */
        RESET,
        /** the request is read and never answered */
        HANG,
        /** the true answer, one byte a second */
        DRIP,
        /** half of the body, with a Content-Length that fits the half */
        CUT_BODY,
        /** half of the body, then the connection closes against its Content-Length */
        CUT_CONNECTION,
        /** 200 with an HTML page */
        HTML,
        /** 204 without a body */
        EMPTY,
        /** a 3xx to {@link Misbehaviour#text()} */
        REDIRECT,
        /** the job's answer with another word as its status */
        UNKNOWN_STATUS,
        /** completed, but no asset in the answer */
        WITHOUT_ASSETS,
        /** the job is not known (yet) */
        NOT_FOUND
    }

    public Misbehaviour {
        Objects.requireNonNull(kind, "kind");
        if ((kind == Kind.REDIRECT || kind == Kind.UNKNOWN_STATUS) && text == null) {
            throw new IllegalArgumentException(kind + " needs a text");
        }
        boolean throttled = kind == Kind.THROTTLED || kind == Kind.THROTTLED_UNTIL;
        if (throttled && retryAfter == null) {
            throw new IllegalArgumentException(kind + " needs a retryAfter");
        }
        if ((throttled || kind == Kind.STATUS) && (status < 400 || status > 599)) {
            throw new IllegalArgumentException("Not an HTTP error: " + status);
        }
        if (kind == Kind.REDIRECT && (status < 300 || status > 399)) {
            throw new IllegalArgumentException("Not a redirect: " + status);
        }
    }

    private static Misbehaviour plain(Kind kind) {
        return new Misbehaviour(kind, 0, null, null);
    }

    /** Any 4xx or 5xx, with the provider's error body. */
    public static Misbehaviour status(int status) {
        return new Misbehaviour(Kind.STATUS, status, null, null);
    }

    /** 429 with Retry-After in seconds, rounded up. */
    public static Misbehaviour throttled(Duration retryAfter) {
        return new Misbehaviour(Kind.THROTTLED, 429, retryAfter, null);
    }

    /** 429 with Retry-After as an HTTP date, this long from the answer on. */
    public static Misbehaviour throttledUntil(Duration fromNow) {
        return new Misbehaviour(Kind.THROTTLED_UNTIL, 429, fromNow, null);
    }

    public static Misbehaviour reset() {
        return plain(Kind.RESET);
    }

    public static Misbehaviour hang() {
        return plain(Kind.HANG);
    }

    public static Misbehaviour drip() {
        return plain(Kind.DRIP);
    }

    public static Misbehaviour cutBody() {
        return plain(Kind.CUT_BODY);
    }

    public static Misbehaviour cutConnection() {
        return plain(Kind.CUT_CONNECTION);
    }

    public static Misbehaviour html() {
        return plain(Kind.HTML);
    }

    public static Misbehaviour empty() {
        return plain(Kind.EMPTY);
    }

    public static Misbehaviour redirect(String location) {
        return redirect(302, location);
    }

    public static Misbehaviour redirect(int status, String location) {
        return new Misbehaviour(Kind.REDIRECT, status, null, location);
    }

    public static Misbehaviour unknownStatus(String word) {
        return new Misbehaviour(Kind.UNKNOWN_STATUS, 0, null, word);
    }

    public static Misbehaviour withoutAssets() {
        return plain(Kind.WITHOUT_ASSETS);
    }

    public static Misbehaviour notFound() {
        return plain(Kind.NOT_FOUND);
    }
}
