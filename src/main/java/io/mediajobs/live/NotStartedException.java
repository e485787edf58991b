package io.mediajobs.live;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Routes that did not start, while everything else of an exchange is done. */
final class NotStartedException extends Exception {

    private final transient Map<String, Throwable> failures;

    /** @param failures why, by file; at least one */
    NotStartedException(Map<String, Throwable> failures) {
        super("routes that do not start: " + String.join(", ", failures.keySet()), failures.values().iterator().next());
        this.failures = Collections.unmodifiableMap(new LinkedHashMap<>(failures));
    }

    Map<String, Throwable> failures() {
        return failures;
    }
}
