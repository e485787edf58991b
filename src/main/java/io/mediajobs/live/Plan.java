package io.mediajobs.live;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/**
 * What has to be done to get from one set of files and settings to another: nothing to a route that neither changed nor uses what changed.
 *
 * @param out      files whose routes go
 * @param in       files whose routes are built; those in both are replaced
 * @param changed  files that differ
 */
record Plan(RouteFiles from, RouteFiles to, Set<String> changed, Set<String> out, Set<String> in) {

    /**
     * @param from what runs, without the files that are switched off
     * @param to   what is to run, likewise
     * @param keys settings whose values differ
     */
    static Plan between(RouteFiles from, RouteFiles to, Set<String> keys) {
        Set<String> changed = from.difference(to);
        Texts before = new Texts(from);
        Texts after = new Texts(to);
        Set<String> kamelets = new TreeSet<>();
        for (String file : changed) {
            if (file.endsWith(RouteFiles.KAMELET)) {
                kamelets.add(RouteFiles.stem(file));
            }
        }
        BiPredicate<Texts, String> touched = (texts, file) -> changed.contains(file) || texts.uses(file, kamelets, keys);
        Set<String> configurations = new TreeSet<>();
        for (Texts texts : List.of(before, after)) {
            texts.all.forEach((file, text) -> {
                if (touched.test(texts, file)) {
                    configurations.addAll(text.configurations());
                }
            });
        }
        Set<String> out = new TreeSet<>();
        Set<String> in = new TreeSet<>();
        before.all.forEach((file, text) -> {
            if (file.endsWith(RouteFiles.ROUTE) && (touched.test(before, file) || isConfigured(text, configurations)
                    || to.has(file) && (touched.test(after, file) || isConfigured(after.all.get(file), configurations)))) {
                out.add(file);
            }
        });
        for (String file : to.names()) {
            if (file.endsWith(RouteFiles.ROUTE) && (out.contains(file) || !from.has(file))) {
                in.add(file);
            }
        }
        return new Plan(from, to, changed, out, in);
    }

    /**
     * This, and these files again, whether they differ or not: an exchange that could not be undone has left some of them out, or in a version that
     * nobody wants.
     */
    Plan also(Set<String> doubtful) {
        Set<String> differ = new TreeSet<>(changed);
        differ.addAll(doubtful);
        Set<String> go = new TreeSet<>(out);
        Set<String> come = new TreeSet<>(in);
        for (String file : doubtful) {
            if (file.endsWith(RouteFiles.ROUTE)) {
                go.add(file);
                if (to.has(file)) {
                    come.add(file);
                }
            }
        }
        return new Plan(from, to, differ, go, come);
    }

    /** Ids of the routes that go with this file. */
    List<String> leaving(String file) {
        // a file that an exchange has left behind is in neither edition, and the id of its route is its name
        return from.has(file) ? from.refers(file).routeIds() : List.of(RouteFiles.stem(file));
    }

    /** All files that it touches. */
    Set<String> files() {
        Set<String> all = new TreeSet<>(changed);
        all.addAll(out);
        all.addAll(in);
        return all;
    }

    /** From {@code to} back to {@code from}, however far the way there has been gone. */
    Plan reversed() {
        Set<String> go = new TreeSet<>(in);
        go.addAll(out);
        Set<String> come = new TreeSet<>(out);
        come.removeIf(file -> !from.has(file));
        return new Plan(to, from, changed, go, come);
    }

    private static boolean isConfigured(RouteText route, Set<String> configurations) {
        if (route.configuredBy() == null) {
            return configurations.contains("");
        }
        for (String named : route.configuredBy().split(",")) {
            String plain = named.strip();
            // a pattern or a placeholder: whatever it is, building once too often does no harm
            if (configurations.contains(plain) || !configurations.isEmpty() && plain.matches(".*[*{.(\\[].*")) {
                return true;
            }
        }
        return false;
    }

    private static final class Texts {
        private final Map<String, RouteText> all = new HashMap<>();
        private final Map<String, RouteText> kamelets = new HashMap<>();

        private Texts(RouteFiles files) {
            for (String file : files.names()) {
                if (file.endsWith(RouteFiles.ROUTE)) {
                    all.put(file, files.refers(file));
                } else if (file.endsWith(RouteFiles.KAMELET)) {
                    kamelets.put(RouteFiles.stem(file), files.refers(file));
                }
            }
        }

        /** Whether a file refers to one of these kamelets or settings, itself or through a kamelet. */
        private boolean uses(String file, Set<String> changedKamelets, Set<String> keys) {
            return uses(all.get(file), changedKamelets, keys, new TreeSet<>());
        }

        private boolean uses(RouteText text, Set<String> changedKamelets, Set<String> keys, Set<String> seen) {
            if (text == null) {
                return false;
            }
            if (text.keys().stream().anyMatch(keys::contains)) {
                return true;
            }
            for (String kamelet : text.kamelets()) {
                if (changedKamelets.contains(kamelet) || seen.add(kamelet) && uses(kamelets.get(kamelet), changedKamelets, keys, seen)) {
                    return true;
                }
            }
            return false;
        }
    }
}
