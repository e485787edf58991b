package io.mediajobs.live;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How the running routes stand to what is on disk; one moment of it.
 *
 * @param version    of the whole edition that runs
 * @param loadedAt   when it was taken in
 * @param files      what runs
 * @param loaded     when each route file that runs was taken in, by its name
 * @param rejections edits that are on disk and do not run; empty if what is on disk runs
 * @param waiting    settings whose new value waits for the next start
 * @param leaving    former versions of routes that still have work in hand
 * @param down       why a route file's route does not run although it should, by the name of the file: an edit could not be undone as a whole
 */
public record LiveStatus(String version, Instant loadedAt, RouteFiles files, Map<String, Instant> loaded, List<Rejection> rejections, Set<String> waiting,
        int leaving, Map<String, Rejection> down) {

    static final LiveStatus NOTHING = new LiveStatus(null, null, RouteFiles.NONE, Map.of(), List.of(), Set.of(), 0, Map.of());

    LiveStatus rejecting(List<Rejection> found) {
        return new LiveStatus(version, loadedAt, files, loaded, List.copyOf(found), waiting, leaving, down);
    }

    LiveStatus leaving(int count) {
        return new LiveStatus(version, loadedAt, files, loaded, rejections, waiting, count, down);
    }

    LiveStatus down(Map<String, Rejection> found) {
        return new LiveStatus(version, loadedAt, files, loaded, rejections, waiting, leaving, Map.copyOf(found));
    }

    /** Ids of all routes that should run. */
    public Set<String> routeIds() {
        Set<String> ids = new TreeSet<>();
        files.names().stream().filter(file -> file.endsWith(RouteFiles.ROUTE)).forEach(file -> ids.addAll(files.refers(file).routeIds()));
        return ids;
    }

    /** Why routes do not run that should, by the name of their file. */
    public Map<String, String> stopped() {
        Map<String, String> all = new TreeMap<>();
        down.forEach((file, why) -> all.put(file, why.told()));
        return all;
    }

    /** Whether something else is on disk than what runs. */
    public boolean isBehind() {
        return !rejections.isEmpty();
    }

    /** Why edits do not run, by the name of their file. */
    public Map<String, String> rejected() {
        Map<String, String> all = new TreeMap<>();
        rejections.forEach(rejection -> all.merge(rejection.file() == null ? "settings" : rejection.file(), rejection.told(), (one, other) -> one));
        return all;
    }

    /** Why an edit of this route file, or of a mapping or kamelet that it uses, does not run. */
    Optional<Rejection> rejection(String file) {
        Optional<Rejection> own = rejections.stream().filter(rejection -> file.equals(rejection.file())).findFirst();
        if (own.isPresent() || !files.has(file)) {
            return own;
        }
        RouteText text = files.refers(file);
        return rejections.stream().filter(rejection -> rejection.file() != null).filter(rejection -> {
            String name = rejection.file().substring(rejection.file().lastIndexOf('/') + 1);
            return name.endsWith(RouteFiles.MAPPING) && text.mappings().contains(name)
                    || name.endsWith(RouteFiles.KAMELET) && text.kamelets().contains(RouteFiles.stem(name));
        }).findFirst();
    }
}
