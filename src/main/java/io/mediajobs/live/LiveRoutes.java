package io.mediajobs.live;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import io.mediajobs.report.Mappings;
import io.mediajobs.store.PausedRoutes;
import io.mediajobs.web.RouteControl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes of the running program, and what keeps them as operators edit them. The files of a start are chosen first ({@link #choose}), loaded before
 * the context starts, and watched from then on.
 */
public final class LiveRoutes implements RouteControl, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LiveRoutes.class);
    /** How soon what was paused on another node is paused here, in seconds. */
    private static final long PAUSES_EVERY = 2;

    private final LiveContext context;
    private final Settings settings;
    private final Reload reload;
    private final Start start;
    private final FileWatch watch;
    private final RoutePauses pauses;
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "live-reload");
        thread.setDaemon(true);
        return thread;
    });

    /** Who is told of each edit, by counting it. */
    public interface Listener {

        /** @param now true before routes are exchanged, false after it */
        void swapping(boolean now);

        /** An edit runs. */
        void accepted();

        /** An edit does not run. */
        void rejected();
    }

    /** The files a start comes up on. */
    public static final class Start {
        private final Edition edition;
        private final List<Rejection> rejections;
        private final String checked;

        /** @param checked what the check went by that found nothing; null if this is not what was checked */
        private Start(Edition edition, List<Rejection> rejections, String checked) {
            this.edition = edition;
            this.rejections = rejections;
            this.checked = checked;
        }

        /** Whether it is the last good version instead of what is on disk. */
        public boolean isLastGood() {
            return !rejections.isEmpty();
        }
    }

    /**
     * Checks what is on disk, and falls back on the last good version of the routes folder if it is broken.
     *
     * @param checks what a start does with its settings first; throws {@link ConfigurationException}
     * @return what goes on with the checks, which takes some tenths of a second, and may be called from another thread
     * @throws ConfigurationException here or there, if what is on disk is broken, and there is no good version, or none is wanted
     */
    public static Supplier<Start> choose(Settings settings, Consumer<Settings> checks) {
        try {
            checks.accept(settings.copy());
        } catch (ConfigurationException e) {
            Start lastGood = lastGood(settings, checks, List.of(EditionCheck.of(null, e.getMessage())), e);
            return () -> lastGood;
        }
        return () -> checked(settings, checks);
    }

    private static Start checked(Settings settings, Consumer<Settings> checks) {
        Edition edition;
        String inputs;
        List<Rejection> rejections;
        try {
            edition = read(settings.copy());
            inputs = CheckedInputs.of(settings.copy(), edition.files());
            if (inputs != null && new Staging(settings.copy().path("data.folder")).isChecked(inputs)) {
                return new Start(edition, List.of(), inputs);
            }
            rejections = new RoutesCheck(settings.copy()).withoutWhatIsOff().findingsInFull().stream().map(EditionCheck::of).toList();
        } catch (ConfigurationException e) {
            return lastGood(settings, checks, List.of(EditionCheck.of(null, e.getMessage())), e);
        } catch (RuntimeException | Error e) {
            // told as what is wrong with them, or the last good version would be of no use
            ConfigurationException broken = new ConfigurationException("The routes cannot be checked: " + BuildFailure.words(e), e);
            return lastGood(settings, checks, List.of(EditionCheck.of(null, broken.getMessage())), broken);
        }
        if (rejections.isEmpty()) {
            return new Start(edition, List.of(), isStillThere(edition, settings.copy()) ? inputs : null);
        }
        Rejection first = rejections.get(0);
        return lastGood(settings, checks, rejections, new ConfigurationException(
                new Finding(first.file(), first.line(), first.column(), first.message()).told() + (rejections.size() == 1 ? ""
                : " The command check tells this and " + (rejections.size() - 1) + " more.")));
    }

    /** What was saved while the check looked is not what it looked at. */
    private static boolean isStillThere(Edition edition, Settings asked) {
        try {
            return edition.isSame(read(asked));
        } catch (ConfigurationException e) {
            LOG.debug("A file was taken away while the routes were checked; the next start looks at them again", e);
            return false;
        }
    }

    /**
     * After a start whose routes could not be built or started.
     *
     * @throws ConfigurationException {@code broken}, if there is no other good version, or none is wanted
     */
    public static Start instead(Settings settings, Consumer<Settings> checks, ConfigurationException broken) {
        return lastGood(settings, checks, List.of(new Rejection(Instant.now(), null, null, null, broken.getMessage())), broken);
    }

    private static Start lastGood(Settings settings, Consumer<Settings> checks, List<Rejection> rejections, ConfigurationException broken) {
        Settings asked = settings.copy();
        Optional<RouteFiles> kept = asked.flag("reload.last-good-at-start") ? new Staging(asked.path("data.folder")).kept() : Optional.empty();
        if (kept.isEmpty()) {
            throw broken;
        }
        Edition good = new Edition(kept.get(), settingsOf(asked));
        try {
            new EditionCheck(settings.copy(), checks, new Staging(asked.path("data.folder"))).check(good);
        } catch (RejectedException | IOException | RuntimeException | Error e) {
            LOG.debug("The last good version does not run either", e);
            throw broken;
        }
        LOG.warn("What is in {} is broken. The program comes up on the last good version, {}, of the routes; mend the files, or this message comes at every"
                + " start: {}", asked.text("routes.folder"), good.version(), broken.getMessage());
        return new Start(good, List.copyOf(rejections), null);
    }

    private static Edition read(Settings asked) {
        try {
            return Edition.read(asked.path("routes.folder"), asked.files());
        } catch (IOException e) {
            throw new ConfigurationException("The routes folder " + asked.text("routes.folder") + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static java.util.Map<Path, byte[]> settingsOf(Settings asked) {
        try {
            java.util.Map<Path, byte[]> contents = new java.util.LinkedHashMap<>();
            for (Path file : asked.files()) {
                contents.put(file, java.nio.file.Files.readAllBytes(file));
            }
            return contents;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * @param context  where the routes run; not started yet
     * @param settings those that the program has started with; what was asked of them needs a restart to change
     * @param checks   as for {@link #choose}
     * @param mappings what routes read answers with
     * @param paused   routes that operators have paused
     */
    public LiveRoutes(LiveContext context, Settings settings, Start start, Consumer<Settings> checks, Mappings mappings, PausedRoutes paused, Listener listener) {
        this.context = context;
        this.settings = settings;
        this.start = start;
        this.pauses = new RoutePauses(context, paused);
        this.reload = new Reload(context, settings, checks, mappings, pauses, listener);
        this.watch = new FileWatch(settings.copy().path("routes.folder"), settings.files(), start.isLastGood() ? null : start.edition, start.edition);
    }

    /** Puts the routes into the context, which starts them. */
    public void load() {
        try {
            pauses.readFirst();
            reload.load(start.edition, start.rejections);
            // stopped behind the context's own routes, and before its threads
            context.addService(new ServiceSupport() {
                @Override
                protected void doStop() {
                    reload.closeAll();
                }
            }, true, true);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ConfigurationException("The routes cannot be loaded: " + e.getMessage(), e);
        }
    }

    /** The context has started: keeps its routes for the next start, and looks for edits from now on, unless that is switched off. */
    public void watch() {
        Settings asked = settings.copy();
        reload.started(start.checked);
        hold();
        looking.scheduleWithFixedDelay(() -> quietly(this::hold), PAUSES_EVERY, PAUSES_EVERY, TimeUnit.SECONDS);
        long millis = Math.max(asked.duration("reload.settle").toMillis(), 1);
        boolean edits = asked.flag("reload.enabled");
        looking.scheduleWithFixedDelay(() -> look(edits), millis, millis, TimeUnit.MILLISECONDS);
    }

    private void hold() {
        pauses.read();
        pauses.apply();
    }

    private static void quietly(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            LOG.error("Paused routes could not be looked after; it is tried again", e);
        }
    }

    /** Ids of the routes that are paused, whether there are such routes or not. */
    public Set<String> paused() {
        return pauses.wanted();
    }

    @Override
    public boolean canPause(String id) {
        return pauses.source(id).isPresent();
    }

    @Override
    public void pause(String id) {
        pauses.pause(id);
        now(this::hold);
    }

    @Override
    public void resume(String id) {
        pauses.resume(id);
        now(this::hold);
    }

    /** In its turn with edits. */
    private void now(Runnable work) {
        try {
            looking.submit(work).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted; the other nodes and the next start do it", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a route did not pause or resume: " + e.getCause().getMessage(), e);
        }
    }

    private void look(boolean edits) {
        try {
            reload.closeIdle();
            reload.comeBack();
            if (edits) {
                Optional<Edition> edition = watch.settled();
                edition.ifPresent(reload::consider);
                reload.unreadable(watch.unreadable());
            }
            reload.askDataFolder();
        } catch (RuntimeException | Error e) {
            LOG.error("Looking for edits failed; it goes on", e);
        }
    }

    /** What runs, and how it stands to what is on disk. */
    public LiveStatus status() {
        return reload.status();
    }

    /** Looks for edits no more. */
    @Override
    public void close() {
        looking.shutdown();
        try {
            if (!looking.awaitTermination(10, TimeUnit.SECONDS)) {
                looking.shutdownNow();
            }
        } catch (InterruptedException e) {
            looking.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
