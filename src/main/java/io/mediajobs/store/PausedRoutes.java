package io.mediajobs.store;

import java.util.Set;

/** Routes that an operator has paused. They are rows, so that a restart keeps them and all nodes of a cluster share them. */
public final class PausedRoutes {

    private final Database database;

    public PausedRoutes(Database database) {
        this.database = database;
    }

    /** Ids of the routes that are paused, whether there are such routes or not. */
    public Set<String> all() {
        return database.read(handle -> handle.createQuery("SELECT route FROM paused_route").mapTo(String.class).set());
    }

    /** Does nothing if it is paused already. */
    public void add(String route) {
        database.write(handle -> handle.createUpdate("INSERT INTO paused_route (route, paused_at) VALUES (:route, :now) ON CONFLICT (route) DO NOTHING")
                .bind("route", route).bind("now", database.now(handle)).execute());
    }

    /** Does nothing if it is not paused. */
    public void remove(String route) {
        database.write(handle -> handle.createUpdate("DELETE FROM paused_route WHERE route = :route").bind("route", route).execute());
    }
}
