package io.culprit.server.http2;

import io.culprit.http.Grammar;
import io.culprit.http.HeaderName;
import io.culprit.http.Sample;
import io.culprit.http.Trailers;
import io.culprit.http.hpack.HpackDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one header block, judged by RFC 9113 section 8 and written as the head HTTP/1.1 would have had, so that the
 * strict reader of heads has the last word on all of them. What is wrong is kept, the first of it, and decoding goes on.
 * Reused from block to block; owned by one IO thread.
 */
final class RequestFields implements HpackDecoder.Fields {
    private static final byte[] NO_BYTES = {};
    private static final byte[] COOKIE = "cookie: ".getBytes(StandardCharsets.US_ASCII);

    private int most;
    private @Nullable String method;
    private @Nullable String scheme;
    private @Nullable String path;
    private @Nullable String authority;
    private @Nullable String protocol;
    private @Nullable String host;
    private boolean regular;
    private boolean pseudo;
    private byte[] lines = NO_BYTES;
    private int length;
    private byte[] cookies = NO_BYTES;
    private int cookiesLength;
    private int size;
    private int count;
    private String malformed = "";
    private boolean tooBig;

    /** @param most bytes that all fields may take as lines of a head */
    RequestFields(int most) {
        this.most = most;
    }

    /** What holds from the next block on. */
    void most(int bytes) {
        most = bytes;
    }

    void reset() {
        method = null;
        scheme = null;
        path = null;
        authority = null;
        protocol = null;
        host = null;
        regular = false;
        pseudo = false;
        length = 0;
        cookiesLength = 0;
        size = 0;
        count = 0;
        malformed = "";
        tooBig = false;
    }

    /** Lets go of memory that a large block needed. */
    void release() {
        lines = NO_BYTES;
        cookies = NO_BYTES;
    }

    /** What is wrong with them, empty for nothing that shows in a field alone. */
    String malformed() {
        return malformed;
    }

    /** Whether they take more than they may. */
    boolean tooBig() {
        return tooBig;
    }

    /** Whether any of them is a pseudo-header field. */
    boolean anyPseudo() {
        return pseudo;
    }

    int count() {
        return count;
    }

    @Nullable
    String method() {
        return method;
    }

    /** {@code :protocol} of an extended CONNECT (RFC 8441), null for none. */
    @Nullable
    String protocol() {
        return protocol;
    }

    private void wrong(String what) {
        if (malformed.isEmpty()) {
            malformed = what;
        }
    }

    @Override
    public void field(byte[] name, int nameStart, int nameEnd, byte[] value, int valueStart, int valueEnd) {
        count++;
        size += nameEnd - nameStart + valueEnd - valueStart + 4;
        if (size > most) {
            tooBig = true;
            return;
        }
        if (nameStart == nameEnd) {
            wrong("a field without a name");
            return;
        }
        int bad = Grammar.firstForbidden(value, valueStart, valueEnd);
        if (bad < valueEnd) {
            wrong("byte 0x%02x in the value of field \"%s\""
                    .formatted(value[bad], Sample.printable(name, nameStart, nameEnd)));
        } else if (name[nameStart] == ':') {
            pseudo(text(name, nameStart, nameEnd), text(value, valueStart, valueEnd));
        } else {
            regular(name, nameStart, nameEnd, value, valueStart, valueEnd);
        }
    }

    private static String text(byte[] bytes, int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    private void pseudo(String name, String value) {
        pseudo = true;
        if (regular) {
            wrong("pseudo-header field " + Sample.printable(name) + " behind a regular one");
            return;
        }
        String before = switch (name) {
            case ":method" -> method;
            case ":scheme" -> scheme;
            case ":path" -> path;
            case ":authority" -> authority;
            case ":protocol" -> protocol;
            default -> {
                wrong("unknown pseudo-header field " + Sample.printable(name));
                yield null;
            }
        };
        if (before != null) {
            wrong("a second " + name);
            return;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c == 127) {
                wrong("byte 0x%02x in %s".formatted((int) c, Sample.printable(name)));
                return;
            }
        }
        switch (name) {
            case ":method" -> method = value;
            case ":scheme" -> scheme = value;
            case ":path" -> path = value;
            case ":authority" -> authority = value;
            case ":protocol" -> protocol = value;
            default -> {}
        }
    }

    private void regular(byte[] name, int nameStart, int nameEnd, byte[] value, int valueStart, int valueEnd) {
        for (int i = nameStart; i < nameEnd; i++) {
            byte c = name[i];
            if (c >= 'A' && c <= 'Z' || !Grammar.isToken(c)) {
                wrong("byte 0x%02x in the name of field \"%s\""
                        .formatted(c, Sample.printable(name, nameStart, nameEnd)));
                return;
            }
        }
        if (valueStart < valueEnd && (isSpace(value[valueStart]) || isSpace(value[valueEnd - 1]))) {
            wrong("white space around the value of field \"%s\"".formatted(Sample.printable(name, nameStart, nameEnd)));
            return;
        }
        regular = true;
        HeaderName known = HeaderName.of(name, nameStart, nameEnd);
        switch (known) {
            case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TRANSFER_ENCODING, UPGRADE ->
                wrong("field \"%s\", which concerns HTTP/1.1's connections".formatted(known.lower()));
            case TE -> {
                if (!Grammar.equalsIgnoreCase(value, valueStart, valueEnd, "trailers")) {
                    wrong("a te field other than \"trailers\"");
                }
            }
            case HOST -> {
                if (host != null) {
                    wrong("a second host field");
                }
                host = text(value, valueStart, valueEnd);
                if (host.isEmpty()) {
                    wrong("an empty host field");
                }
            }
            case COOKIE -> cookie(value, valueStart, valueEnd);
            default -> {
                lines = room(lines, length, nameEnd - nameStart + valueEnd - valueStart + 4);
                length = put(lines, length, name, nameStart, nameEnd);
                lines[length++] = ':';
                lines[length++] = ' ';
                length = put(lines, length, value, valueStart, valueEnd);
                lines[length++] = '\r';
                lines[length++] = '\n';
            }
        }
    }

    private static boolean isSpace(byte c) {
        return c == ' ' || c == '\t';
    }

    /** Cookies may come in crumbs; HTTP/1.1 knows one line (RFC 9113 section 8.2.3). */
    private void cookie(byte[] value, int start, int end) {
        cookies = room(cookies, cookiesLength, end - start + COOKIE.length + 2);
        if (cookiesLength == 0) {
            cookiesLength = put(cookies, 0, COOKIE, 0, COOKIE.length);
        } else {
            cookies[cookiesLength++] = ';';
            cookies[cookiesLength++] = ' ';
        }
        cookiesLength = put(cookies, cookiesLength, value, start, end);
    }

    private static byte[] room(byte[] bytes, int used, int more) {
        return used + more <= bytes.length
                ? bytes
                : Arrays.copyOf(bytes, Math.max(used + more, Math.max(512, 2 * bytes.length)));
    }

    private static int put(byte[] into, int at, byte[] bytes, int start, int end) {
        System.arraycopy(bytes, start, into, at, end - start);
        return at + end - start;
    }

    /** What is wrong with them as a request's, empty for nothing. */
    String wrongAsRequest() {
        if (!malformed.isEmpty()) {
            return malformed;
        }
        if (method == null || method.isEmpty()) {
            return "no :method";
        }
        for (int i = 0; i < method.length(); i++) {
            if (!Grammar.isToken((byte) method.charAt(i))) {
                return "a :method that is no token";
            }
        }
        if (method.equals("CONNECT") && protocol == null) {
            return path != null || scheme != null ? "CONNECT with :path or :scheme" : "";
        }
        if (protocol != null && !method.equals("CONNECT")) {
            return ":protocol with another method than CONNECT";
        }
        if (scheme == null || !scheme.equals("http") && !scheme.equals("https")) {
            return scheme == null ? "no :scheme" : "a :scheme other than http and https";
        }
        if (path == null || path.isEmpty()) {
            return path == null ? "no :path" : "an empty :path";
        }
        if (path.charAt(0) != '/' && !(path.equals("*") && method.equals("OPTIONS"))) {
            return "a :path that does not begin with /";
        }
        if (authority != null && authority.isEmpty()) {
            return "an empty :authority";
        }
        if (authority == null && host == null) {
            return "neither :authority nor host";
        }
        return "";
    }

    /** Bytes that they take as trailers. */
    int trailersLength() {
        return length;
    }

    /** The fields as those behind a body. */
    Trailers trailers() {
        return length == 0 ? Trailers.NONE : Trailers.of(lines, length);
    }

    /** Whether {@code :authority} and {@code host} name two hosts. */
    boolean hostsDiffer() {
        return authority != null && host != null && !authority.equalsIgnoreCase(host);
    }

    /** The fields as a head of HTTP/1.1, an extended CONNECT as the GET it stands for. */
    ByteBuffer head(String webSocketKey) {
        String start = (webSocketKey.isEmpty() ? method : "GET") + ' ' + path + " HTTP/1.1\r\nhost: "
                + (authority == null ? host : authority) + "\r\n"
                + (webSocketKey.isEmpty() ? "" : "sec-websocket-key: " + webSocketKey + "\r\n");
        ByteBuffer head = ByteBuffer.allocate(start.length() + length + cookiesLength + 4);
        head.put(start.getBytes(StandardCharsets.ISO_8859_1)).put(lines, 0, length);
        if (cookiesLength > 0) {
            head.put(cookies, 0, cookiesLength).put((byte) '\r').put((byte) '\n');
        }
        return head.put((byte) '\r').put((byte) '\n').flip();
    }

    String shownHosts() {
        return ":authority names \"%s\", the host field \"%s\""
                .formatted(Sample.printable(String.valueOf(authority)), Sample.printable(String.valueOf(host)));
    }
}
