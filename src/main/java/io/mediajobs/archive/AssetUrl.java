package io.mediajobs.archive;

import io.mediajobs.report.Redaction;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the URL of an asset, which is attacker input. It goes out byte for byte as the provider wrote it (a signature covers every
 * one of them); only what no URL may hold, such as blanks, braces and letters beyond ASCII, is percent-encoded. No placeholder and
 * no expression in it is ever resolved.
 */
final class AssetUrl {

    static final int LONGEST = 64 * 1024;

    private static final Pattern PARTS = Pattern.compile("(?<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?://(?<authority>[^/?#\\\\]*))?(?<rest>.*)", Pattern.DOTALL);
    /** A name or IPv4 address, or an IPv6 address in brackets; no zone, no percent-encoding, no letters beyond ASCII. */
    private static final Pattern AUTHORITY = Pattern.compile("(?<host>[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9.])?|\\[[0-9A-Fa-f:.]+])(:(?<port>[0-9]{1,5}))?");
    private static final Pattern ABSOLUTE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:");
    private static final Pattern PARTS_OF_VALUE = Pattern.compile("[=~,|:!*()\\s]+");
    private static final int LONGEST_READ = 4_000;
    private static final int LONGEST_TOLD = 400;
    /** Shorter ones, such as true or 1200, are in many a text, and keep no secret. */
    private static final int SHORTEST_SECRET = 6;
    private static final String REST = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?@!$&'()*+,;=%[]";

    private AssetUrl() {
    }

    /**
     * @param text as the provider wrote it
     * @return an absolute http or https URL with a host, without user name and fragment
     * @throws AssetRefusedException with the code {@code url-invalid}; its message does not quote the URL
     */
    static URI parse(String text) {
        if (text == null || text.isEmpty()) {
            throw invalid("it is empty");
        }
        if (text.length() > LONGEST) {
            throw invalid("it is longer than 64 KiB");
        }
        if (text.chars().anyMatch(c -> c < 0x20 || c == 0x7F)) {
            throw invalid("it has a line break or another control character");
        }
        Matcher parts = PARTS.matcher(text);
        if (!parts.matches()) {
            throw invalid("it is not absolute");
        }
        String scheme = parts.group("scheme").toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw invalid("only http and https are fetched");
        }
        String authority = parts.group("authority");
        if (authority == null || authority.isEmpty()) {
            throw invalid("it has no host");
        }
        if (authority.indexOf('@') >= 0) {
            throw invalid("it has a user name");
        }
        Matcher host = AUTHORITY.matcher(authority);
        if (!host.matches()) {
            throw invalid("its host is not a plain name or address");
        }
        if (host.group("port") != null && (Integer.parseInt(host.group("port")) < 1 || Integer.parseInt(host.group("port")) > 65_535)) {
            throw invalid("its port is not one");
        }
        String rest = parts.group("rest");
        if (rest.indexOf('\\') >= 0) {
            throw invalid("it has a backslash");
        }
        int fragment = rest.indexOf('#');
        String kept = fragment < 0 ? rest : rest.substring(0, fragment);
        try {
            URI url = new URI(scheme + "://" + authority + encoded(kept));
            if (url.getHost() == null) {
                throw invalid("its host is not a plain name or address");
            }
            return url;
        } catch (URISyntaxException e) {
            // its message quotes the URL with the signature: not passed on, not even as a cause
            throw invalid(e.getReason());
        }
    }

    /**
     * Where a redirect leads.
     *
     * @throws AssetRefusedException if it leads to what {@link #parse} refuses, or from https to http
     */
    static URI redirected(URI from, String location) {
        if (location == null || location.isEmpty()) {
            throw invalid("its host redirects without saying where to");
        }
        String base = from.getScheme() + "://" + from.getRawAuthority();
        String path = from.getRawPath().isEmpty() ? "/" : from.getRawPath();
        URI to;
        if (ABSOLUTE.matcher(location).lookingAt()) {
            to = parse(location);
        } else if (location.startsWith("//")) {
            to = parse(from.getScheme() + ":" + location);
        } else if (location.startsWith("/")) {
            to = parse(base + location);
        } else if (location.startsWith("?")) {
            to = parse(base + path + location);
        } else {
            to = parse(base + path.substring(0, path.lastIndexOf('/') + 1) + location).normalize();
        }
        if (from.getScheme().equals("https") && to.getScheme().equals("http")) {
            throw new AssetRefusedException(AssetRefusedException.URL_BLOCKED, "The asset's host redirects from https to http, which is not followed.");
        }
        return to;
    }

    /** What a failure says, without the values in the queries of these URLs: a host may send them back in what it answers. At most a few hundred characters. */
    static String withoutQuery(IOException failure, URI... urls) {
        String said = failure.getMessage() == null ? "" : ": " + whole(failure.getMessage());
        Set<String> values = new TreeSet<>(Comparator.comparing(String::length).reversed().thenComparing(Comparator.naturalOrder()));
        for (URI url : urls) {
            values(url.getRawQuery(), values);
            values(url.getQuery(), values);
        }
        for (String value : values) {
            said = said.replace(value, "…");
        }
        return failure.getClass().getName() + Redaction.cut(said, LONGEST_TOLD);
    }

    /** The failure itself if it tells no more than {@link #withoutQuery} does; else one that does not. */
    static IOException harmless(IOException failure, URI... urls) {
        String told = withoutQuery(failure, urls);
        return failure.getCause() == null && told.equals(failure.toString()) ? failure : new IOException(told);
    }

    // cut at a blank: half of a value is not found any more
    private static String whole(String text) {
        if (text.length() <= LONGEST_READ) {
            return text;
        }
        int end = LONGEST_READ;
        while (end > 0 && text.charAt(end) > ' ') {
            end--;
        }
        return text.substring(0, end) + "…";
    }

    private static void values(String query, Set<String> values) {
        if (query == null) {
            return;
        }
        for (String pair : query.split("[&;]")) {
            String value = pair.substring(pair.indexOf('=') + 1);
            Stream.concat(Stream.of(value), PARTS_OF_VALUE.splitAsStream(value)).filter(word -> word.length() >= SHORTEST_SECRET).forEach(values::add);
        }
    }

    /** The port that the URL names, or else its scheme's. */
    static int port(URI url) {
        return url.getPort() > 0 ? url.getPort() : url.getScheme().equals("https") ? 443 : 80;
    }

    private static String encoded(String rest) {
        StringBuilder encoded = new StringBuilder(rest.length() + 16);
        boolean query = false;
        for (int at = 0; at < rest.length(); ) {
            int point = rest.codePointAt(at);
            boolean escape = point == '%' && at + 2 < rest.length() && hex(rest.charAt(at + 1)) && hex(rest.charAt(at + 2));
            boolean bracketInPath = !query && (point == '[' || point == ']');
            if (point < 0x80 && REST.indexOf(point) >= 0 && !bracketInPath && (point != '%' || escape)) {
                encoded.append((char) point);
            } else {
                for (byte b : new String(Character.toChars(point)).getBytes(StandardCharsets.UTF_8)) {
                    encoded.append('%').append(String.format("%02X", b & 0xFF));
                }
            }
            query |= point == '?';
            at += Character.charCount(point);
        }
        return encoded.toString();
    }

    private static boolean hex(char c) {
        return Character.digit(c, 16) >= 0 && c < 0x80;
    }

    private static AssetRefusedException invalid(String why) {
        return new AssetRefusedException(AssetRefusedException.URL_INVALID, "The asset's URL is not fetched: " + why + ".");
    }
}
