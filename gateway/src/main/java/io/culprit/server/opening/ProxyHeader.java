package io.culprit.server.opening;

import io.culprit.config.Network;
import io.culprit.http.Sample;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The PROXY protocol's preamble, version 1 or 2, as HAProxy's document has it. A preamble may arrive split anywhere, which
 * nginx and HAProxy do not take (front-cases.tsv PP48 to PP52). Immutable.
 *
 * @param length bytes of the preamble
 * @param addresses of the connection it speaks of, empty where it names none (UNKNOWN, LOCAL, a unix socket)
 */
record ProxyHeader(int length, Optional<Addresses> addresses) {
    /** Longest preamble of version 1, with its CRLF. */
    private static final int LONGEST_V1 = 107;

    /** Longest preamble of version 2 that is taken, with all its extensions. */
    private static final int LONGEST_V2 = 8 << 10;

    private static final byte[] V1 = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] V2 = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};
    private static final int V2_HEADER = 16;
    private static final int CRC32C = 3;
    private static final Pattern LINE =
            Pattern.compile("PROXY (TCP4|TCP6) ([0-9a-fA-F.:]+) ([0-9a-fA-F.:]+) ([0-9]{1,5}) ([0-9]{1,5})");

    /** Who speaks to whom. */
    record Addresses(InetSocketAddress source, InetSocketAddress destination) {}

    /** Why bytes are no preamble. */
    static final class BrokenException extends Exception {
        private static final long serialVersionUID = 1L;
        private final boolean missing;

        private BrokenException(boolean missing, String message) {
            super(message, null, false, false);
            this.missing = missing;
        }

        /** Whether the connection began with something else altogether. */
        boolean missing() {
            return missing;
        }
    }

    /**
     * Reads {@code bytes[0, end)}.
     *
     * @return empty when more are needed
     */
    static Optional<ProxyHeader> read(ByteBuffer bytes, int end) throws BrokenException {
        if (begins(bytes, end, V2)) {
            return end < V2_HEADER ? Optional.empty() : v2(bytes, end);
        }
        if (begins(bytes, end, V1)) {
            return v1(bytes, end);
        }
        throw new BrokenException(true, "the connection begins with " + shown(bytes, Math.min(end, 32)));
    }

    private static String shown(ByteBuffer bytes, int end) {
        return Sample.of(bytes.duplicate().position(0).limit(end));
    }

    private static boolean begins(ByteBuffer bytes, int end, byte[] with) {
        for (int i = 0; i < Math.min(end, with.length); i++) {
            if (bytes.get(i) != with[i]) {
                return false;
            }
        }
        return true;
    }

    private static BrokenException broken(String what) {
        return new BrokenException(false, what);
    }

    private static Optional<ProxyHeader> v1(ByteBuffer bytes, int end) throws BrokenException {
        int lf = 0;
        while (lf < Math.min(end, LONGEST_V1) && bytes.get(lf) != '\n') {
            lf++;
        }
        if (lf == end && end < LONGEST_V1) {
            return Optional.empty();
        }
        if (lf == Math.min(end, LONGEST_V1)) {
            throw broken("a line of more than %d bytes without an end".formatted(LONGEST_V1));
        }
        byte[] text = new byte[lf];
        bytes.duplicate().position(0).get(text);
        String line = new String(text, StandardCharsets.ISO_8859_1);
        if (!line.endsWith("\r")) {
            throw broken("a line that ends without CR: " + Sample.printable(line));
        }
        line = line.substring(0, line.length() - 1);
        if (line.equals("PROXY UNKNOWN") || line.startsWith("PROXY UNKNOWN ")) {
            return Optional.of(new ProxyHeader(lf + 1, Optional.empty()));
        }
        Matcher fields = LINE.matcher(line);
        if (!fields.matches()) {
            throw broken("no line of the form PROXY TCP4 SOURCE DESTINATION PORT PORT: " + Sample.printable(line));
        }
        int size = fields.group(1).equals("TCP4") ? 4 : 16;
        return Optional.of(new ProxyHeader(
                lf + 1,
                Optional.of(new Addresses(
                        address(fields.group(2), fields.group(4), size),
                        address(fields.group(3), fields.group(5), size)))));
    }

    private static InetSocketAddress address(String host, String port, int size) throws BrokenException {
        Optional<byte[]> literal = Network.literalAddress(host);
        int number = Integer.parseInt(port);
        if (literal.isEmpty() || literal.get().length != size) {
            throw broken("\"%s\" is no address of the kind that is announced".formatted(Sample.printable(host)));
        }
        if (number > 65_535) {
            throw broken("port " + port);
        }
        return address(literal.get(), number);
    }

    private static InetSocketAddress address(byte[] host, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(host), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + host.length + " bytes", e);
        }
    }

    private static Optional<ProxyHeader> v2(ByteBuffer bytes, int end) throws BrokenException {
        int command = bytes.get(12) & 0xff;
        int family = bytes.get(13) & 0xff;
        int length = bytes.getShort(14) & 0xffff;
        if (command >> 4 != 2) {
            throw broken("version " + (command >> 4));
        }
        if ((command & 15) > 1) {
            throw broken("command " + (command & 15));
        }
        if (V2_HEADER + length > LONGEST_V2) {
            throw broken("%d bytes are announced, %d are taken".formatted(V2_HEADER + length, LONGEST_V2));
        }
        if (end < V2_HEADER + length) {
            return Optional.empty();
        }
        int whole = V2_HEADER + length;
        boolean local = (command & 15) == 0;
        int size =
                local || family >> 4 == 0 || family >> 4 == 3 ? 0 : family >> 4 == 1 ? 4 : family >> 4 == 2 ? 16 : -1;
        if (size < 0) {
            throw broken("address family " + (family >> 4));
        }
        if (size == 0) {
            return Optional.of(new ProxyHeader(whole, Optional.empty()));
        }
        int addresses = 2 * size + 4;
        if (length < addresses) {
            throw broken("%d bytes of addresses where %d are needed".formatted(length, addresses));
        }
        extensions(bytes, V2_HEADER + addresses, whole);
        byte[] source = new byte[size];
        byte[] destination = new byte[size];
        ByteBuffer in = bytes.duplicate().position(V2_HEADER);
        in.get(source).get(destination);
        return Optional.of(new ProxyHeader(
                whole,
                Optional.of(new Addresses(
                        address(source, in.getShort() & 0xffff), address(destination, in.getShort() & 0xffff)))));
    }

    /** They must be whole, and a checksum must be right; what they say is not used. */
    private static void extensions(ByteBuffer bytes, int from, int end) throws BrokenException {
        int at = from;
        while (at < end) {
            if (end - at < 3 || end - at - 3 < (bytes.getShort(at + 1) & 0xffff)) {
                throw broken("an extension (TLV) at byte %d that does not end within the preamble".formatted(at));
            }
            int length = bytes.getShort(at + 1) & 0xffff;
            if (bytes.get(at) == CRC32C && length == 4 && !checks(bytes, at + 3, end)) {
                throw broken("a checksum (CRC32c) that is not the preamble's");
            }
            at += 3 + length;
        }
    }

    private static boolean checks(ByteBuffer bytes, int at, int end) {
        byte[] all = new byte[end];
        bytes.duplicate().position(0).get(all);
        java.util.Arrays.fill(all, at, at + 4, (byte) 0);
        java.util.zip.CRC32C sum = new java.util.zip.CRC32C();
        sum.update(all);
        return (int) sum.getValue() == bytes.getInt(at);
    }
}
