package io.culprit.triage.probe;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An HTTP answer as it came.
 *
 * @param status its code, 0 where there is none
 * @param reason what follows the code, possibly empty
 * @param headers values by lower-case name, in the order they came
 * @param body the body without its framing, at most {@link #MOST} bytes
 */
public record Answer(int status, String reason, Map<String, List<String>> headers, byte[] body) {
    /** More of a body says nothing about who wrote it. */
    public static final int MOST = 1 << 20;

    /**
     * Reads what was saved, as {@code curl -si} prints it: status line, headers, an empty line, the body.
     *
     * @throws IllegalArgumentException when it does not begin with a status line; names the byte
     */
    public static Answer parse(byte[] raw) {
        int start = 0;
        while (true) {
            int end = headEnd(raw, start);
            Answer answer = head(raw, start, end);
            // A proxy's "200 Connection established" or a 100 stands before the answer itself.
            boolean more = answer.status < 200 || answer.reason.equalsIgnoreCase("Connection established");
            int body = bodyStart(raw, end);
            if (!more || body >= raw.length) {
                return answer.with(body(raw, body, answer));
            }
            start = body;
        }
    }

    private static int headEnd(byte[] raw, int from) {
        for (int i = from; i < raw.length; i++) {
            if (raw[i] == '\n' && (i + 1 == raw.length || raw[i + 1] == '\n' || raw[i + 1] == '\r')) {
                return i + 1;
            }
        }
        return raw.length;
    }

    private static int bodyStart(byte[] raw, int headEnd) {
        int at = headEnd;
        if (at < raw.length && raw[at] == '\r') {
            at++;
        }
        return at < raw.length && raw[at] == '\n' ? at + 1 : at;
    }

    private static Answer head(byte[] raw, int from, int to) {
        String[] lines = new String(raw, from, to - from, StandardCharsets.ISO_8859_1).split("\r?\n", -1);
        String[] first = lines[0].split(" ", 3);
        if (first.length < 2 || !first[0].startsWith("HTTP/") || !first[1].matches("\\d{3}")) {
            throw new IllegalArgumentException("no HTTP status line at byte " + from);
        }
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.computeIfAbsent(
                                lines[i].substring(0, colon).strip().toLowerCase(Locale.ROOT), n -> new ArrayList<>())
                        .add(lines[i].substring(colon + 1).strip());
            }
        }
        return new Answer(Integer.parseInt(first[1]), first.length < 3 ? "" : first[2].strip(), headers, new byte[0]);
    }

    private static byte[] body(byte[] raw, int from, Answer head) {
        byte[] rest = java.util.Arrays.copyOfRange(raw, Math.min(from, raw.length), raw.length);
        boolean chunked =
                head.first("transfer-encoding").toLowerCase(Locale.ROOT).contains("chunked");
        byte[] plain = chunked ? Chunks.joined(rest) : rest; // curl has joined them already
        return plain.length > MOST ? java.util.Arrays.copyOf(plain, MOST) : plain;
    }

    Answer with(byte[] other) {
        return new Answer(status, reason, headers, other);
    }

    /** The first value of a header, empty without one. */
    public String first(String name) {
        List<String> values = headers.get(name);
        return values == null ? "" : values.get(0);
    }

    /** The body as text. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
