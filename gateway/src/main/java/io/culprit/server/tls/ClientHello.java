package io.culprit.server.tls;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a client offers in its first message (RFC 8446 section 4.1.2), read before any TLS library sees it: by its name a
 * certificate is chosen, and what it offers is told when nothing fits. Immutable.
 *
 * @param name server_name in lower case, empty for none
 * @param versions offered, newest first as the client lists them, such as 0x0304
 * @param ciphers numbers of the suites
 * @param protocols of ALPN, empty for none
 */
record ClientHello(String name, List<Integer> versions, List<Integer> ciphers, List<String> protocols) {
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int SERVER_NAME = 0;
    private static final int ALPN = 16;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int RECORD_HEADER = 5;
    private static final int MESSAGE_HEADER = 4;
    private static final int RANDOM = 32;

    /** What the bytes so far are. */
    enum Look {
        /** More are needed. */
        PARTIAL,
        /** A whole ClientHello. */
        WHOLE,
        /** Text, as plain HTTP begins. */
        PLAIN,
        /** SSL 2's form of a first message. */
        SSL2,
        /** Nothing of the kind. */
        FOREIGN
    }

    /**
     * Looks at the beginning of a connection; the buffer is left as it is.
     *
     * @return {@link Look#WHOLE} where {@link #parse} has all it needs, or will find out that it is broken
     */
    static Look look(ByteBuffer bytes) {
        int start = bytes.position();
        int first = bytes.get(start) & 0xff;
        if (first != HANDSHAKE) {
            return first >= 'A' && first <= 'Z' ? Look.PLAIN : ssl2(bytes);
        }
        if (bytes.remaining() >= 2 && bytes.get(start + 1) != 3) {
            return Look.FOREIGN;
        }
        int needed = -1;
        int have = 0;
        int header = 0;
        int at = start;
        while (at + RECORD_HEADER <= bytes.limit()) {
            if (bytes.get(at) != HANDSHAKE) {
                return Look.WHOLE; // the library says what is wrong with it
            }
            int length = bytes.getShort(at + 3) & 0xffff;
            int there = Math.min(length, bytes.limit() - at - RECORD_HEADER);
            for (int i = have; i < Math.min(have + there, MESSAGE_HEADER); i++) {
                header = header << 8 | bytes.get(at + RECORD_HEADER + i - have) & 0xff;
            }
            if (have < MESSAGE_HEADER && have + there >= MESSAGE_HEADER) {
                if (header >>> 24 != CLIENT_HELLO) {
                    return Look.WHOLE;
                }
                needed = MESSAGE_HEADER + (header & 0xffffff);
            }
            have += there;
            if (needed >= 0 && have >= needed || length == 0) {
                return Look.WHOLE;
            }
            at += RECORD_HEADER + length;
        }
        return Look.PARTIAL;
    }

    private static Look ssl2(ByteBuffer bytes) {
        int start = bytes.position();
        if ((bytes.get(start) & 0x80) == 0) {
            return Look.FOREIGN;
        }
        if (bytes.remaining() < 3) {
            return Look.PARTIAL;
        }
        return bytes.get(start + 2) == CLIENT_HELLO ? Look.SSL2 : Look.FOREIGN;
    }

    /** Reads it; what is broken is left out, since the library refuses the message then. */
    static ClientHello parse(ByteBuffer records) {
        ByteBuffer message = joined(records);
        String name = "";
        List<Integer> versions = new ArrayList<>();
        List<Integer> ciphers = new ArrayList<>();
        List<String> protocols = new ArrayList<>();
        try {
            message.position(4);
            int legacy = message.getShort() & 0xffff;
            message.position(message.position() + RANDOM);
            skip(message, message.get() & 0xff);
            ByteBuffer suites = part(message, message.getShort() & 0xffff);
            while (suites.remaining() >= 2) {
                ciphers.add(suites.getShort() & 0xffff);
            }
            skip(message, message.get() & 0xff);
            ByteBuffer extensions = message.remaining() >= 2 ? part(message, message.getShort() & 0xffff) : message;
            while (extensions.remaining() >= 4) {
                int type = extensions.getShort() & 0xffff;
                ByteBuffer value = part(extensions, extensions.getShort() & 0xffff);
                switch (type) {
                    case SERVER_NAME -> name = serverName(value);
                    case ALPN -> protocols(value, protocols);
                    case SUPPORTED_VERSIONS -> versions(value, versions);
                    default -> {}
                }
            }
            if (versions.isEmpty()) {
                versions.add(legacy);
            }
        } catch (RuntimeException e) {
            return new ClientHello(name, versions, ciphers, protocols);
        }
        return new ClientHello(name, versions, ciphers, protocols);
    }

    private static ByteBuffer joined(ByteBuffer records) {
        ByteBuffer message = ByteBuffer.allocate(records.remaining());
        ByteBuffer in = records.duplicate();
        while (in.remaining() >= RECORD_HEADER && in.get(in.position()) == HANDSHAKE) {
            int length = in.getShort(in.position() + 3) & 0xffff;
            in.position(in.position() + RECORD_HEADER);
            int n = Math.min(length, in.remaining());
            message.put(part(in, n));
        }
        return message.flip();
    }

    private static void skip(ByteBuffer from, int n) {
        from.position(from.position() + n);
    }

    private static ByteBuffer part(ByteBuffer from, int n) {
        ByteBuffer part = from.slice(from.position(), n);
        skip(from, n);
        return part;
    }

    private static String serverName(ByteBuffer value) {
        ByteBuffer names = part(value, value.getShort() & 0xffff);
        while (names.remaining() >= 3) {
            int type = names.get();
            ByteBuffer name = part(names, names.getShort() & 0xffff);
            if (type == 0) {
                String text = text(name).toLowerCase(Locale.ROOT);
                return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
            }
        }
        return "";
    }

    private static void protocols(ByteBuffer value, List<String> into) {
        ByteBuffer names = part(value, value.getShort() & 0xffff);
        while (names.hasRemaining()) {
            into.add(text(part(names, names.get() & 0xff)));
        }
    }

    private static void versions(ByteBuffer value, List<Integer> into) {
        ByteBuffer list = part(value, value.get() & 0xff);
        while (list.remaining() >= 2) {
            into.add(list.getShort() & 0xffff);
        }
    }

    private static String text(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return new String(copy, StandardCharsets.ISO_8859_1);
    }

    /** Whether one of the versions is offered. */
    boolean offers(int version) {
        return versions.contains(version);
    }

    /** The newest version offered up to TLS 1.3; greased ones (RFC 8701) are none. */
    int newest() {
        return versions.stream().filter(v -> v <= 0x0304).max(Integer::compare).orElse(0);
    }

    /** What it offers, for a message. */
    String shown() {
        if (versions.isEmpty() || ciphers.isEmpty()) {
            return "sent a ClientHello that cannot be read";
        }
        StringBuilder out = new StringBuilder("offered ");
        out.append(String.join(
                ", ",
                versions.stream()
                        .filter(v -> (v >> 8 & 0xf) != 0xa)
                        .map(ClientHello::versionName)
                        .toList()));
        out.append(", ").append(ciphers.size()).append(" cipher suites");
        if (!ciphers.isEmpty()) {
            out.append(" (");
            for (int i = 0; i < Math.min(4, ciphers.size()); i++) {
                out.append(i == 0 ? "" : " ").append("0x%04x".formatted(ciphers.get(i)));
            }
            out.append(ciphers.size() > 4 ? " ...)" : ")");
        }
        if (!protocols.isEmpty()) {
            out.append(", ALPN ").append(String.join(" ", protocols));
        }
        return out.toString();
    }

    static String versionName(int version) {
        return switch (version) {
            case 0x0300 -> "SSL 3.0";
            case 0x0301 -> "TLS 1.0";
            case 0x0302 -> "TLS 1.1";
            case 0x0303 -> "TLS 1.2";
            case 0x0304 -> "TLS 1.3";
            default -> "0x%04x".formatted(version);
        };
    }
}
