package io.mediajobs.poll;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Where a provider's assets may be, and which of them get its key, as its route says in the {@code asset} parameters of {@code kamelet:due-jobs}.
 *
 * @param hosts     names and patterns such as {@code *.example.com}, in lower case; empty for any host
 * @param key       name of the setting whose value an asset with {@code "auth": "provider"} is fetched with; null for none
 * @param keyHeader header that has it
 * @param keyUrl    name of the setting with the URL whose scheme, host and port alone get it; null for none
 */
public record AssetTerms(List<String> hosts, String key, String keyHeader, String keyUrl) {

    /** Any host, no key. */
    public static final AssetTerms NONE = new AssetTerms(List.of(), null, "Authorization", null);

    private static final Pattern HOST = Pattern.compile("(\\*\\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?");
    /** RFC 9110, section 5.1. */
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

    /**
     * @param parameters of the kamelet
     * @throws IllegalArgumentException with a sentence, if one of them is wrong
     */
    static AssetTerms parse(Map<String, String> parameters) {
        return of(parameters.getOrDefault("assetHosts", "any"), parameters.getOrDefault("assetKey", "none"),
                parameters.getOrDefault("assetKeyHeader", "Authorization"), parameters.getOrDefault("assetKeyUrl", "none"));
    }

    /** As {@link #parse}, for a route that runs. */
    static AssetTerms of(String hosts, String key, String keyHeader, String keyUrl) {
        List<String> patterns = hosts.strip().equals("any") ? List.of()
                : Arrays.stream(hosts.split(",")).map(host -> host.strip().toLowerCase(Locale.ROOT)).filter(host -> !host.isEmpty()).toList();
        for (String pattern : patterns) {
            if (!HOST.matcher(pattern).matches()) {
                throw new IllegalArgumentException("'" + pattern + "' in assetHosts is no host name, and no pattern such as *.example.com");
            }
        }
        if (patterns.isEmpty() && !hosts.strip().equals("any")) {
            throw new IllegalArgumentException("assetHosts names no host; any stands for every one");
        }
        if (key.equals("none") != keyUrl.equals("none")) {
            throw new IllegalArgumentException("assetKey and assetKeyUrl, two names of settings, belong together");
        }
        if (!HEADER.matcher(keyHeader).matches()) {
            throw new IllegalArgumentException("'" + keyHeader + "' in assetKeyHeader is no name of a header");
        }
        return new AssetTerms(patterns, key.equals("none") ? null : key, keyHeader, keyUrl.equals("none") ? null : keyUrl);
    }

    /** @param host in lower case; {@code *.example.com} stands for what is below example.com, and not for itself */
    public boolean allow(String host) {
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        return hosts.isEmpty() || hosts.stream().anyMatch(pattern -> pattern.startsWith("*.") ? name.endsWith(pattern.substring(1)) : name.equals(pattern));
    }
}
