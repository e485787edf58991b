package io.mediajobs.live;

import io.mediajobs.config.Settings;
import io.mediajobs.poll.ListTerms;
import io.mediajobs.poll.ProviderTerms;
import io.mediajobs.report.MappingException;
import io.mediajobs.report.Mappings;
import io.mediajobs.report.Redaction;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.spi.Language;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.util.StringHelper;
import org.apache.camel.util.URISupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks through a routes folder without starting anything: every YAML file can be read as a route, its id is its file's name and
 * nobody else's, every mapping compiles, and what a route refers to is there: components and their options, kamelets and their parameters,
 * mappings, other routes; its providers' numbers are numbers, its Simple expressions can be read, and it holds nothing that is known to
 * do harm. The start, the command {@code check} and the live reload all ask here; the start leaves out the schema, which takes a second
 * to load, and only {@code check} runs the mappings on their samples. What only shows when a route is built, as a bean that is not there,
 * is not found here.
 */
public final class RoutesCheck {

    private static final String ROUTE = ".camel.yaml";
    private static final String KAMELET = ".kamelet.yaml";
    private static final String MAPPING = ".jq";
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):.*", Pattern.DOTALL);
    private static final Pattern ONE_PLACEHOLDER = Pattern.compile("\\{\\{\\??([A-Za-z][A-Za-z0-9.-]*)(?::[^{}]*)?}}");
    private static final Pattern ENVIRONMENT = Pattern.compile("\\{\\{env:[A-Za-z0-9_]+}}");
    private static final Pattern PLACE = Pattern.compile("\\bline (\\d{1,9})(?:, column (\\d{1,9}))?");
    private static final Pattern NO_VALUE = Pattern.compile("Property with key \\[([^\\]]+)] not found.*", Pattern.DOTALL);

    private static final Logger LOG = LoggerFactory.getLogger(RoutesCheck.class);

    private final Settings settings;
    private final Path folder;
    private final Mappings mappings;
    private final List<Finding> findings = new ArrayList<>();
    private final Map<String, String> fileOfId = new HashMap<>();
    private final List<Content> contents = new ArrayList<>();
    private final Set<String> checkedSchemes = new HashSet<>();
    private final Map<String, RouteTemplateDefinition> kamelets = new TreeMap<>();
    private final List<Read> texts = new ArrayList<>();
    private boolean withWhatIsOff = true;
    private boolean withSchema;
    private boolean withSamples;
    private int files;

    /** What a file holds. @param template whether its placeholders are parameters too, which nobody knows yet */
    private record Content(String file, String stem, RouteParts parts, boolean template) {
    }

    private record Read(String file, YamlText text, boolean template) {
    }

    /** @param settings what placeholders in the routes stand for, and {@code routes.folder} */
    public RoutesCheck(Settings settings) {
        this.settings = settings;
        this.folder = settings.path("routes.folder");
        this.mappings = new Mappings(folder.resolve("providers"));
    }

    /** Leaves out the providers' files that are switched off, as a start does. */
    public RoutesCheck withoutWhatIsOff() {
        withWhatIsOff = false;
        return this;
    }

    /** Compares route files with the schema of Camel's YAML too, which takes a second the first time. */
    public RoutesCheck withSchema() {
        withSchema = true;
        return this;
    }

    /** Runs the mappings on the sample answers beside them too. */
    public RoutesCheck withSamples() {
        withSamples = true;
        return this;
    }

    /** All that is wrong, by file and line. */
    public List<Finding> findings() {
        findings.clear();
        fileOfId.clear();
        contents.clear();
        checkedSchemes.clear();
        kamelets.clear();
        texts.clear();
        files = 0;
        Set<Path> off = Set.copyOf(ProviderFiles.off(settings));
        try (DefaultCamelContext scratch = scratch()) {
            for (Path path : RouteFiles.list(folder)) {
                if (withWhatIsOff || !off.contains(path)) {
                    told(folder.relativize(path).toString(), () -> check(scratch, path, off.contains(path)));
                }
            }
            Set<String> consumers = new HashSet<>();
            for (Content content : contents) {
                if (content.parts.source() != null) {
                    resolved(scratch, content.parts.source().text()).map(RoutesCheck::inside).ifPresent(consumers::add);
                }
            }
            contents.forEach(content -> told(content.file, () -> check(scratch, content, consumers)));
            texts.forEach(read -> told(read.file, () -> findings.addAll(EndpointOptions.wrong(scratch, read.file, read.text, read.template, kamelets))));
            if (withSamples) {
                findings.addAll(SampleCheck.wrong(folder, mappings));
            }
        } catch (IOException e) {
            findings.add(new Finding(folder.toString(), "This folder cannot be read (" + e.getClass().getSimpleName() + ")."));
        }
        return findings.stream().distinct().sorted(Finding.ORDER).toList();
    }

    /** As {@link #findings()}; if there are any, with what the schema says of the same files too, which knows the right words. */
    List<Finding> findingsInFull() {
        List<Finding> found = findings();
        return found.isEmpty() ? found : withSchema().findings();
    }

    /** How many files the last look was at. */
    public int files() {
        return files;
    }

    private void check(DefaultCamelContext scratch, Path path, boolean isOff) {
        String name = path.getFileName().toString();
        String file = folder.relativize(path).toString();
        if (name.endsWith(ROUTE)) {
            files++;
            Optional<YamlText> text = read(path, file);
            if (text.isPresent() && fits(file, text.get(), false)) {
                checkRoute(scratch, path, file, name.substring(0, name.length() - ROUTE.length()), isOff);
                if (!isOff) {
                    texts.add(new Read(file, text.get(), false));
                }
            }
        } else if (name.endsWith(KAMELET)) {
            files++;
            Optional<YamlText> text = read(path, file);
            if (text.isPresent() && fits(file, text.get(), true)) {
                checkKamelet(scratch, path, file);
                texts.add(new Read(file, text.get(), true));
            }
        } else if (name.endsWith(MAPPING)) {
            files++;
            try {
                new Mappings(path.getParent()).check(name);
            } catch (MappingException e) {
                add(file, e.getMessage());
            }
        } else if (name.endsWith(".yaml") || name.endsWith(".yml")) {
            findings.add(new Finding(file, "This file is not loaded: the name of a route file ends in " + ROUTE + "."));
        }
    }

    /** What nobody has thought of is wrong with the file too: thrown, it would keep all other files from being looked at. */
    private void told(String file, Runnable look) {
        try {
            look.run();
        } catch (RuntimeException | Error e) {
            LOG.debug("{} cannot be checked", file, e);
            findings.add(new Finding(file, "This file cannot be checked: " + BuildFailure.words(e)));
        }
    }

    private Optional<YamlText> read(Path path, String file) {
        try {
            YamlText text = YamlText.of(file, Files.readString(path));
            findings.addAll(Dangers.in(file, text));
            return Optional.of(text);
        } catch (YamlText.UnreadableException e) {
            findings.add(e.finding());
        } catch (CharacterCodingException e) {
            findings.add(new Finding(file, "This file is not UTF-8 text."));
        } catch (IOException e) {
            findings.add(new Finding(file, "This file cannot be read (" + e.getClass().getSimpleName() + ")."));
        }
        return Optional.empty();
    }

    private boolean fits(String file, YamlText text, boolean template) {
        List<Finding> wrong = !withSchema ? List.of() : template ? SchemaCheck.wrongTemplate(file, text) : SchemaCheck.wrong(file, text);
        findings.addAll(wrong);
        return wrong.isEmpty();
    }

    private void checkRoute(DefaultCamelContext scratch, Path path, String file, String stem, boolean isOff) {
        try {
            load(scratch, path);
            List<RouteDefinition> routes = scratch.getRouteDefinitions();
            List<RouteConfigurationDefinition> configurations = scratch.getRouteConfigurationDefinitions();
            if (routes.isEmpty() && configurations.isEmpty()) {
                findings.add(new Finding(file, "There is no route in this file."));
            }
            if (routes.size() > 1) {
                findings.add(new Finding(file, "There are " + routes.size() + " routes in this file; one is allowed."));
            }
            for (RouteDefinition route : routes) {
                checkId(file, stem, route.hasCustomIdAssigned() ? route.getId() : null);
                if (!isOff) {
                    contents.add(new Content(file, stem, RouteParts.of(route), false));
                }
            }
            configurations.forEach(configuration -> contents.add(new Content(file, stem, RouteParts.of(configuration), false)));
        } catch (Exception e) {
            add(file, e);
        }
    }

    private void checkId(String file, String stem, String id) {
        if (id == null) {
            findings.add(new Finding(file, "The route has no id; it should be " + stem + ", as the file."));
            return;
        }
        if (!id.equals(stem)) {
            findings.add(new Finding(file, "The route's id is " + id + "; it should be " + stem + ", as the file."));
        }
        String other = fileOfId.putIfAbsent(id, file);
        if (other != null) {
            findings.add(new Finding(file, "The route's id " + id + " is also that of " + other + "."));
        }
    }

    private void checkKamelet(DefaultCamelContext scratch, Path path, String file) {
        try {
            load(scratch, path);
            for (RouteTemplateDefinition template : scratch.getRouteTemplateDefinitions()) {
                kamelets.put(template.getId(), template);
                contents.add(new Content(file, template.getId(), RouteParts.of(template.getRoute()), true));
            }
        } catch (Exception e) {
            add(file, e);
        }
    }

    /** After this the context holds what is in this file, and nothing else. */
    private static void load(DefaultCamelContext scratch, Path path) throws Exception {
        scratch.removeRouteDefinitions(List.copyOf(scratch.getRouteDefinitions()));
        for (RouteConfigurationDefinition configuration : List.copyOf(scratch.getRouteConfigurationDefinitions())) {
            scratch.removeRouteConfiguration(configuration);
        }
        scratch.removeRouteTemplateDefinitions("*");
        PluginHelper.getRoutesLoader(scratch).loadRoutes(resource(scratch, path));
    }

    private void check(DefaultCamelContext scratch, Content content, Set<String> consumers) {
        if (content.parts.source() != null) {
            checkUri(scratch, content, content.parts.source(), Set.of(), true);
        }
        content.parts.targets().forEach(target -> checkUri(scratch, content, target, consumers, false));
        for (RouteParts.Simple simple : content.parts.expressions()) {
            checkSimple(scratch, content, simple);
        }
    }

    private void checkUri(DefaultCamelContext scratch, Content content, RouteParts.Uri uri, Set<String> consumers, boolean source) {
        Optional<String> known = resolved(scratch, content, uri.text(), uri.line());
        Matcher scheme = SCHEME.matcher(known.orElse(""));
        if (known.isEmpty() || !scheme.matches()) {
            return;
        }
        String danger = Dangers.behindPlaceholders(uri.text(), known.get());
        if (danger != null) {
            add(content, uri.line(), danger);
        }
        String component = scheme.group(1);
        String unusable = unusable(scratch, component);
        if (unusable != null) {
            add(content, uri.line(), "The component " + component + " cannot be used: " + unusable);
        } else if (!isThere(scratch, component)) {
            add(content, uri.line(), "There is no component " + component + " for " + shown(uri.text()) + ".");
        } else if (!source && (component.equals("direct") || component.equals("seda")) && !consumers.contains(inside(known.get()))) {
            add(content, uri.line(), "No route begins with " + inside(known.get()) + ".");
        } else if (component.equals("kamelet")) {
            checkKameletParameters(scratch, content, uri);
        }
    }

    /** Why a component is there and no program can use it, as when its jar came without those that it needs; null otherwise. */
    private String unusable(DefaultCamelContext scratch, String component) {
        try {
            isThere(scratch, component);
            return null;
        } catch (LinkageError e) {
            LOG.debug("Component {} cannot be made", component, e);
            return BuildFailure.words(e);
        }
    }

    private boolean isThere(DefaultCamelContext scratch, String component) {
        if (checkedSchemes.contains(component) || settings.all().containsKey("camel.beans." + component)) {
            return true;
        }
        boolean there;
        try {
            there = scratch.getComponent(component, true, false) != null;
        } catch (RuntimeException e) {
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof LinkageError missing) {
                    throw missing;
                }
            }
            // what is there and cannot be made here says so at the start
            there = true;
        }
        if (there) {
            checkedSchemes.add(component);
        }
        return there;
    }

    private void checkKameletParameters(DefaultCamelContext scratch, Content content, RouteParts.Uri uri) {
        Map<String, String> written = new HashMap<>();
        try {
            URISupport.parseQuery(StringHelper.after(uri.text(), "?", "")).forEach((name, value) -> written.put(name, String.valueOf(value)));
        } catch (URISyntaxException e) {
            add(content, uri.line(), "The parameters of " + shown(uri.text()) + " cannot be read.");
            return;
        }
        String kamelet = shown(uri.text());
        if ((kamelet.equals("kamelet:read-report") || kamelet.equals("kamelet:read-list")) && written.containsKey("mapping")) {
            resolved(scratch, written.get("mapping")).ifPresent(mapping -> checkMapping(content, uri.line(), mapping));
        } else if (kamelet.equals("kamelet:due-jobs") || kamelet.equals("kamelet:due-list")) {
            Map<String, String> values = new HashMap<>();
            written.forEach((name, value) -> resolved(scratch, value).ifPresent(known -> values.put(name, known)));
            try {
                if (kamelet.equals("kamelet:due-list")) {
                    ListTerms.parse(values);
                    return;
                }
                ProviderTerms.parse(values);
                for (String parameter : List.of("hookSecrets", "assetKey", "assetKeyUrl")) {
                    checkSettings(content, uri.line(), parameter, values.getOrDefault(parameter, "none"));
                }
            } catch (ProviderTerms.WrongTermException e) {
                Matcher setting = ONE_PLACEHOLDER.matcher(written.getOrDefault(e.parameter(), ""));
                add(content, uri.line(), "Provider " + values.getOrDefault("provider", content.stem) + ": " + e.getMessage()
                        + (setting.matches() ? " (the setting " + setting.group(1) + ")" : "") + ".");
            }
        }
    }

    private void checkSettings(Content content, int line, String parameter, String names) {
        for (String name : names.split("\\s*,\\s*")) {
            if (!name.equals("none") && !settings.all().containsKey(name)) {
                add(content, line, parameter + " names the setting " + name + ", which does not exist.");
            }
        }
    }

    private void checkMapping(Content content, int line, String mapping) {
        String name = mapping.endsWith(MAPPING) ? mapping : mapping + MAPPING;
        if (!Files.isRegularFile(folder.resolve("providers").resolve(name))) {
            try {
                mappings.check(mapping);
            } catch (MappingException e) {
                add(content, line, StringHelper.capitalize(e.getMessage()) + (e.getMessage().endsWith("?") ? "" : "."));
            }
        }
    }

    private void checkSimple(DefaultCamelContext scratch, Content content, RouteParts.Simple simple) {
        Optional<String> known = resolved(scratch, content, simple.text(), simple.line());
        if (known.isEmpty() || !known.get().contains("${")) {
            return;
        }
        Language language = scratch.resolveLanguage("simple");
        try {
            if (simple.predicate()) {
                language.createPredicate(known.get());
            } else {
                language.createExpression(known.get());
            }
        } catch (RuntimeException e) {
            // Camel draws a picture after the first line; the text is taken as written, since a value may be a secret
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("").strip();
            add(content, simple.line(), "This is not a Simple expression: " + quoted(simple.text())
                    + " (" + reason + ").");
        }
    }

    /** With its placeholders resolved; empty, and told, if one has no value. */
    private Optional<String> resolved(DefaultCamelContext scratch, Content content, String text, int line) {
        try {
            return Optional.of(scratch.resolvePropertyPlaceholders(withoutEnvironment(text)));
        } catch (NoSuchBeanException e) {
            // told as a danger
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            if (!content.template) {
                Matcher key = NO_VALUE.matcher(String.valueOf(e.getMessage()));
                add(content, line, key.matches() ? "The setting " + key.group(1) + " that is referred to here does not exist."
                        : "A placeholder cannot be resolved in: " + quoted(text) + ".");
            }
            return Optional.empty();
        }
    }

    // before it is cut: half a secret is not known
    private static String quoted(String text) {
        return Redaction.cut(Redaction.text(text).strip().replaceAll("\\s+", " "), 120);
    }

    private static Optional<String> resolved(DefaultCamelContext scratch, String text) {
        try {
            return Optional.of(scratch.resolvePropertyPlaceholders(withoutEnvironment(text)));
        } catch (NoSuchBeanException | IllegalArgumentException e) {
            // told where the whole address is looked at
            return Optional.empty();
        }
    }

    /** The keys are where the program runs, not where its files are checked; the start says which is missing. */
    private static String withoutEnvironment(String text) {
        return ENVIRONMENT.matcher(text).replaceAll("0");
    }

    /** {@code direct:name} of whatever way it is written. */
    private static String inside(String uri) {
        return shown(uri).replaceFirst("^(\\w+):/*", "$1:");
    }

    /** An address without its query, which may hold secrets. */
    private static String shown(String uri) {
        return StringHelper.before(uri, "?", uri);
    }

    private DefaultCamelContext scratch() {
        DefaultCamelContext scratch = new DefaultCamelContext();
        scratch.setAutoStartup(false);
        scratch.setSourceLocationEnabled(true);
        scratch.getPropertiesComponent().setOverrideProperties(settings.all());
        scratch.build();
        return scratch;
    }

    private static Resource resource(DefaultCamelContext scratch, Path path) {
        return ResourceHelper.resolveResource(scratch, "file:" + path);
    }

    private void add(Content content, int line, String sentence) {
        findings.add(new Finding(content.file, line > 0 ? line : null, null, sentence));
    }

    private void add(String file, Exception problem) {
        Throwable root = problem;
        while (root.getCause() != null && root.getCause().getMessage() != null) {
            root = root.getCause();
        }
        add(file, String.valueOf(root.getMessage()));
    }

    /** With the place that Camel or jq name in their words. */
    private void add(String file, String words) {
        String message = words.strip().replaceAll("\\s*\\R\\s*", " ");
        Matcher place = PLACE.matcher(message);
        boolean known = place.find();
        // what follows names the same place again, or every word that the parser would have liked better
        message = message.replaceFirst("\\s+(in file:|Was expecting).*", "");
        findings.add(new Finding(file, known ? Integer.valueOf(place.group(1)) : null, known && place.group(2) != null ? Integer.valueOf(place.group(2)) : null,
                message.endsWith(".") || message.endsWith("?") ? message : message + "."));
    }
}
