package io.mediajobs.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of the registries by their first and last address, and what lies right beside them. */
class SpecialAddressesTest {

    private static byte[] address(String text) throws Exception {
        return InetAddress.getByName(text).getAddress();
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0.255.255.255, this network", "10.0.0.0, 10.255.255.255, RFC 1918", "100.64.0.0, 100.127.255.255, RFC 6598", "127.0.0.0, 127.255.255.255, loopback",
        "169.254.0.0, 169.254.255.255, RFC 3927", "172.16.0.0, 172.31.255.255, RFC 1918", "192.0.0.0, 192.0.0.255, RFC 6890", "192.0.2.0, 192.0.2.255, RFC 5737",
        "192.31.196.0, 192.31.196.255, RFC 7535", "192.52.193.0, 192.52.193.255, RFC 7450", "192.88.99.0, 192.88.99.255, RFC 7526", "192.168.0.0, 192.168.255.255, RFC 1918",
        "192.175.48.0, 192.175.48.255, RFC 7534", "198.18.0.0, 198.19.255.255, RFC 2544", "198.51.100.0, 198.51.100.255, RFC 5737", "203.0.113.0, 203.0.113.255, RFC 5737",
        "224.0.0.0, 239.255.255.255, multicast", "240.0.0.0, 255.255.255.255, RFC 1112",
        "::, ::, unspecified", "::1, ::1, loopback", "::2, ::fffe:ffff, IPv4-compatible", "::ffff:0:0:0, ::ffff:0:ffff:ffff, RFC 2765", "64:ff9b:1::, 64:ff9b:1:ffff:ffff:ffff:ffff:ffff, RFC 8215",
        "100::, 100::ffff:ffff:ffff:ffff, RFC 6666", "2001::, 2001:0:ffff:ffff:ffff:ffff:ffff:ffff, RFC 4380", "2001:2::, 2001:2:0:ffff:ffff:ffff:ffff:ffff, RFC 5180",
        "2001:1::, 2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff, RFC 2928", "2001:db8::, 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff, RFC 3849", "2002::, 2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff, RFC 3056",
        "2620:4f:8000::, 2620:4f:8000:ffff:ffff:ffff:ffff:ffff, RFC 7534", "3fff::, 3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff, RFC 9637", "5f00::, 5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff, RFC 9602",
        "fc00::, fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, RFC 4193", "fe80::, febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff, link-local", "fec0::, feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, RFC 3879",
        "ff00::, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, multicast", "4000::, 5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, RFC 4291", "200::, 1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, RFC 4291"})
    void whatIsNotOfThePublicInternetIsNamed(String first, String last, String kind) throws Exception {
        assertThat(SpecialAddresses.kind(address(first))).contains(kind);
        assertThat(SpecialAddresses.kind(address(last))).contains(kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
            "192.0.1.0", "192.0.3.0", "192.31.195.255", "192.31.197.0", "192.52.192.255", "192.52.194.0", "192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0", "192.175.47.255",
            "192.175.49.0", "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0", "223.255.255.255", "2000::", "2001:200::", "2001:db7:ffff::",
            "2001:db9::", "2003::", "2620:4f:7fff:ffff::", "2620:4f:8001::", "3ffe:ffff::", "3fff:1000::", "2606:4700::1111"})
    void whatLiesBesideItIsPublic(String neighbour) throws Exception {
        assertThat(SpecialAddresses.kind(address(neighbour))).isNull();
        assertThat(SpecialAddresses.isMetadata(address(neighbour))).isFalse();
    }

    /** By the documentation of AWS, AWS for containers, Google, OpenStack, Azure, Alibaba, Tencent, Scaleway and Oracle. */
    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "fd00:ec2::254", "169.254.170.2", "169.254.170.23", "fd00:ec2::23", "fd20:ce::254", "fe80::a9fe:a9fe", "168.63.129.16", "100.100.100.200",
            "169.254.0.23", "169.254.42.42", "fd00:42::42", "192.0.0.192"})
    void whereCloudsGiveOutTheirKeysIsNamed(String service) throws Exception {
        assertThat(SpecialAddresses.isMetadata(address(service))).isTrue();
        assertThat(SpecialAddresses.kind(address(service))).contains("metadata");
    }

    @ParameterizedTest
    @CsvSource({"64:ff9b::7f00:1, 127.0.0.1", "64:ff9b::a9fe:a9fe, 169.254.169.254"})
    void aGatewayLeadsToTheAddressInItsOwn(String gateway, String behind) throws Exception {
        assertThat(SpecialAddresses.kind(address(gateway))).contains("NAT64");
        assertThat(SpecialAddresses.behindNat64(address(gateway))).isEqualTo(address(behind));
        assertThat(SpecialAddresses.behindNat64(address("2001:4860::1"))).isNull();
    }
}
