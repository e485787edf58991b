package io.mediajobs.config;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The keys, tokens and passwords of this process by their values, so that whatever shows text can show it without them, also where nothing
 * around them says what they are: a provider that repeats our key in its error message, the exception of a library that quotes an address.
 *
 * <p>They are known from the moment settings are read, and never forgotten: what was the key until an edit may still be in a message. One
 * list for the process, because a log has one for all parts too.
 */
public final class KnownSecrets {

    /** Shown instead of a secret. */
    public static final String HIDDEN = "[redacted]";
    /** Characters. What is shorter is as likely a word of its own as a secret, and hiding it would hide others: such a secret stops the start. */
    static final int SHORTEST = 8;

    private static final String WORD = "(key|secret|token|password|passwd|passphrase|credentials?|authorization)";
    /** Of a setting ({@code provider.acme.key}) or an environment variable ({@code ACME_API_KEY}). The name of a key in KMS is none. */
    private static final Pattern NAME = Pattern.compile("(?i)(?!.*kms[._-]key$)(.*[._-])?[a-z]*" + WORD + "([._-]?[0-9]+)?");
    /** Within a value: {@code …&sslKeystorePassword=RAW(…)}, {@code … password="…"}. */
    private static final Pattern INLINE = Pattern.compile(
            "(?i)(?:secret|token|password|passwd|passphrase|(?:api|access|secret|private)[_-]?key|signature)\\s*=\\s*(?:RAW[({]|[\"'])?([^&;,\\s\"'(){}]+)");
    /** {@code scheme://user:password@host}. */
    private static final Pattern USER_INFO = Pattern.compile("://[^/?#@\\s]*:([^/?#@\\s]+)@");
    /** {@code Bearer …}: the word before it is none. */
    private static final Pattern SCHEME = Pattern.compile("(?:[A-Za-z]+ +)?(\\S.*)");
    private static final Pattern WEB_ADDRESS = Pattern.compile("(?i)https?://.*");

    private static volatile List<String> known = List.of();

    private KnownSecrets() {
    }

    /**
     * Learns the secrets among settings and environment variables: by their names, and those of the operator's own settings that refer to the
     * environment, which is where secrets are kept.
     *
     * @param values    of all settings, what they refer to in the environment in place
     * @param shipped   settings and their values as they come with the program
     * @param referring settings whose value comes from the environment
     */
    static void learn(Properties values, Properties shipped, Set<String> referring, Map<String, String> environment) {
        Set<String> found = new TreeSet<>();
        for (String key : values.stringPropertyNames()) {
            String value = values.getProperty(key).strip();
            boolean own = shipped.getProperty(key) == null && referring.contains(key) && !WEB_ADDRESS.matcher(value).matches();
            if ((isNamed(key, shipped) || own) && !value.contains("{{")) {
                found.add(value);
                found.add(withoutScheme(value));
            }
            for (Pattern within : List.of(INLINE, USER_INFO)) {
                Matcher inline = within.matcher(value);
                while (inline.find()) {
                    found.add(inline.group(1));
                }
            }
        }
        environment.forEach((name, value) -> {
            if (NAME.matcher(name).matches()) {
                found.add(value.strip());
            }
        });
        add(found);
    }

    // archive.key is a pattern and not a key: nobody ships a secret
    private static boolean isNamed(String key, Properties shipped) {
        String usual = shipped.getProperty(key);
        return NAME.matcher(key).matches() && (usual == null || usual.isBlank() || usual.contains("{{"));
    }

    private static String withoutScheme(String value) {
        return SCHEME.matcher(value).replaceAll("$1");
    }

    /**
     * Settings that hold a secret which is too short to be hidden by its value. An access key is none of them: it is a name, and what belongs to it is
     * the secret. Of Camel's own settings only those that refer to the environment are looked at, since a name alone ({@code …use-token=true}) says little there.
     *
     * @param values    as for {@link #learn}, likewise the others
     * @return their keys, in order
     */
    static List<String> tooShort(Properties values, Properties shipped, Set<String> referring) {
        return values.stringPropertyNames().stream().sorted()
                .filter(key -> isNamed(key, shipped) && !key.endsWith("access-key") && (!key.startsWith("camel.") || referring.contains(key)))
                .filter(key -> {
                    String value = values.getProperty(key).strip();
                    return !value.isEmpty() && !value.contains("{{") && withoutScheme(value).length() < SHORTEST;
                })
                .toList();
    }

    /** Adds one that is in no setting. */
    public static void add(String secret) {
        add(Set.of(secret));
    }

    private static synchronized void add(Collection<String> secrets) {
        Set<String> all = new TreeSet<>(known);
        secrets.stream().filter(secret -> secret.length() >= SHORTEST && !secret.contains(HIDDEN)).flatMap(KnownSecrets::spellings).forEach(all::add);
        // the longest first: one may be a part of another
        known = all.stream().sorted(Comparator.comparingInt(String::length).reversed()).toList();
    }

    /** As it is, in a URL, and in JSON that escapes slashes. */
    private static Stream<String> spellings(String secret) {
        String encoded = URLEncoder.encode(secret, StandardCharsets.UTF_8);
        return Stream.of(secret, encoded, encoded.replace("+", "%20"), secret.replace("/", "\\/"));
    }

    /** @return {@code text} with {@link #HIDDEN} in the place of every secret that is known; null gives null */
    public static String hide(String text) {
        String hidden = text;
        if (text != null) {
            for (String secret : known) {
                hidden = hidden.replace(secret, HIDDEN);
            }
        }
        return hidden;
    }
}
