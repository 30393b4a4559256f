package io.culprit.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A network in CIDR notation.
 *
 * @param address its address bytes, 4 or 16; none for {@link #ALL}
 * @param prefix leading bits that count
 */
public record Network(byte[] address, int prefix) {
    /** All addresses of both families, which no CIDR notation says: {@code 0.0.0.0/0} is IPv4 alone. */
    public static final Network ALL = new Network(new byte[0], 0);

    /** Parses {@code 10.0.0.0/8}, {@code ::1/128} or a single literal address; names are not looked up. */
    public static Optional<Network> parse(String text) {
        int slash = text.indexOf('/');
        String literal = slash < 0 ? text : text.substring(0, slash);
        Optional<byte[]> bytes = literalAddress(literal);
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        int bits = bytes.get().length * 8;
        if (slash < 0) {
            return Optional.of(new Network(bytes.get(), bits));
        }
        try {
            int prefix = Integer.parseInt(text.substring(slash + 1));
            return prefix >= 0 && prefix <= bits ? Optional.of(new Network(bytes.get(), prefix)) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whether one of the networks contains the address. */
    public static boolean anyContains(List<Network> networks, InetAddress address) {
        for (Network network : networks) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /** The bytes of a literal IPv4 or IPv6 address; empty for anything else. Never asks a name server. */
    public static Optional<byte[]> literalAddress(String text) {
        boolean v6 = text.indexOf(':') >= 0;
        boolean shaped =
                v6 ? text.matches("[0-9a-fA-F:.]+") : text.matches("[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");
        if (!shaped) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text).getAddress());
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Network network && network.prefix == prefix && Arrays.equals(network.address, address);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(address) + prefix;
    }

    /** In CIDR notation, or {@code all}. */
    @Override
    public String toString() {
        if (address.length == 0) {
            return "all";
        }
        try {
            return InetAddress.getByAddress(address).getHostAddress() + "/" + prefix;
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + address.length + " bytes", e);
        }
    }

    /** Whether the address lies in this network. */
    public boolean contains(InetAddress candidate) {
        return contains(candidate.getAddress());
    }

    /** Whether the address, 4 or 16 bytes, lies in this network. */
    public boolean contains(byte[] bytes) {
        if (bytes.length != address.length) {
            return address.length == 0;
        }
        int whole = prefix / 8;
        for (int i = 0; i < whole; i++) {
            if (bytes[i] != address[i]) {
                return false;
            }
        }
        int rest = prefix % 8;
        int mask = 0xff << 8 - rest & 0xff;
        return rest == 0 || ((bytes[whole] ^ address[whole]) & mask) == 0;
    }
}
