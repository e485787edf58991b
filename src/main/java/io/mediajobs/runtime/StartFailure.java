package io.mediajobs.runtime;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import io.mediajobs.report.Redaction;
import io.mediajobs.store.StoreException;
import java.net.BindException;
import java.util.Locale;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.PropertyBindingException;

/** Says why the start failed in one sentence, whatever depth the reason was thrown at. */
final class StartFailure {

    private StartFailure() {
    }

    /** Whether other route files might start. */
    static boolean isAboutRoutes(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return false;
            }
            if (cause instanceof LinkageError || cause instanceof StackOverflowError) {
                // Camel puts exceptions of a route into one that names it, and lets errors through as they are
                return true;
            }
            if (cause instanceof FailedToCreateRouteException || cause instanceof FailedToStartRouteException) {
                return true;
            }
        }
        return false;
    }

    /** @return what to throw: a {@link ConfigurationException} or {@link StoreException} wherever one is in the chain of causes */
    static RuntimeException explain(Throwable failure, Settings settings) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConfigurationException || cause instanceof StoreException) {
                return (RuntimeException) cause;
            }
            if (cause instanceof BindException) {
                return new ConfigurationException("A port is taken: " + cause.getMessage() + ". Stop what listens there, or set another http.port"
                        + " (and observe.port).", failure);
            }
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PropertyBindingException wrong && wrong.getOptionKey() != null) {
                return wrongOption(wrong, failure, settings);
            }
        }
        String where = "";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FailedToCreateRouteException create) {
                where = "Route " + create.getRouteId() + " cannot be created: ";
            } else if (cause instanceof FailedToStartRouteException start) {
                where = "Route " + start.getRouteId() + " cannot be started: ";
            }
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return new ConfigurationException(where + Redaction.text(root.getClass().getSimpleName() + ": " + root.getMessage()), failure);
    }

    private static ConfigurationException wrongOption(PropertyBindingException wrong, Throwable failure, Settings settings) {
        String prefix = wrong.getOptionPrefix() == null ? "" : wrong.getOptionPrefix();
        String key = prefix + (prefix.isEmpty() || prefix.endsWith(".") ? "" : ".") + wrong.getOptionKey();
        // Camel has taken its dashes out
        String written = settings.all().stringPropertyNames().stream().filter(name -> plain(name).equals(plain(key))).findFirst().orElse(key);
        return new ConfigurationException("The setting " + written + (wrong.getCause() == null ? " is not known to Camel." : " has a value that Camel cannot take."),
                failure);
    }

    private static String plain(String key) {
        return key.replace("-", "").toLowerCase(Locale.ROOT);
    }
}
