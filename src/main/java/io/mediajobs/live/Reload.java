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
import java.util.stream.Collectors;
import org.apache.camel.ServiceStatus;
import org.apache.camel.component.properties.PropertiesComponent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in what operators edit while the program runs. An edition is read, checked, built in a context that is thrown away, and only then swapped in,
 * route by route; whatever goes wrong, what ran before runs on. Everything but {@link #status} is for one thread.
 */
final class Reload {

    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);
    /** How often it is tried to bring back what did not start again, in nanoseconds. */
    private static final long AGAIN = 3_000_000_000L;

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
    /** Files whose routes do not run as {@link #running} has them, since an exchange could not be undone. */
    private Set<String> doubtful = Set.of();
    /** Whether kamelets and route configurations may be among them: then the next exchange makes all of them anew. */
    private boolean unsure;
    private long tried;
    /** What the data folder would not take a copy of, so that nobody has looked at it yet; null if there is no such edition. */
    private Edition unseen;
    /** Whether the last good version is an older one than runs, since the data folder would not take this one. */
    private boolean unkept;
    private long triedFolder;
    private List<Rejection> ofEdition = List.of();
    private List<Rejection> unreadable = List.of();

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
        ofEdition = rejections;
        RouteFiles on = effective(edition, settings);
        mappings.use(sources(on));
        swap.loadAll(on);
        taken(edition, on, on.names(), Set.of(), rejections);
    }

    /**
     * The start has succeeded: what runs is good.
     *
     * @param checked what the check of the routes went by that found nothing; null if they are not what was checked
     */
    void started(String checked) {
        keep();
        if (checked != null && !unkept) {
            try {
                staging.checked(checked);
            } catch (IOException e) {
                LOG.warn("That the routes were found good cannot be written into the data folder, so the next start looks through them again: {}", Unreadable.reason(e));
            }
        }
    }

    private void keep() {
        try {
            staging.keep(running.files());
            if (unkept) {
                LOG.info("The last good version of the routes is {} now", running.files().version());
            }
            unkept = false;
        } catch (IOException e) {
            if (!unkept) {
                LOG.warn("The last good version of the routes cannot be kept in the data folder, which is tried again every {} s: {}", AGAIN / 1_000_000_000,
                        Unreadable.reason(e));
            }
            unkept = true;
            triedFolder = System.nanoTime();
        }
    }

    LiveStatus status() {
        return status;
    }

    /** Something else is on disk than at the last call. */
    void consider(Edition edition) {
        long began = System.nanoTime();
        Edition before = seen;
        seen = edition;
        unseen = null;
        List<Rejection> found;
        try {
            accept(edition, began, unreadable);
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
                } catch (IOException noRoom) {
                    found = notStaged(edition, before, noRoom);
                }
            }
        } catch (IOException e) {
            found = notStaged(edition, before, e);
        }
        tell(found);
        try {
            staging.tidy();
        } catch (IOException e) {
            LOG.debug("Copies that nobody needs are still there; the next edit removes them", e);
        }
    }

    private List<Rejection> notStaged(Edition edition, Edition before, IOException e) {
        LOG.debug("No copy to look at", e);
        seen = before;
        unseen = edition;
        triedFolder = System.nanoTime();
        return List.of(new Rejection(Instant.now(), null, null, null, "The data folder takes no copy of the files to check them, which is tried again every "
                + AGAIN / 1_000_000_000 + " s: " + Unreadable.reason(e) + "."));
    }

    /** Tries again, every few seconds, what the data folder would not take. */
    void askDataFolder() {
        if (unseen == null && !unkept || System.nanoTime() - triedFolder < AGAIN) {
            return;
        }
        if (unseen != null) {
            consider(unseen);
        }
        if (unkept) {
            keep();
        }
    }

    /** What cannot be read of all that operators edit; what it held before is what counts. */
    void unreadable(Map<Path, IOException> files) {
        List<Rejection> now = files.entrySet().stream().map(file -> Unreadable.rejection(folder, file.getKey(), file.getValue())).toList();
        if (now.stream().map(Rejection::told).toList().equals(unreadable.stream().map(Rejection::told).toList())) {
            return;
        }
        if (now.isEmpty()) {
            LOG.info("All that operators edit can be read again");
        }
        unreadable = now;
        tell(ofEdition);
    }

    private void tell(List<Rejection> ofThisEdition) {
        ofEdition = ofThisEdition;
        List<Rejection> found = new ArrayList<>(ofThisEdition);
        found.addAll(unreadable);
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
                LOG.info("What is on disk is version {} again, which runs{}", running.version(),
                        status.down().isEmpty() ? "" : " but for " + String.join(", ", status.down().keySet()));
            }
            bringBack();
            return;
        }
        Prepared prepared;
        try {
            prepared = prepare(edition);
        } catch (RuntimeException | Error e) {
            LOG.debug("The check failed", e);
            throw new RejectedException(List.of(unforeseen(edition, e)));
        }
        Settings next = prepared.settings;
        Plan plan = prepared.plan;
        exchange(plan, prepared.beginnings, liveSettings.of(settings), liveSettings.of(next));
        Set<String> names = edition.difference(running);
        Set<String> waiting = liveSettings.waiting(next);
        running = edition;
        settings = next;
        taken(edition, plan.to(), plan.in(), waiting, others);
        listener.accepted();
        LOG.info("Taken in after {} ms: {}; version {} runs, {} routes built, {} taken out{}", (System.nanoTime() - began) / 1_000_000, String.join(", ", names),
                edition.version(), plan.in().size(), plan.out().size(),
                waiting.isEmpty() ? "" : "; these settings need a restart: " + String.join(", ", waiting));
        keep();
    }

    /** What is to be done for an edition that may run. */
    private record Prepared(Settings settings, Plan plan, Map<String, String> beginnings) {
    }

    private Prepared prepare(Edition edition) throws RejectedException, IOException {
        Settings next = check.check(edition);
        Properties after = liveSettings.of(next);
        Set<String> keys = LiveSettings.difference(liveSettings.of(settings), after);
        Plan plan = Plan.between(effective(running, settings), effective(edition, next), keys);
        if (unsure) {
            plan = plan.also(doubtful);
        }
        return new Prepared(next, plan, trial(plan.to(), plan, after));
    }

    /** What no check foresees; thrown any further, it would be told nowhere. */
    private Rejection unforeseen(Edition edition, Throwable failure) {
        Set<String> names = edition.difference(running);
        return new Rejection(Instant.now(), names.size() == 1 ? names.iterator().next() : null, null, null,
                "This cannot be checked: " + BuildFailure.words(failure) + (names.size() == 1 ? "" : " It is one of " + String.join(", ", names) + "."));
    }

    private Map<String, String> trial(RouteFiles files, Plan plan, Properties with) throws RejectedException {
        Set<String> ids = new TreeSet<>();
        plan.in().forEach(file -> ids.addAll(files.refers(file).routeIds()));
        try {
            return new Trial(context, with).build(swap.resources(files, RouteSwap::isLoaded), ids);
        } catch (Exception | Error e) {
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
            runs(plan);
        } catch (Exception | Error e) {
            LOG.debug("The exchange failed", e);
            restore(plan.reversed(), before);
            throw new RejectedException(List.of(BuildFailure.explain(context, plan.to(), e)));
        } finally {
            pauses.apply();
            listener.swapping(false);
        }
    }

    /** Makes what a plan leads to run, as far as it can; what does not is remembered. */
    private void restore(Plan plan, Properties with) {
        tried = System.nanoTime();
        try {
            mappings.use(sources(plan.to()));
            ((PropertiesComponent) context.getPropertiesComponent()).setOverrideProperties(with);
            swap.restore(plan, trial(plan.to(), plan, with));
            runs(plan);
        } catch (Exception | Error e) {
            remember(plan, e);
        }
    }

    private void runs(Plan plan) {
        Map<String, Rejection> down = new TreeMap<>(status.down());
        down.keySet().removeAll(plan.files());
        String again = status.down().keySet().stream().filter(plan.in()::contains).collect(Collectors.joining(", "));
        if (!again.isEmpty()) {
            LOG.info("Runs again: {}", again);
        }
        doubtful = with(doubtful, plan.files(), Set.of());
        unsure = false;
        status = status.down(down);
    }

    private void remember(Plan plan, Throwable failure) {
        Map<String, Throwable> failures = failure instanceof NotStartedException some ? some.failures() : Map.of();
        unsure = failures.isEmpty();
        doubtful = with(doubtful, plan.files(), unsure ? plan.files() : failures.keySet());
        Map<String, Rejection> down = new TreeMap<>();
        for (String file : doubtful) {
            if (!plan.files().contains(file) && status.down().containsKey(file)) {
                down.put(file, status.down().get(file));
                continue;
            }
            if (plan.to().has(file) && file.endsWith(RouteFiles.ROUTE) && !plan.to().refers(file).routeIds().stream().allMatch(this::isStarted)) {
                Rejection why = BuildFailure.explain(context, plan.to(), failures.getOrDefault(file, failure));
                down.put(file, new Rejection(why.at(), file, file.equals(why.file()) ? why.line() : null, null, why.message()));
            }
        }
        if (down.values().stream().anyMatch(why -> status.down().get(why.file()) == null || !why.isSame(status.down().get(why.file())))) {
            LOG.error("What ran before an edit does not start again; it is tried every {} s: {}", AGAIN / 1_000_000_000,
                    down.values().stream().map(Rejection::told).collect(Collectors.joining(" ")), failure);
        }
        status = status.down(down);
    }

    private static Set<String> with(Set<String> names, Set<String> without, Set<String> with) {
        Set<String> all = new TreeSet<>(names);
        all.removeAll(without);
        all.addAll(with);
        return all;
    }

    private boolean isStarted(String id) {
        ServiceStatus state = context.getRouteController().getRouteStatus(id);
        return state != null && state.isStarted();
    }

    /** Tries again, every few seconds, what did not start when an exchange was undone. */
    void comeBack() {
        if (System.nanoTime() - tried >= AGAIN) {
            bringBack();
        }
    }

    private void bringBack() {
        if (doubtful.isEmpty()) {
            return;
        }
        RouteFiles on = effective(running, settings);
        listener.swapping(true);
        try {
            restore(Plan.between(on, on, Set.of()).also(doubtful), liveSettings.of(settings));
        } finally {
            pauses.apply();
            listener.swapping(false);
        }
    }

    private void taken(Edition edition, RouteFiles on, Set<String> fresh, Set<String> waiting, List<Rejection> rejections) {
        Instant now = Instant.now();
        loaded.keySet().removeIf(file -> !on.has(file));
        on.names().forEach(file -> loaded.putIfAbsent(file, now));
        fresh.forEach(file -> loaded.put(file, now));
        status = new LiveStatus(edition.version(), now, on, Map.copyOf(loaded), List.copyOf(rejections), Set.copyOf(waiting), retired.size(), status.down());
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
