package io.mediajobs.archive;

import java.util.regex.Pattern;

/**
 * Tells an IPv4 address from a name. Programs differ in what they take for an address: {@code 127.1}, {@code 0x7f000001}, {@code 017700000001}
 * and {@code 2130706433} are loopback to some. Here only four decimal numbers are one, and what could be one to others is nothing at all.
 */
final class DottedAddress {

    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern STRICT = Pattern.compile(BYTE + "(\\." + BYTE + "){3}");
    /** The URL standard (url.spec.whatwg.org), "ends in a number checker". */
    private static final Pattern LAST_IS_A_NUMBER = Pattern.compile("(.*\\.)?([0-9]+|0[xX][0-9A-Fa-f]*)\\.?");

    private DottedAddress() {
    }

    /** True for four decimal numbers without leading zeros. */
    static boolean isStrict(String host) {
        return STRICT.matcher(host).matches();
    }

    /** True if some program may read the host as an IPv4 address. */
    static boolean looksLikeOne(String host) {
        return LAST_IS_A_NUMBER.matcher(host).matches();
    }
}
