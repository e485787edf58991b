package io.mediajobs.cli;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import io.mediajobs.report.Redaction;
import io.mediajobs.store.StoreException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;
import software.amazon.awssdk.core.exception.SdkException;

/** The command {@code media-job-routes}: global options, and how failures are told. */
@Command(name = "media-job-routes", versionProvider = Version.class, subcommands = {
        RunCommand.class, TrackCommand.class, JobsCommand.class, JobCommand.class, VerifyCommand.class, CheckCommand.class, ProviderCommand.class, BackupCommand.class, RestoreCommand.class},
        synopsisSubcommandLabel = "COMMAND",
        description = "Brings media-generation jobs home: asks providers how they stand, archives what they made in S3, tells it by events.")
public final class Main implements Runnable {

    /** Where routes/ is, set by the launcher. */
    static final String HOME_VARIABLE = "MEDIA_JOB_ROUTES_HOME";
    /** The same, set by the Maven build, which has no launcher. */
    static final String HOME_PROPERTY = "media-job-routes.home";
    private static final String SETTINGS_FILE = "application.properties";

    private final Map<String, String> environment;
    private final Path workingFolder;

    @Spec
    private CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", scope = ScopeType.INHERIT,
            description = "Properties file with your settings; wins over application.properties of the home, and need only say what differs.")
    private Path config;

    @Option(names = "--home", paramLabel = "DIR", scope = ScopeType.INHERIT,
            description = "The folder that routes/ is in and that relative paths in settings start at. Default: where this program is installed.")
    private Path home;

    @Option(names = "-D", paramLabel = "key=value", scope = ScopeType.INHERIT,
            description = "A setting; wins over the file and over environment variables. May be repeated.")
    private List<String> definitions = new ArrayList<>();

    @Option(names = "--stacktrace", scope = ScopeType.INHERIT, description = "If something goes wrong, say also where in the program.")
    private boolean stacktrace;

    @Option(names = {"-h", "--help"}, usageHelp = true, scope = ScopeType.INHERIT, description = "Show this help.")
    private boolean help;

    @Option(names = {"-V", "--version"}, versionHelp = true, description = "Show the version.")
    private boolean version;

    private Main(Map<String, String> environment, Path workingFolder) {
        this.environment = environment;
        this.workingFolder = workingFolder;
    }

    public static void main(String[] args) {
        // beside the command line: each of them takes a tenth of a second, and after a kill work goes on sooner
        Thread log = new Thread(LoggerFactory::getILoggerFactory, "open-log");
        log.setDaemon(true);
        log.start();
        CommandLine line = commandLine(System.getenv(), Path.of("").toAbsolutePath());
        join(log);
        int exitCode = line.execute(args);
        System.out.flush();
        System.exit(exitCode);
    }

    // who asks for a logger before the log is open gets one that stands in for it
    private static void join(Thread log) {
        try {
            log.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The whole command line; its output goes to {@code getOut} and {@code getErr} of what is returned. */
    static CommandLine commandLine(Map<String, String> environment, Path workingFolder) {
        CommandLine line = new CommandLine(new Main(environment, workingFolder));
        ServiceLoader.load(Subcommand.class).forEach(line::addSubcommand);
        if (!line.getSubcommands().containsKey("demo")) {
            line.addSubcommand(new DemoNotInstalled());
        }
        line.setParameterExceptionHandler((e, args) -> usageError(e));
        line.setExecutionExceptionHandler((e, failed, result) -> line.<Main>getCommand().failure(e, failed.getErr()));
        line.setExitCodeExceptionMapper(e -> ExitCode.INTERNAL.number());
        line.setUsageHelpAutoWidth(true);
        Map<String, String> exitCodes = new LinkedHashMap<>();
        for (ExitCode code : ExitCode.values()) {
            exitCodes.put(" " + code.number(), code.meaning());
        }
        line.getCommandSpec().usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(exitCodes).optionListHeading("%nOptions:%n")
                .commandListHeading("%nCommands:%n").footer("", "media-job-routes COMMAND --help tells about one command.");
        line.getSubcommands().values().forEach(command -> command.getCommandSpec().usageMessage().optionListHeading("%nOptions:%n"));
        return line;
    }

    /** No command: what there is. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command? There are " + String.join(", ", spec.subcommands().keySet()) + ".");
    }

    private static int usageError(ParameterException e) {
        CommandLine command = e.getCommandLine();
        List<String> near = e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        String message = sentence(Redaction.text(e.getMessage()));
        if (!near.isEmpty()) {
            message += " Did you mean " + near.get(0) + "?";
        }
        command.getErr().println(message + " See: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE.number();
    }

    private int failure(Exception failure, PrintWriter err) {
        ExitCode code = ExitCode.INTERNAL;
        if (failure instanceof CommandException known) {
            code = known.exitCode();
        } else if (failure instanceof ConfigurationException) {
            code = isAboutS3(failure) ? ExitCode.UNREACHABLE : ExitCode.CONFIGURATION;
        } else if (failure instanceof StoreException) {
            code = ExitCode.STORE;
        }
        String message = sentence(Redaction.text(failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage()));
        if (code == ExitCode.INTERNAL) {
            message = "This is an error of the program itself: " + failure.getClass().getSimpleName() + ": " + message
                    + (stacktrace ? "" : " With --stacktrace it says where.");
        }
        err.println(Printable.line(message));
        if (stacktrace) {
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            err.print(Redaction.text(trace.toString()));
        }
        err.flush();
        return code.number();
    }

    /** The start asks S3 whether the bucket is there; what it answered, or that it did not, is the cause. */
    private static boolean isAboutS3(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SdkException) {
                return true;
            }
        }
        return false;
    }

    private static String sentence(String text) {
        String trimmed = text == null ? "" : text.strip();
        return trimmed.isEmpty() || ".?!".indexOf(trimmed.charAt(trimmed.length() - 1)) >= 0 ? trimmed : trimmed + ".";
    }

    /** The folder that relative paths of settings start at; absolute. */
    public Path home() {
        String installed = environment.getOrDefault(HOME_VARIABLE, System.getProperty(HOME_PROPERTY, ""));
        return workingFolder.resolve(home != null ? home : Path.of(installed)).normalize();
    }

    /** The folder that relative paths of the command line start at; absolute. */
    public Path workingFolder() {
        return workingFolder;
    }

    /** The environment variables of this process. */
    public Map<String, String> environment() {
        return environment;
    }

    /** The properties files, later ones win: the one of the home, then the one that {@code --config} names. */
    public List<Path> settingsFiles() {
        List<Path> files = new ArrayList<>();
        Path installed = home().resolve(SETTINGS_FILE);
        if (Files.isRegularFile(installed)) {
            files.add(installed);
        }
        if (config != null) {
            files.add(workingFolder.resolve(config));
        }
        return files;
    }

    /** What the command line says with {@code -D}. */
    public Map<String, String> definitions() {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String definition : definitions) {
            int equals = definition.indexOf('=');
            if (equals < 1) {
                // without what stands there: it may be a secret
                throw new ParameterException(spec.commandLine(), "After -D comes a setting as key=value, as in -Dhttp.port=8081.");
            }
            settings.put(definition.substring(0, equals).strip(), definition.substring(equals + 1));
        }
        return settings;
    }

    /**
     * All settings for a command.
     *
     * @throws ConfigurationException if they cannot be read
     */
    public Settings settings() {
        return settings(definitions());
    }

    /** The same, with other last words than {@link #definitions}. */
    public Settings settings(Map<String, String> lastWords) {
        return Settings.load(home(), settingsFiles(), environment, systemProperties(), lastWords);
    }

    private static Properties systemProperties() {
        Properties properties = new Properties();
        properties.putAll(System.getProperties());
        return properties;
    }

    boolean wantsStackTraces() {
        return stacktrace;
    }

    /** Whether output can be said to be read by a person at a terminal that understands colours and cursor movements. */
    public boolean isTerminal() {
        return Terminal.isThere(environment);
    }

    /** Whether the characters that progress bars are drawn with reach the terminal as they are. */
    public boolean showsBlocks() {
        return Terminal.shows('\u2588');
    }
}
