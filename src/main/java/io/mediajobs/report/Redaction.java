package io.mediajobs.report;

import io.mediajobs.config.KnownSecrets;
import io.mediajobs.job.JobError;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes secrets out of text that others see: those that are {@linkplain KnownSecrets known} wherever they stand, the query, fragment and
 * user name of every URL, bearer tokens, and parameters such as signature=… and api_key=… even where no URL is around them. Redacting
 * twice changes nothing. It is the one door: log, timeline, events, API, page and exceptions all come through here.
 *
 * <p>It shows too little rather than too much: in running text everything up to the next blank belongs to a query.
 */
public final class Redaction {

    /** Longest error message that is kept; a provider's stack trace is not worth more. */
    private static final int LONGEST_MESSAGE = 4_000;
    private static final int LONGEST_CODE = 200;

    /**
     * A URL in text: also with slashes escaped as in raw JSON ({@code https:\/\/}), and percent-encoded as in another
     * URL's query. The scheme is bounded because an unbounded one takes quadratic time on long base64 text.
     */
    private static final Pattern URL = Pattern.compile(
            "[a-z][a-z0-9+.-]{1,15}(?:(:\\\\?/\\\\?/)|(%(?:25)*3a%(?:25)*2f%(?:25)*2f))[^\\s\"<>`]*+",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern QUERY = Pattern.compile("[?#]|\\\\u003f|\\\\u0023", Pattern.CASE_INSENSITIVE);
    private static final Pattern ENCODED_QUERY = Pattern.compile("[?#]|%(?:25)*3f|%(?:25)*23", Pattern.CASE_INSENSITIVE);
    private static final Pattern SLASH = Pattern.compile("[/\\\\]");
    private static final Pattern ENCODED_SLASH = Pattern.compile("/|%(?:25)*2f", Pattern.CASE_INSENSITIVE);
    private static final Pattern AT = Pattern.compile("@");
    private static final Pattern ENCODED_AT = Pattern.compile("@|%(?:25)*40");
    /** A host with what is no port behind it: a user with a password. */
    private static final Pattern USER_WITH_PASSWORD = Pattern.compile("[^:\\[\\]%]*(?::|%(?:25)*3a)(?!\\d*$|\\{\\{|\\$\\{).*", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
    private static final Pattern BEARER = Pattern.compile("\\b(bearer|basic)\\s+[a-z0-9._~+/=-]{8,}+", Pattern.CASE_INSENSITIVE);
    /** Also in an address that begins with a placeholder and is no URL yet. What refers to a secret is none. */
    private static final Pattern SIGNATURE = Pattern.compile(
            "\\b(x-(?:amz|goog)-(?:signature|credential|security-token)|signature|sig|key-pair-id|policy"
                    + "|[a-z_-]{0,30}(?:(?:api|access|secret|private)[_-]?key|password|passwd|passphrase|secret|token))=(?!\\{\\{)[^&\\s\"<>`]++",
            Pattern.CASE_INSENSITIVE);

    /** A secret such as {@code password} hides the name of a parameter as well. */
    private static final Pattern HIDDEN_NAME = Pattern.compile("(" + Pattern.quote(KnownSecrets.HIDDEN) + ")=(?!\\{\\{)[^&\\s\"<>`]++");

    private Redaction() {
    }

    /**
     * @param text any text, JSON and HTML included; null gives null
     * @return the same text without the secrets that can be recognised
     */
    public static String text(String text) {
        if (text == null || text.isEmpty()) {
            return text;
        }
        String redacted = KnownSecrets.hide(text);
        if (!mayShowMore(redacted)) {
            return redacted;
        }
        if (redacted.indexOf(':') >= 0 || redacted.indexOf('%') >= 0) {
            redacted = URL.matcher(redacted).replaceAll(match -> Matcher.quoteReplacement(shortened(match)));
        }
        if (redacted.indexOf('=') >= 0) {
            redacted = SIGNATURE.matcher(redacted).replaceAll("$1=" + KnownSecrets.HIDDEN);
            redacted = HIDDEN_NAME.matcher(redacted).replaceAll("$1=" + KnownSecrets.HIDDEN);
        }
        return BEARER.matcher(redacted).replaceAll("$1 " + KnownSecrets.HIDDEN);
    }

    /** Each of the patterns takes something away only behind one of these: most addresses and names have none of them. */
    private static boolean mayShowMore(String text) {
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c <= ' ' || c == '=' || c == '?' || c == '#' || c == '@' || c == '%' || c == '\\') {
                return true;
            }
        }
        return false;
    }

    /**
     * @param url one URL, of any scheme and possibly broken; null gives null
     * @return it without query, fragment and user name; blanks do not end it
     */
    public static String url(String url) {
        if (url == null) {
            return null;
        }
        Matcher query = QUERY.matcher(url);
        return text(query.find() ? url.substring(0, query.start()) : url);
    }

    /**
     * @param error null gives null
     * @return the error with redacted text, cut to a length that fits into events and tables
     */
    public static JobError error(JobError error) {
        return error == null ? null
                : new JobError(cut(text(error.code()), LONGEST_CODE), cut(text(error.message()), LONGEST_MESSAGE), error.retryable());
    }

    /**
     * @param map of text, numbers, booleans, lists and maps; null gives an empty map
     * @return a deeply immutable copy in the same order, every text in it (keys included) redacted
     */
    public static Map<String, Object> map(Map<String, ?> map) {
        if (map == null || map.isEmpty()) {
            return Map.of();
        }
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put(text(key), value(value)));
        return Collections.unmodifiableMap(copy);
    }

    /** Text cut to at most so many characters, with an ellipsis as its last where something is missing; no half surrogate pair. */
    public static String cut(String text, int longest) {
        if (text == null || text.length() <= longest) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(longest - 2)) ? longest - 2 : longest - 1;
        return text.substring(0, end) + "…";
    }

    private static Object value(Object value) {
        if (value instanceof String text) {
            return text(text);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            map.forEach((key, child) -> copy.put(text(String.valueOf(key)), value(child)));
            return Collections.unmodifiableMap(copy);
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>(list.size());
            list.forEach(child -> copy.add(value(child)));
            return Collections.unmodifiableList(copy);
        }
        return value;
    }

    private static String shortened(MatchResult match) {
        boolean plain = match.group(1) != null;
        String url = match.group();
        Matcher query = (plain ? QUERY : ENCODED_QUERY).matcher(url);
        String path = query.find() ? url.substring(0, query.start()) : url;
        int authority = match.end(plain ? 1 : 2) - match.start();
        Matcher slash = (plain ? SLASH : ENCODED_SLASH).matcher(path);
        int end = slash.find(authority) ? slash.start() : path.length();
        Pattern at = plain ? AT : ENCODED_AT;
        int host = afterLast(at, path, authority, end);
        if (host < 0 && at.matcher(url).find(end) && USER_WITH_PASSWORD.matcher(path.substring(authority, end)).matches()) {
            // a password with an unescaped slash, question mark or hash
            host = afterLast(at, path, end, path.length());
            return path.substring(0, authority) + (host < 0 ? KnownSecrets.HIDDEN : path.substring(host));
        }
        return host < 0 ? path : path.substring(0, authority) + path.substring(host);
    }

    /** @return where what was found last ends; -1 if nothing was found */
    private static int afterLast(Pattern wanted, String text, int from, int to) {
        Matcher found = wanted.matcher(text).region(from, to);
        int end = -1;
        while (found.find()) {
            end = found.end();
        }
        return end;
    }
}
