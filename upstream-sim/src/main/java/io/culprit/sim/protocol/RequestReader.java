package io.culprit.sim.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads requests off a connection. Shares no code with the gateway, so that no bug can hide in both. */
public final class RequestReader {
    private static final int LONGEST_LINE = 1 << 20;

    private RequestReader() {}

    /** Reads a head; empty at the end of input. Its body is still unread. */
    public static Optional<HttpRequest> head(InputStream in) throws IOException {
        String line = line(in);
        while (line != null && line.isEmpty()) {
            line = line(in);
        }
        if (line == null) {
            return Optional.empty();
        }
        String[] part = line.split(" ", 3);
        String target = part.length > 1 ? part[1] : "/";
        int question = target.indexOf('?');
        Map<String, String> headers = new LinkedHashMap<>();
        for (String each = line(in); each != null && !each.isEmpty(); each = line(in)) {
            int colon = each.indexOf(':');
            if (colon > 0) {
                headers.put(
                        each.substring(0, colon).toLowerCase(Locale.ROOT),
                        each.substring(colon + 1).trim());
            }
        }
        return Optional.of(new HttpRequest(
                part[0],
                target,
                question < 0 ? target : target.substring(0, question),
                headers,
                HttpRequest.parseQuery(question < 0 ? "" : target.substring(question + 1)),
                0));
    }

    /** Reads the request's body to its end and says how long it was. */
    public static HttpRequest body(InputStream in, HttpRequest request) throws IOException {
        long n = 0;
        if (request.headers().getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
            while (true) {
                String size = line(in);
                int chunk = size == null ? 0 : Integer.parseInt(size.split(";")[0].trim(), 16);
                skip(in, chunk);
                n += chunk;
                if (chunk == 0) {
                    String trailer = line(in);
                    while (trailer != null && !trailer.isEmpty()) {
                        trailer = line(in);
                    }
                    break;
                }
                line(in);
            }
        } else if (request.headers().containsKey("content-length")) {
            n = Long.parseLong(request.headers().get("content-length"));
            skip(in, n);
        }
        return new HttpRequest(
                request.method(), request.target(), request.path(), request.headers(), request.query(), n);
    }

    private static void skip(InputStream in, long n) throws IOException {
        byte[] sink = new byte[16 * 1024];
        long left = n;
        while (left > 0) {
            int read = in.read(sink, 0, (int) Math.min(left, sink.length));
            if (read < 0) {
                throw new IOException("the request body ended " + left + " bytes early");
            }
            left -= read;
        }
    }

    private static @Nullable String line(InputStream in) throws IOException {
        var bytes = new java.io.ByteArrayOutputStream(128);
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                String text = bytes.toString(StandardCharsets.ISO_8859_1);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            }
            if (bytes.size() > LONGEST_LINE) {
                throw new IOException("a line of more than " + LONGEST_LINE + " bytes");
            }
            bytes.write(b);
        }
        return bytes.size() == 0 ? null : bytes.toString(StandardCharsets.ISO_8859_1);
    }
}
