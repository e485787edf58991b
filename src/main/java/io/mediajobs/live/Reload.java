package io.mediajobs.live;

import io.mediajobs.config.Settings;
import io.mediajobs.report.Mappings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.camel.component.properties.PropertiesComponent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in what operators edit while the program runs. An edition is read, checked, built in a context that is thrown away, and only then swapped in,
 * route by route; whatever goes wrong, what ran before runs on. Everything but {@link #status} is for one thread.
 */
final class Reload {

    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    private final LiveContext context;
    private final LiveSettings liveSettings;
    private final EditionCheck check;
    private final Staging staging;
    private final RouteSwap swap;
    private final RetiredRoutes retired;
    private final Mappings mappings;
    private final RoutePauses pauses;
    private final LiveRoutes.Listener listener;
    private final Path folder;
    private volatile LiveStatus status = LiveStatus.NOTHING;
    private Edition running;
    private Edition seen;
    private Settings settings;
    private final Map<String, Instant> loaded = new TreeMap<>();

    Reload(LiveContext context, Settings atStart, Consumer<Settings> startChecks, Mappings mappings, RoutePauses pauses,
            LiveRoutes.Listener listener) {
        this.context = context;
        this.folder = atStart.copy().path("routes.folder");
        this.settings = atStart.copy();
        this.liveSettings = new LiveSettings(atStart);
        this.staging = new Staging(atStart.copy().path("data.folder"));
        this.check = new EditionCheck(atStart, startChecks, staging);
        this.retired = new RetiredRoutes(context, System::nanoTime);
        this.swap = new RouteSwap(context, folder.toString(), retired);
        this.mappings = mappings;
        this.pauses = pauses;
        this.listener = listener;
    }

    /**
     * Loads routes into a context that starts afterwards.
     *
     * @param edition    what runs from now on
     * @param rejections why what is on disk does not; empty if that is what runs
     */
    void load(Edition edition, List<Rejection> rejections) throws Exception {
        running = edition;
        seen = edition;
        RouteFiles on = effective(edition, settings);
        mappings.use(sources(on));
        swap.loadAll(on);
        taken(edition, on, on.names(), Set.of(), rejections);
    }

    /** The start has succeeded: what runs is good. */
    void started() throws IOException {
        staging.keep(running.files());
    }

    LiveStatus status() {
        return status;
    }

    /** Something else is on disk than at the last call. */
    void consider(Edition edition) throws IOException {
        long began = System.nanoTime();
        Edition before = seen;
        seen = edition;
        List<Rejection> found;
        try {
            accept(edition, began, List.of());
            found = List.of();
        } catch (RejectedException e) {
            found = e.rejections();
            Edition part = running.with(before, edition);
            if (!part.isSame(edition) && !part.isSame(running)) {
                // an edit of before is broken; this one need not wait for its author
                try {
                    accept(part, began, status.rejections());
                } catch (RejectedException alsoBroken) {
                    LOG.debug("Not without the files of before either", alsoBroken);
                }
            }
        }
        tell(found);
        staging.tidy();
    }

    private void tell(List<Rejection> found) {
        List<Rejection> known = status.rejections();
        List<Rejection> all = new ArrayList<>();
        boolean isNew = false;
        for (Rejection rejection : found) {
            Rejection before = known.stream().filter(rejection::isSame).findFirst().orElse(null);
            if (before == null) {
                isNew = true;
                LOG.warn("An edit is not taken in, and version {} runs on: {}", running.version(), rejection.told());
            }
            all.add(before == null ? rejection : before);
        }
        if (isNew) {
            listener.rejected();
        }
        status = status.rejecting(all);
    }

    private void accept(Edition edition, long began, List<Rejection> others) throws RejectedException, IOException {
        if (edition.isSame(running)) {
            if (status.isBehind()) {
                LOG.info("What is on disk is version {} again, which runs", running.version());
            }
            return;
        }
        Settings next = check.check(edition);
        Properties before = liveSettings.of(settings);
        Properties after = liveSettings.of(next);
        Set<String> keys = LiveSettings.difference(before, after);
        Plan plan = Plan.between(effective(running, settings), effective(edition, next), keys);
        Map<String, String> beginnings = trial(plan.to(), plan, after);
        exchange(plan, beginnings, before, after);
        Set<String> names = edition.difference(running);
        Set<String> waiting = liveSettings.waiting(next);
        running = edition;
        settings = next;
        taken(edition, plan.to(), plan.in(), waiting, others);
        listener.accepted();
        LOG.info("Taken in after {} ms: {}; version {} runs, {} routes built, {} taken out{}", (System.nanoTime() - began) / 1_000_000, String.join(", ", names),
                edition.version(), plan.in().size(), plan.out().size(),
                waiting.isEmpty() ? "" : "; these settings need a restart: " + String.join(", ", waiting));
        staging.keep(edition.files());
    }

    private Map<String, String> trial(RouteFiles files, Plan plan, Properties with) throws RejectedException {
        Set<String> ids = new TreeSet<>();
        plan.in().forEach(file -> ids.addAll(files.refers(file).routeIds()));
        try {
            return new Trial(context, with).build(swap.resources(files, RouteSwap::isLoaded), ids);
        } catch (Exception e) {
            LOG.debug("The trial failed", e);
            throw new RejectedException(List.of(BuildFailure.explain(context, files, e)));
        }
    }

    private void exchange(Plan plan, Map<String, String> beginnings, Properties before, Properties after) throws RejectedException {
        PropertiesComponent placeholders = (PropertiesComponent) context.getPropertiesComponent();
        listener.swapping(true);
        try {
            mappings.use(sources(plan.to()));
            placeholders.setOverrideProperties(after);
            swap.apply(plan, beginnings);
        } catch (Exception e) {
            placeholders.setOverrideProperties(before);
            back(plan, before);
            throw new RejectedException(List.of(BuildFailure.explain(context, plan.to(), e)));
        } finally {
            pauses.apply();
            listener.swapping(false);
        }
    }

    private void back(Plan plan, Properties before) {
        try {
            mappings.use(sources(plan.from()));
            Plan back = plan.reversed();
            swap.apply(back, trial(back.to(), back, before));
        } catch (Exception e) {
            LOG.error("The routes of {} do not start again; a restart is needed", String.join(", ", plan.out()), e);
        }
    }

    private void taken(Edition edition, RouteFiles on, Set<String> fresh, Set<String> waiting, List<Rejection> rejections) {
        Instant now = Instant.now();
        loaded.keySet().removeIf(file -> !on.has(file));
        on.names().forEach(file -> loaded.putIfAbsent(file, now));
        fresh.forEach(file -> loaded.put(file, now));
        status = new LiveStatus(edition.version(), now, on, Map.copyOf(loaded), List.copyOf(rejections), Set.copyOf(waiting), retired.size());
    }

    /** The context has stopped its own routes: stops all former versions too. */
    void closeAll() {
        retired.closeAll();
    }

    /** Lets go of former versions that have nothing in hand any more. */
    void closeIdle() {
        int before = retired.size();
        retired.closeIdle();
        if (retired.size() != before || status.leaving() != before) {
            status = status.leaving(retired.size());
        }
    }

    private static Map<String, String> sources(RouteFiles files) {
        Map<String, String> sources = new HashMap<>();
        for (String file : files.names()) {
            if (file.startsWith("providers/") && file.endsWith(RouteFiles.MAPPING)) {
                sources.put(file.substring(file.lastIndexOf('/') + 1), files.text(file));
            }
        }
        return sources;
    }

    /** Without the providers' files that are switched off. */
    private static RouteFiles effective(Edition edition, Settings settings) {
        Settings asked = settings.copy();
        return edition.files().only(file -> !(file.startsWith("providers/") && file.endsWith(RouteFiles.ROUTE) && !ProviderFiles.isOn(asked, Path.of(file))));
    }
}
