package io.mediajobs.web;

import java.time.Instant;
import java.util.List;

/** The routes that run, each with the file it came from. */
public interface RouteCatalog {

    /** By file, then id. */
    List<RouteEntry> all();

    /**
     * @param id       of the route; null where a file never held a good route
     * @param file     relative to the routes folder, with slashes
     * @param state    {@code started}, {@code stopped} …
     * @param version  hash of the file's content that is running; null if none is
     * @param loadedAt when that version started; null if none did
     * @param rejected the last edit that was refused; null if the last one was good
     */
    record RouteEntry(String id, String file, String state, String version, Instant loadedAt, Rejected rejected) {
    }

    /**
     * @param at      when
     * @param line    from 1; null if unknown
     * @param column  from 1; null if unknown
     * @param message a sentence
     */
    record Rejected(Instant at, Integer line, Integer column, String message) {
    }
}
