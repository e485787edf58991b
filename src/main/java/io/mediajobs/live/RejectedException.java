package io.mediajobs.live;

import java.util.List;
import java.util.stream.Collectors;

/** An edition that must not run. */
final class RejectedException extends Exception {

    private final transient List<Rejection> rejections;

    RejectedException(List<Rejection> rejections) {
        super(rejections.stream().map(Rejection::told).collect(Collectors.joining(" ")));
        this.rejections = rejections;
    }

    /** At least one. */
    List<Rejection> rejections() {
        return rejections;
    }
}
