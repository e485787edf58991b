package io.mediajobs.live;

import io.mediajobs.config.NearestName;
import io.mediajobs.report.Redaction;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.ResolveEndpointFailedException;

/** Says in a sentence, with file and line, why Camel could not build or start a route. */
final class BuildFailure {

    private static final Pattern UNKNOWN = Pattern.compile("Unknown parameters=\\[\\{([^=}]+)=");
    private static final Pattern VARIABLE = Pattern.compile("Property with key \\[env:([A-Za-z0-9_]+)]");
    private static final Pattern AT = Pattern.compile("\\.camel\\.yaml:(\\d{1,9})");

    private BuildFailure() {
    }

    static Rejection explain(CamelContext context, RouteFiles files, Throwable failure) {
        String route = null;
        Integer line = null;
        ResolveEndpointFailedException endpoint = null;
        Throwable root = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FailedToCreateRouteException create) {
                route = create.getRouteId();
            } else if (cause instanceof FailedToStartRouteException start) {
                route = start.getRouteId();
            } else if (cause instanceof ResolveEndpointFailedException resolve) {
                endpoint = resolve;
            }
            Matcher at = AT.matcher(String.valueOf(cause.getMessage()));
            if (line == null && at.find()) {
                line = Integer.valueOf(at.group(1));
            }
            if (cause.getMessage() != null || cause.getCause() == null && cause instanceof Error) {
                root = cause;
            }
        }
        String id = route;
        String only = failure instanceof NotStartedException some ? some.failures().keySet().iterator().next() : null;
        String file = only != null ? only : id == null ? null : files.names().stream().filter(name -> name.endsWith(RouteFiles.ROUTE)
                && files.refers(name).routeIds().contains(id)).findFirst().orElse(null);
        String sentence = Redaction.text(words(root)).strip().replaceAll("\\s*\\R\\s*", " ");
        Matcher variable = VARIABLE.matcher(sentence);
        if (variable.find()) {
            sentence = "The environment variable " + variable.group(1) + " is not set. A running program does not see a new one: set it and restart.";
        }
        Matcher unknown = UNKNOWN.matcher(sentence);
        if (endpoint != null && unknown.find()) {
            String scheme = endpoint.getUri().replaceFirst(":.*", "");
            sentence = "There is no option " + unknown.group(1) + " of " + scheme + hint(context, scheme, unknown.group(1));
        }
        if (line == null && endpoint != null && file != null) {
            line = lineOf(files.text(file), endpoint.getUri());
        }
        return new Rejection(Instant.now(), file, line, null, (file == null && id != null ? "Route " + id + ": " : "") + Redaction.cut(sentence, 500)
                + (sentence.endsWith(".") || sentence.endsWith("?") ? "" : "."));
    }

    /** An error says less than an exception: of a class that is not there, its name. */
    static String words(Throwable failure) {
        String message = failure.getMessage();
        if (failure instanceof NoClassDefFoundError && message != null) {
            return "The class " + message.replace('/', '.') + " is not there, or cannot be used: does a jar miss in lib/?";
        }
        if (failure instanceof StackOverflowError) {
            return "Something in it is nested too deep, or leads back to itself.";
        }
        return failure instanceof Error || message == null ? failure.getClass().getSimpleName() + (message == null ? "" : ": " + message) : message;
    }

    private static String hint(CamelContext context, String scheme, String option) {
        var factory = context.getCamelContextExtension().getEndpointUriFactory(scheme);
        Optional<String> near = factory == null ? Optional.empty() : NearestName.of(option, Set.copyOf(factory.propertyNames()));
        return near.map(name -> "; did you mean " + name + "?").orElse(".");
    }

    /** Where the beginning of an address stands, which the file may write without its options. */
    private static Integer lineOf(String text, String uri) {
        String beginning = uri.replaceFirst("\\?.*", "").replaceFirst("://", ":");
        String[] lines = text.split("\\R", -1);
        for (int i = 0; i < lines.length; i++) {
            if (lines[i].replace("://", ":").contains(beginning)) {
                return i + 1;
            }
        }
        return null;
    }
}
