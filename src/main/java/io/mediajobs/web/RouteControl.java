package io.mediajobs.web;

/** Operating single routes. */
public interface RouteControl {

    /** Whether the route takes its work from a source of its own, which can be paused. */
    boolean canPause(String id);

    /** Its source takes in nothing until {@code resume}, on all nodes and over restarts; what is in the route runs to its end. */
    void pause(String id);

    void resume(String id);
}
