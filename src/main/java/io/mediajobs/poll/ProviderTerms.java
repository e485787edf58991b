package io.mediajobs.poll;

import io.mediajobs.config.Durations;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

/**
 * The numbers among the parameters of {@code kamelet:due-jobs}; what is not given is as the kamelet says.
 *
 * @param every     time between two asks for the same job; more than zero
 * @param firstAfter time from a registration to the first ask; zero for none
 * @param deadline  how long a job may take unless its registration says otherwise; more than zero
 * @param perSecond status calls a second at the most; infinite for no limit
 * @param atOnce    status calls at the same time at the most; at least one
 * @param predicted whether asks are planned by when a job may be finished, and not only by {@code every}
 * @param stalledAfter how long the same progress may be told before a job counts as stalled, more than zero; {@code none} for ever
 * @param account   what providers that are asked with the same key have in common; null if it has a key of its own
 */
public record ProviderTerms(Duration every, Duration firstAfter, Duration deadline, double perSecond, int atOnce, boolean predicted, String stalledAfter, String account) {

    /** A parameter that is not what it should be. */
    public static final class WrongTermException extends IllegalArgumentException {

        private final String parameter;

        WrongTermException(String parameter, String message) {
            super(parameter + " is wrong: " + message);
            this.parameter = parameter;
        }

        /** Its name, as the kamelet calls it. */
        public String parameter() {
            return parameter;
        }
    }

    /**
     * @param parameters by name, placeholders resolved; others are left alone
     * @throws WrongTermException at the first that is wrong, with a sentence that repeats its value
     */
    public static ProviderTerms parse(Map<String, String> parameters) {
        term(parameters, "hook", "none", word -> HookTerms.parse(parameters));
        term(parameters, "assetHosts", "any", word -> AssetTerms.parse(parameters));
        return new ProviderTerms(
                term(parameters, "every", "15s", ProviderTerms::time),
                term(parameters, "firstAfter", "0s", Durations::parse),
                term(parameters, "deadline", "2h", ProviderTerms::time),
                term(parameters, "rate", "5/s", text -> Rate.parse(text).perSecond()),
                term(parameters, "atOnce", "10", ProviderTerms::count),
                term(parameters, "asks", "predicted", ProviderTerms::predicted),
                term(parameters, "stalledAfter", "15m", ProviderTerms::timeOrNone),
                term(parameters, "account", "none", text -> text.equals("none") ? null : text));
    }

    static <T> T term(Map<String, String> parameters, String name, String otherwise, Function<String, T> parser) {
        try {
            return parser.apply(parameters.getOrDefault(name, otherwise));
        } catch (IllegalArgumentException e) {
            throw new WrongTermException(name, e.getMessage());
        }
    }

    static Duration time(String text) {
        Duration time = Durations.parse(text);
        if (time.isZero()) {
            throw new IllegalArgumentException("'" + text + "' is no time at all; it must be more than zero");
        }
        return time;
    }

    private static String timeOrNone(String text) {
        return text.equals("none") ? text : time(text).toMillis() + "ms";
    }

    private static boolean predicted(String text) {
        return switch (text) {
            case "predicted" -> true;
            case "fixed" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' is neither predicted nor fixed");
        };
    }

    static int count(String text) {
        try {
            int count = Integer.parseInt(text.trim());
            if (count > 0) {
                return count;
            }
        } catch (NumberFormatException e) {
            // told below, as what is too small
        }
        throw new IllegalArgumentException("'" + text + "' is not a whole number from 1 on");
    }
}
