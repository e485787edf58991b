package io.mediajobs.web;

import java.time.Instant;
import java.util.List;

/** The routes that run, each with the file it came from. */
public interface RouteCatalog {

    /** By file, then id. */
    List<RouteEntry> all();

    /** What they are together. */
    Edition edition();

    /**
     * @param version  hash of everything that operators edit and that runs; null if unknown
     * @param loadedAt when it was taken in; null if unknown
     * @param rejected edits that are on disk and do not run
     * @param waiting  settings whose new value waits for the next start
     */
    record Edition(String version, Instant loadedAt, List<Rejected> rejected, List<String> waiting) {
    }

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
     * @param file    relative to the routes folder, or the name of a properties file; null if no single file is to blame
     * @param line    from 1; null if unknown
     * @param column  from 1; null if unknown
     * @param message a sentence
     */
    record Rejected(Instant at, String file, Integer line, Integer column, String message) {
    }
}
