package io.mediajobs.runtime;

import io.mediajobs.live.LiveRoutes;
import io.mediajobs.observe.Metrics;
import io.mediajobs.poll.RouteProviders;

/** What the rest of the program does when routes are exchanged. */
record ReloadListener(RouteProviders providers, Metrics metrics) implements LiveRoutes.Listener {

    @Override
    public void swapping(boolean now) {
        providers.hold(now);
    }

    @Override
    public void accepted() {
        metrics.reloaded(true);
    }

    @Override
    public void rejected() {
        metrics.reloaded(false);
    }
}
