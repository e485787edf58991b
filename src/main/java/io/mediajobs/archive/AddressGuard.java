package io.mediajobs.archive;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import io.mediajobs.poll.AssetTerms;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.core5.http.HttpHost;

/**
 * Decides which hosts are asked for assets, whose URLs anybody may have written: without it a report could make this program ask what only
 * it can reach, such as the metadata service that gives out its own keys (server-side request forgery).
 *
 * <p>What a URL says is checked before anything is asked. What its host's name means is checked when the connection is made, by being the
 * one that looks names up for it: the connection goes to an address that was checked, and nothing is looked up a second time, when it could
 * mean something else (DNS rebinding). All addresses of a name must be allowed.
 *
 * <p>Where there is a proxy ({@code archive.proxy}), it looks up the names, and it must be the one to refuse what they mean. Scheme, port,
 * host list and addresses that are written out are checked here all the same.
 */
public final class AddressGuard implements DnsResolver {

    private static final int LARGEST_PORT = 65_535;

    private record Ports(int from, int to) {
    }

    private final Set<String> schemes;
    private final List<Ports> ports;
    private final List<AddressRange> opened;
    private final HttpHost proxy;
    private final DnsResolver names;

    /**
     * @param settings {@code archive.schemes}, {@code archive.ports}, {@code archive.private-addresses} and {@code archive.proxy}
     * @throws ConfigurationException if one of them is wrong
     */
    public AddressGuard(Settings settings) {
        this(settings, SystemDefaultDnsResolver.INSTANCE);
    }

    /** @param names looks names up */
    AddressGuard(Settings settings, DnsResolver names) {
        this.names = names;
        this.schemes = list(settings, "archive.schemes", AddressGuard::scheme).stream().collect(Collectors.toUnmodifiableSet());
        this.ports = list(settings, "archive.ports", AddressGuard::ports);
        this.opened = list(settings, "archive.private-addresses", AddressRange::parse);
        this.proxy = settings.has("archive.proxy") ? proxy(settings.required("archive.proxy")) : null;
        if (schemes.isEmpty() || ports.isEmpty()) {
            throw new ConfigurationException("The setting " + (schemes.isEmpty() ? "archive.schemes" : "archive.ports")
                    + " has no value, so that no asset could be fetched.");
        }
    }

    private static <T> List<T> list(Settings settings, String key, Function<String, T> parser) {
        try {
            return Arrays.stream(settings.text(key).split(",")).map(String::strip).filter(word -> !word.isEmpty()).map(parser).toList();
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("The setting " + key + " is wrong: " + e.getMessage() + ".", e);
        }
    }

    private static String scheme(String text) {
        String scheme = text.toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("'" + text + "' is neither http nor https");
        }
        return scheme;
    }

    private static Ports ports(String text) {
        if (!text.matches("[0-9]{1,5}(-[0-9]{1,5})?")) {
            throw new IllegalArgumentException("'" + text + "' is neither a port nor a range such as 8000-8999");
        }
        String[] ends = text.split("-");
        Ports range = new Ports(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]));
        if (range.from < 1 || range.to > LARGEST_PORT || range.from > range.to) {
            throw new IllegalArgumentException("'" + text + "' is no range of ports");
        }
        return range;
    }

    private static HttpHost proxy(String text) {
        try {
            URI url = AssetUrl.parse(text);
            if (url.getPort() > 0 && url.getRawPath().length() <= 1 && url.getRawQuery() == null) {
                return new HttpHost(url.getScheme(), url.getHost(), url.getPort());
            }
        } catch (AssetRefusedException e) {
            throw new ConfigurationException("The setting archive.proxy is wrong: it is not a URL such as http://proxy.example.com:3128.", e);
        }
        throw new ConfigurationException("The setting archive.proxy is wrong: it is not a URL such as http://proxy.example.com:3128.");
    }

    /** Through which assets are fetched; null for none. */
    HttpHost proxy() {
        return proxy;
    }

    /**
     * @param text  as the provider wrote it
     * @param terms of the provider whose asset it is
     * @return what is to be asked
     * @throws AssetRefusedException with the code {@code url-invalid} or {@code url-blocked}; its message does not quote the URL
     */
    URI check(String text, AssetTerms terms) {
        URI url = AssetUrl.parse(text);
        check(url, terms);
        return url;
    }

    /** The same for what the host redirects to. */
    URI checkRedirect(URI from, String location, AssetTerms terms) {
        URI url = AssetUrl.redirected(from, location);
        check(url, terms);
        return url;
    }

    private void check(URI url, AssetTerms terms) {
        if (!schemes.contains(url.getScheme())) {
            throw blocked("The asset's URL is not fetched: " + url.getScheme() + " is none of archive.schemes.");
        }
        int port = AssetUrl.port(url);
        if (ports.stream().noneMatch(range -> range.from <= port && port <= range.to)) {
            throw blocked("The asset's URL is not fetched: port " + port + " is none of archive.ports.");
        }
        String host = url.getHost().toLowerCase(Locale.ROOT);
        if (!terms.allow(host)) {
            throw blocked("The asset's URL is not fetched: its host " + host + " is none of those that the provider's route names (assetHosts).");
        }
        if (host.startsWith("[") || DottedAddress.isStrict(host)) {
            allowed(host, literal(host));
        } else if (DottedAddress.looksLikeOne(host)) {
            throw new AssetRefusedException(AssetRefusedException.URL_INVALID, "The asset's URL is not fetched: its host is a number that is not written as an address is.");
        } else if (isLocalName(host)) {
            allowed(host, InetAddress.getLoopbackAddress());
        }
    }

    // RFC 6761, section 6.3: always this machine, whatever a name server says
    private static boolean isLocalName(String host) {
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        return name.equals("localhost") || name.endsWith(".localhost");
    }

    private static InetAddress literal(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new AssetRefusedException(AssetRefusedException.URL_INVALID, "The asset's URL is not fetched: its host is not a plain name or address.");
        }
    }

    /** @throws AssetRefusedException unless every address of the name is allowed */
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] addresses = names.resolve(host);
        if (addresses == null || addresses.length == 0) {
            throw new UnknownHostException(host);
        }
        if (proxy == null) {
            for (InetAddress address : addresses) {
                allowed(host, address);
            }
        }
        return addresses;
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }

    private void allowed(String host, InetAddress address) {
        byte[] bytes = address.getAddress();
        List<byte[]> all = new ArrayList<>(List.of(bytes));
        byte[] behind = SpecialAddresses.behindNat64(bytes);
        if (behind != null) {
            all.add(behind);
        }
        for (byte[] each : all) {
            String kind = SpecialAddresses.kind(each);
            if (kind != null && !isOpened(each)) {
                throw blocked("The asset's URL is not fetched: its host " + host + (host.contains(address.getHostAddress()) ? "" : " has the address " + address.getHostAddress())
                        + (host.contains(address.getHostAddress()) ? " is " : ", which is ") + kind + ". What may be fetched all the same stands in archive.private-addresses.");
            }
        }
    }

    // a metadata service is not opened by the way, with a whole range
    private boolean isOpened(byte[] address) {
        boolean metadata = SpecialAddresses.isMetadata(address);
        return opened.stream().anyMatch(range -> range.contains(address) && (!metadata || range.isOneAddress()));
    }

    private static AssetRefusedException blocked(String sentence) {
        return new AssetRefusedException(AssetRefusedException.URL_BLOCKED, sentence);
    }
}
