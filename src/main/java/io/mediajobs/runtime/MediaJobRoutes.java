package io.mediajobs.runtime;

import io.mediajobs.archive.AddressGuard;
import io.mediajobs.archive.ArchiveKey;
import io.mediajobs.archive.ArchiveOutcome;
import io.mediajobs.archive.ArchivePlan;
import io.mediajobs.archive.ArchiveVerification;
import io.mediajobs.archive.AssetCheck;
import io.mediajobs.archive.AssetDownload;
import io.mediajobs.archive.AssetRecords;
import io.mediajobs.archive.Manifest;
import io.mediajobs.archive.MultipartUpload;
import io.mediajobs.archive.S3Access;
import io.mediajobs.archive.S3Multipart;
import io.mediajobs.archive.S3Outage;
import io.mediajobs.archive.StoredObject;
import io.mediajobs.archive.TransferFailure;
import io.mediajobs.archive.TransferLimits;
import io.mediajobs.archive.UnendedArchiving;
import io.mediajobs.archive.UnfinishedUploads;
import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Durations;
import io.mediajobs.config.Settings;
import io.mediajobs.events.Deliveries;
import io.mediajobs.events.JobEvents;
import io.mediajobs.events.JsonLinesFile;
import io.mediajobs.events.SqsEndpoints;
import io.mediajobs.intake.Discovery;
import io.mediajobs.intake.Inbox;
import io.mediajobs.intake.Messages;
import io.mediajobs.intake.Registrar;
import io.mediajobs.live.LiveCatalog;
import io.mediajobs.live.LiveContext;
import io.mediajobs.live.LiveRoutes;
import io.mediajobs.observe.HealthChecks;
import io.mediajobs.observe.Metrics;
import io.mediajobs.observe.RouteHealth;
import io.mediajobs.observe.StoreFigures;
import io.mediajobs.poll.AnswerDeadline;
import io.mediajobs.poll.Answers;
import io.mediajobs.poll.DueJobs;
import io.mediajobs.poll.DueLists;
import io.mediajobs.poll.Leases;
import io.mediajobs.poll.ListedJobs;
import io.mediajobs.poll.Outcomes;
import io.mediajobs.poll.PollPlan;
import io.mediajobs.poll.RouteProviders;
import io.mediajobs.poll.Ticks;
import io.mediajobs.poll.StallAlarm;
import io.mediajobs.poll.Turns;
import io.mediajobs.report.AnswerReader;
import io.mediajobs.report.Mappings;
import io.mediajobs.store.Database;
import io.mediajobs.store.Hooks;
import io.mediajobs.store.JobCounts;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.ListRounds;
import io.mediajobs.store.Outbox;
import io.mediajobs.store.PausedRoutes;
import io.mediajobs.store.Retention;
import io.mediajobs.store.StoreSettings;
import io.mediajobs.store.Uploads;
import io.mediajobs.web.ApiServerFactory;
import io.mediajobs.web.ApiToken;
import io.mediajobs.web.EventsApi;
import io.mediajobs.web.HookQueue;
import io.mediajobs.web.HooksApi;
import io.mediajobs.web.JobsApi;
import io.mediajobs.web.ProvidersApi;
import io.mediajobs.web.RoutesApi;
import io.mediajobs.web.VerifyApi;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole program in one process: store, Camel with the routes of the routes folder, HTTP API. This is the one place where the
 * parts get to know each other; the names they are bound under are the names that routes use.
 */
public final class MediaJobRoutes implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MediaJobRoutes.class);

    private final Settings settings;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    /** What long work depends on, in the order in which it is taken away from work that does not end. */
    private final List<AutoCloseable> holds = new CopyOnWriteArrayList<>();
    private final Main main = new Main() {
        @Override
        protected CamelContext createCamelContext() {
            return new LiveContext(registry);
        }
    };
    private LiveRoutes.Start files;
    private LiveRoutes live;
    private Turns turns;
    private AnswerDeadline answerDeadline;

    private MediaJobRoutes(Settings settings) {
        this.settings = settings;
    }

    /**
     * Starts everything; when this returns, jobs are polled.
     *
     * @throws ConfigurationException            if a setting is wrong; its message is the sentence for the operator
     * @throws io.mediajobs.store.StoreException if the store cannot be opened
     */
    public static MediaJobRoutes start(Settings settings) {
        return start(settings, LiveRoutes.choose(settings, StartChecks::run), true);
    }

    private static MediaJobRoutes start(Settings settings, Supplier<LiveRoutes.Start> choice, boolean again) {
        // what is asked of these settings shows what the program lives by
        MediaJobRoutes program = new MediaJobRoutes(settings.copy());
        try {
            program.assemble(choice);
            program.main.start();
            program.live.watch();
            return program;
        } catch (RuntimeException | Error e) {
            program.closeAfter(e);
            RuntimeException told = StartFailure.explain(e, settings);
            if (again && program.files != null && StartFailure.isAboutRoutes(e) && !program.files.isLastGood() && told instanceof ConfigurationException broken) {
                LiveRoutes.Start lastGood = LiveRoutes.instead(settings, StartChecks::run, broken);
                return start(settings, () -> lastGood, false);
            }
            throw told;
        }
    }

    /**
     * Checks the settings without starting anything.
     *
     * @throws ConfigurationException at the first that is wrong
     */
    public static void check(Settings settings) {
        StartChecks.run(settings);
    }

    private void assemble(Supplier<LiveRoutes.Start> choice) {
        StartTask<LiveRoutes.Start> goodRoutes = opened(StartTask.begin("check-routes", choice));
        StartTask<S3Access> s3 = opened(StartTask.begin("open-s3", () -> S3Access.open(settings)));
        Path routes = settings.path("routes.folder");
        Database database = opened(Database.open(StoreSettings.of(settings)));
        files = goodRoutes.result();
        JobEvents events = new JobEvents(settings.required("events.source"), Clock.systemUTC());
        JobStore jobs = new JobStore(database, events, settings.duration("poll.lease"));
        int released = jobs.releaseAll();
        if (released > 0) {
            LOG.info("{} jobs were in work when the last process ended; they go on now", released);
        }
        Outbox outbox = new Outbox(database);
        outbox.releaseAll();
        StoreFigures figures = opened(new StoreFigures(jobs, new JobCounts(database), outbox).start());
        Metrics metrics = new Metrics(figures);
        Leases leases = opened(new Leases(jobs, settings.duration("poll.lease")));
        holds.add(leases);
        Workers workers = opened(Workers.ofPolls());

        main.bind("jobs", jobs);
        main.bind("outbox", outbox);
        main.bind("jobEvents", events);
        main.bind("leases", leases);
        main.bind("pollWorkers", workers.executor());
        Duration tick = Duration.ofMillis(settings.number("poll.tick-millis"));
        answerDeadline = opened(new AnswerDeadline(settings.duration("poll.answer-deadline")));
        turns = opened(new Turns(jobs, () -> Durations.parse(setting("throttle.longest-pause")), tick));
        Ticks ticks = opened(new Ticks());
        RouteProviders providers = new RouteProviders();
        jobs.onSameKey(providers::sameKey);
        main.bind("dueJobs", new DueJobs(jobs, leases, providers, turns, ticks, tick,
                settings.number("poll.places-per-node")));
        DueLists lists = opened(new DueLists(new ListRounds(database, jobs), providers, leases, turns, ticks, tick));
        jobs.onDue(provider -> {
            ticks.now(provider);
            lists.lookNow(provider);
        });
        main.bind("dueLists", lists);
        main.bind("listedJobs", new ListedJobs(jobs, leases));
        Mappings mappings = new Mappings(routes.resolve("providers"));
        AnswerReader reader = new AnswerReader((int) settings.bytes("poll.largest-answer"));
        main.bind("answers", new Answers(mappings, reader, metrics));
        main.bind("stallAlarm", new StallAlarm(jobs, figures));
        main.bind("pollPlan", new PollPlan(jobs, figures, settings.duration("poll.longest-every")));
        main.bind("outcomes", new Outcomes(jobs, lists, events, metrics));
        main.bind("deliveries", new Deliveries(outbox, settings.duration("events.retry-first"), settings.duration("events.retry-longest"),
                settings.duration("events.hold"), settings.number("events.park-after")));
        // Camel takes it up because of what it is
        main.bind("sqsEndpoints", new SqsEndpoints());
        main.bind("retention", new Retention(database, settings));
        main.bind("eventsFile", new JsonLinesFile(settings.path("data.folder").resolve("events/events.jsonl")));
        Registrar registrar = new Registrar(providers, jobs);
        main.bind("inbox", new Inbox(registrar, providers));
        main.bind("messages", new Messages(registrar, providers));
        main.bind("discovery", new Discovery(registrar));
        bindArchive(jobs, new Uploads(database, settings.duration("poll.lease")), events, metrics, s3.result());
        bindApi(database, registrar, providers, jobs, outbox, events, figures, metrics);
        loadRoutes(providers, ticks, mappings, metrics, jobs, figures, new PausedRoutes(database), s3.result());

        main.setDefaultPropertyPlaceholderLocation("false");
        main.setOverrideProperties(settings.all());
        main.configure().setAutoConfigurationLogSummary(false);
        // the settings have all layers in their order already; Camel's own look at the environment would put it above -D
        main.configure().setAutoConfigurationEnvironmentVariablesEnabled(false);
        main.configure().setAutoConfigurationSystemPropertiesEnabled(false);
    }

    private void bindArchive(JobStore jobs, Uploads uploads, JobEvents events, Metrics metrics, S3Access s3) {
        ArchiveKey keys = ArchiveKey.of(settings);
        AssetRecords records = opened(new AssetRecords(jobs));
        ArchivePlan plan = new ArchivePlan(jobs, uploads, records);
        S3Outage outage = new S3Outage();
        main.bind("s3Client", s3.once());
        main.bind("s3RepeatingClient", s3.repeating());
        main.bind("transferPlaces", opened(Workers.ofTransfers(settings.number("archive.at-once"))).executor());
        main.bind("archivePlan", plan);
        AssetDownload downloads = opened(new AssetDownload(settings, keys, new TransferLimits(settings), new AddressGuard(settings), this::setting,
                bytes -> !s3.namesChecksums(bytes)));
        holds.add(downloads);
        S3Multipart multipart = new S3Multipart(settings, s3.once(), s3.repeating());
        StoredObject stored = new StoredObject(settings, s3);
        UnfinishedUploads unfinished = new UnfinishedUploads(settings, uploads, multipart);
        main.bind("assetDownload", downloads);
        main.bind("unfinishedUploads", unfinished);
        main.bind("multipartUpload", opened(new MultipartUpload(settings, uploads, multipart, unfinished, stored, downloads)));
        main.bind("assetCheck", new AssetCheck(stored, records, unfinished, Clock.systemUTC(), metrics, outage));
        main.bind("manifestJson", Manifest.json());
        main.bind("manifest", new Manifest(keys, plan));
        main.bind("archiveOutcome", new ArchiveOutcome(settings, jobs, events, plan, keys, uploads, outage));
        main.bind("transferFailure", new TransferFailure());
        main.bind("unendedArchiving", new UnendedArchiving());
        main.bind("verifyApi", new VerifyApi(jobs, new ArchiveVerification(settings, s3.repeating(), jobs)));
    }

    private void bindApi(Database database, Registrar registrar, RouteProviders providers, JobStore jobs, Outbox outbox, JobEvents events,
            StoreFigures figures, Metrics metrics) {
        ApiToken token = ApiToken.of(settings);
        main.bind("apiServerFactory", new ApiServerFactory(settings, token).openToSigned("hooks").changingWhile(providers::areChanging));
        main.bind("jobsApi", new JobsApi(registrar, providers, jobs, events));
        main.bind("providersApi", new ProvidersApi(providers, jobs, new ListRounds(database, jobs), figures));
        main.bind("eventsApi", new EventsApi(outbox));
        Hooks.Terms hookTerms = Hooks.Terms.of(settings);
        Hooks hooks = new Hooks(database, jobs, hookTerms);
        main.bind("hooks", hooks);
        HookQueue queue = opened(new HookQueue(hooks, hookTerms, registrar, settings.flag("hooks.adopt")));
        main.bind("hooksApi", new HooksApi(providers, queue, metrics, this::setting, Clock.systemUTC()));
        main.bind("metrics", metrics);
    }

    /** The value of a setting as it is now: properties files are taken in while the program runs. */
    private String setting(String name) {
        return main.getCamelContext().resolvePropertyPlaceholders("{{" + name + "}}");
    }

    private void loadRoutes(RouteProviders providers, Ticks ticks, Mappings mappings, Metrics metrics, JobStore jobs, StoreFigures figures,
            PausedRoutes paused, S3Access s3) {
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport starting) {
                LiveContext context = (LiveContext) starting.getCamelContext();
                PropertiesComponent placeholders = (PropertiesComponent) context.getPropertiesComponent();
                placeholders.setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_NEVER);
                placeholders.setSystemPropertiesMode(PropertiesComponent.SYSTEM_PROPERTIES_MODE_NEVER);
                live = opened(new LiveRoutes(context, settings, files, StartChecks::run, mappings, paused, new ReloadListener(providers, metrics)));
                for (String scheme : List.of("http", "https")) {
                    // not a setting: a provider's rate holds for every request that a route makes
                    HttpComponent http = context.getComponent(scheme, HttpComponent.class);
                    http.setHttpActivityListener(turns);
                    http.setHttpClientConfigurer(answerDeadline);
                }
                // what is bound before there is a context is not told of it
                context.getRegistry().bind("providers", providers);
                context.getRegistry().bind("ticks", ticks);
                context.getRegistry().bind("liveRoutes", live);
                context.getRegistry().bind("routesApi", new RoutesApi(new LiveCatalog(context, live::status, live::paused), live));
                metrics.bind(context.getRegistry());
                metrics.routes(() -> live.status().isBehind());
                HealthChecks.bind(context.getRegistry(), jobs, figures, settings.duration("observe.outbox-age"), s3.check()::run,
                        () -> new RouteHealth(live.status().rejected(), live.paused(), live.status().routeIds(), live.status().stopped()));
            }

            @Override
            public void afterConfigure(BaseMainSupport starting) {
                live.load();
            }
        });
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    /** The running Camel context; for what looks at the program from outside. */
    public CamelContext context() {
        return main.getCamelContext();
    }

    public Settings settings() {
        return settings;
    }

    /** A part by the name it is bound under. */
    public <T> T part(String name, Class<T> type) {
        return main.getCamelContext().getRegistry().lookupByNameAndType(name, type);
    }

    /** Stops: no new polls, running work gets {@code camel.main.shutdown-timeout} to end, leases are given back, the store is closed. */
    @Override
    public void close() {
        if (live != null) {
            // routes that stop must not start again
            live.close();
        }
        if (turns != null) {
            turns.close();
        }
        CountDownLatch stopped = new CountDownLatch(1);
        Thread impatience = new Thread(() -> abandonWork(stopped), "end-of-patience");
        impatience.setDaemon(true);
        impatience.start();
        main.stop();
        stopped.countDown();
        RuntimeException failure = null;
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                if (failure == null) {
                    failure = new IllegalStateException("could not stop cleanly: " + e.getMessage(), e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /**
     * Work that runs on when its time is over: its job is free for another process at once, and its transfer is cut off. Camel by itself
     * would go on waiting for threads that stand in a read, for ten seconds each time.
     */
    private void abandonWork(CountDownLatch stopped) {
        try {
            if (stopped.await(settings.number("camel.main.shutdown-timeout"), TimeUnit.SECONDS)) {
                return;
            }
            for (AutoCloseable hold : holds) {
                hold.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn("Work that does not end could not be cut off: {}", e.toString());
        }
    }

    private void closeAfter(Throwable cause) {
        try {
            close();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }
}
