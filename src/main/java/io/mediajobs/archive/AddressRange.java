package io.mediajobs.archive;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * A block of addresses, as {@code 10.0.0.0/8} or {@code fc00::/7}.
 *
 * @param first its first address, in 4 or 16 bytes; not changed by anybody
 * @param bits  that all its addresses have in common
 */
record AddressRange(byte[] first, int bits) {

    private static final Pattern WRITTEN = Pattern.compile("(?<address>[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)(/(?<bits>[0-9]{1,3}))?");

    /**
     * @param text a range, or one address
     * @throws IllegalArgumentException with a sentence, if it is neither
     */
    static AddressRange parse(String text) {
        var written = WRITTEN.matcher(text.strip());
        byte[] address = written.matches() ? literal(written.group("address")) : null;
        if (address == null) {
            throw new IllegalArgumentException("'" + text.strip() + "' is no range of addresses such as 10.0.0.0/8 or fc00::/7");
        }
        int bits = written.group("bits") == null ? address.length * 8 : Integer.parseInt(written.group("bits"));
        if (bits > address.length * 8) {
            throw new IllegalArgumentException("'" + text.strip() + "' has more bits than an address");
        }
        return new AddressRange(address, bits);
    }

    // digits, dots and colons only: the JDK reads these itself and asks no name server
    private static byte[] literal(String address) {
        if (address.indexOf(':') < 0 && !DottedAddress.isStrict(address)) {
            return null;
        }
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }

    boolean contains(byte[] address) {
        if (address.length != first.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit += 8) {
            int mask = 0xFF << Math.max(0, 8 - (bits - bit));
            if (((address[bit / 8] ^ first[bit / 8]) & mask & 0xFF) != 0) {
                return false;
            }
        }
        return true;
    }

    boolean isOneAddress() {
        return bits == first.length * 8;
    }
}
