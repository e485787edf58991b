package io.mediajobs.campaign;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is wrong, by kind. Safe for any number of threads. */
final class Findings {

    private final Map<String, List<String>> found = new LinkedHashMap<>();

    /**
     * @param kind  such as {@code job lost}
     * @param which what it is about
     */
    synchronized void add(String kind, String which) {
        found.computeIfAbsent(kind, any -> new ArrayList<>()).add(which);
    }

    synchronized boolean isEmpty() {
        return found.isEmpty();
    }

    synchronized int count(String kind) {
        return found.getOrDefault(kind, List.of()).size();
    }

    /** One line a kind, with some examples. */
    @Override
    public synchronized String toString() {
        StringBuilder text = new StringBuilder();
        found.forEach((kind, which) -> {
            text.append("WRONG: ").append(kind).append(": ").append(which.size()).append('\n');
            which.stream().limit(8).forEach(one -> text.append("       ").append(one).append('\n'));
        });
        return text.toString();
    }
}
