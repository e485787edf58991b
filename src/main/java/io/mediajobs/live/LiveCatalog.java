package io.mediajobs.live;

import io.mediajobs.web.RouteCatalog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.ServiceStatus;

/** The routes as the API shows them: what runs, what was refused, and what is only on disk. */
public final class LiveCatalog implements RouteCatalog {

    private final CamelContext context;
    private final Supplier<LiveStatus> status;
    private final Supplier<Set<String>> paused;

    public LiveCatalog(CamelContext context, Supplier<LiveStatus> status, Supplier<Set<String>> paused) {
        this.context = context;
        this.status = status;
        this.paused = paused;
    }

    @Override
    public Edition edition() {
        LiveStatus now = status.get();
        return new Edition(now.version(), now.loadedAt(), now.rejections().stream().map(LiveCatalog::rejected).toList(), now.waiting().stream().sorted().toList());
    }

    @Override
    public List<RouteEntry> all() {
        LiveStatus now = status.get();
        List<RouteEntry> entries = new ArrayList<>();
        for (String file : now.files().names()) {
            if (!file.endsWith(RouteFiles.ROUTE)) {
                continue;
            }
            for (String id : now.files().refers(file).routeIds()) {
                entries.add(new RouteEntry(id, file, state(id, now.down().containsKey(file)), now.files().version(file), now.loaded().get(file),
                        now.rejection(file).or(() -> Optional.ofNullable(now.down().get(file))).map(LiveCatalog::rejected).orElse(null)));
            }
        }
        now.rejections().stream().filter(rejection -> rejection.file() != null && rejection.file().endsWith(RouteFiles.ROUTE)
                && !now.files().has(rejection.file())).map(Rejection::file).distinct().forEach(file -> entries.add(
                        new RouteEntry(null, file, "rejected", null, null, now.rejection(file).map(LiveCatalog::rejected).orElse(null))));
        entries.sort(Comparator.comparing(RouteEntry::file).thenComparing(entry -> String.valueOf(entry.id())));
        return entries;
    }

    private String state(String id, boolean down) {
        if (down) {
            // whatever state its failure has left it in
            return "stopped";
        }
        if (paused.get().contains(id)) {
            return "paused";
        }
        ServiceStatus camel = context.getRouteController().getRouteStatus(id);
        return camel == null ? "starting" : camel.name().toLowerCase(Locale.ROOT);
    }

    private static Rejected rejected(Rejection rejection) {
        return new Rejected(rejection.at(), rejection.file(), rejection.line(), rejection.column(), rejection.message());
    }
}
