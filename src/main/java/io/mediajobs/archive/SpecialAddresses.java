package io.mediajobs.archive;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The addresses that are not of the public Internet. Sources: the IANA IPv4 and IPv6 Special-Purpose Address Registries and the IANA IPv6
 * address space registry, of which only {@code 2000::/3} is given out; the clouds' own documentation for their metadata services.
 *
 * <p>A table of our own and no library: the libraries that know addresses (com.github.seancfoley:ipaddress, Guava, commons-net) say
 * private, loopback or multicast, and none has the registries; what they would take over from here is one comparison of bits.
 */
final class SpecialAddresses {

    private static final AddressRange GLOBAL_IPV6 = AddressRange.parse("2000::/3");
    private static final AddressRange NAT64 = AddressRange.parse("64:ff9b::/96");
    private static final Map<AddressRange, String> RANGES = new LinkedHashMap<>();
    private static final List<AddressRange> METADATA;

    static {
        String[][] table = {
            {"0.0.0.0/8", "this network (RFC 791)"}, {"10.0.0.0/8", "private (RFC 1918)"}, {"100.64.0.0/10", "shared by carriers (RFC 6598)"},
            {"127.0.0.0/8", "loopback"}, {"169.254.0.0/16", "link-local (RFC 3927)"}, {"172.16.0.0/12", "private (RFC 1918)"},
            {"192.0.0.0/24", "for protocols (RFC 6890)"}, {"192.0.2.0/24", "for documentation (RFC 5737)"}, {"192.31.196.0/24", "AS112 (RFC 7535)"},
            {"192.52.193.0/24", "AMT (RFC 7450)"}, {"192.88.99.0/24", "6to4 relay (RFC 7526)"}, {"192.168.0.0/16", "private (RFC 1918)"},
            {"192.175.48.0/24", "AS112 (RFC 7534)"}, {"198.18.0.0/15", "for benchmarks (RFC 2544)"}, {"198.51.100.0/24", "for documentation (RFC 5737)"},
            {"203.0.113.0/24", "for documentation (RFC 5737)"}, {"224.0.0.0/4", "multicast"}, {"240.0.0.0/4", "reserved (RFC 1112)"},
            {"::/128", "unspecified"}, {"::1/128", "loopback"}, {"::/96", "IPv4-compatible (RFC 4291)"}, {"::ffff:0:0:0/96", "IPv4-translated (RFC 2765)"},
            {"64:ff9b::/96", "NAT64 (RFC 6052)"}, {"64:ff9b:1::/48", "local NAT64 (RFC 8215)"}, {"100::/64", "discarded (RFC 6666)"},
            {"2001::/32", "Teredo (RFC 4380)"}, {"2001:2::/48", "for benchmarks (RFC 5180)"}, {"2001::/23", "for protocols (RFC 2928)"},
            {"2001:db8::/32", "for documentation (RFC 3849)"}, {"2002::/16", "6to4 (RFC 3056)"}, {"2620:4f:8000::/48", "AS112 (RFC 7534)"},
            {"3fff::/20", "for documentation (RFC 9637)"}, {"5f00::/16", "segment routing (RFC 9602)"}, {"fc00::/7", "private (RFC 4193)"},
            {"fe80::/10", "link-local (RFC 4291)"}, {"fec0::/10", "site-local (RFC 3879)"}, {"ff00::/8", "multicast"},
        };
        for (String[] row : table) {
            RANGES.put(AddressRange.parse(row[0]), row[1]);
        }
        // AWS and most others; AWS for containers; Google; OpenStack; Azure; Alibaba; Tencent; Scaleway; Oracle
        METADATA = Arrays.stream(new String[] {"169.254.169.254", "fd00:ec2::254", "169.254.170.2", "169.254.170.23", "fd00:ec2::23", "fd20:ce::254", "fe80::a9fe:a9fe",
            "168.63.129.16", "100.100.100.200", "169.254.0.23", "169.254.42.42", "fd00:42::42", "192.0.0.192"}).map(AddressRange::parse).toList();
    }

    private SpecialAddresses() {
    }

    /** True for an address at which clouds give their keys to whoever asks. */
    static boolean isMetadata(byte[] address) {
        return METADATA.stream().anyMatch(range -> range.contains(address));
    }

    /** What the address is for, in words; null if it is one of the public Internet. */
    static String kind(byte[] address) {
        if (isMetadata(address)) {
            return "a cloud's metadata service";
        }
        for (Map.Entry<AddressRange, String> range : RANGES.entrySet()) {
            if (range.getKey().contains(address)) {
                return range.getValue();
            }
        }
        return address.length == 16 && !GLOBAL_IPV6.contains(address) ? "reserved (RFC 4291)" : null;
    }

    /** The IPv4 address that a NAT64 gateway would go to; null if the address is none of its own. */
    static byte[] behindNat64(byte[] address) {
        return NAT64.contains(address) ? Arrays.copyOfRange(address, 12, 16) : null;
    }
}
