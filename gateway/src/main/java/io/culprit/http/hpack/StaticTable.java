package io.culprit.http.hpack;

import java.nio.charset.StandardCharsets;

/** The fields both sides know (RFC 7541 appendix A). Immutable. */
final class StaticTable {
    /** Its last index; the dynamic table begins behind it. */
    static final int LENGTH = 61;

    private static final String FIELDS = """
            :authority
            :method GET
            :method POST
            :path /
            :path /index.html
            :scheme http
            :scheme https
            :status 200
            :status 204
            :status 206
            :status 304
            :status 400
            :status 404
            :status 500
            accept-charset
            accept-encoding gzip, deflate
            accept-language
            accept-ranges
            accept
            access-control-allow-origin
            age
            allow
            authorization
            cache-control
            content-disposition
            content-encoding
            content-language
            content-length
            content-location
            content-range
            content-type
            cookie
            date
            etag
            expect
            expires
            from
            host
            if-match
            if-modified-since
            if-none-match
            if-range
            if-unmodified-since
            last-modified
            link
            location
            max-forwards
            proxy-authenticate
            proxy-authorization
            range
            referer
            refresh
            retry-after
            server
            set-cookie
            strict-transport-security
            transfer-encoding
            user-agent
            vary
            via
            www-authenticate
            """;

    private static final byte[][] NAMES = new byte[LENGTH + 1][];
    private static final byte[][] VALUES = new byte[LENGTH + 1][];

    static {
        String[] lines = FIELDS.split("\n");
        for (int i = 1; i <= LENGTH; i++) {
            String line = lines[i - 1];
            int space = line.indexOf(' ');
            NAMES[i] = ascii(space < 0 ? line : line.substring(0, space));
            VALUES[i] = ascii(space < 0 ? "" : line.substring(space + 1));
        }
    }

    private StaticTable() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] name(int index) {
        return NAMES[index];
    }

    static byte[] value(int index) {
        return VALUES[index];
    }

    /** Index of the first entry of this name in lower case, 0 for none. */
    static int indexOf(String name) {
        byte[] wanted = ascii(name);
        for (int i = 1; i <= LENGTH; i++) {
            if (java.util.Arrays.equals(NAMES[i], wanted)) {
                return i;
            }
        }
        return 0;
    }
}
