package io.mediajobs.observe;

import java.util.Map;
import java.util.Set;

/**
 * How the routes stand to what operators want of them.
 *
 * @param rejected why edits do not run, by file; empty while what is on disk runs
 * @param paused   ids of routes that an operator has paused
 * @param wanted   ids of routes that should run
 * @param stopped  why routes do not run that should, by file
 */
public record RouteHealth(Map<String, String> rejected, Set<String> paused, Set<String> wanted, Map<String, String> stopped) {
}
