package io.culprit.proof.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What came back, judged without any HTTP library: status, whether the body is whole by its own framing.
 *
 * @param bytes everything up to the end of the connection, or up to the time limit
 * @param ended how the connection ended
 */
public record RawResponse(byte[] bytes, End ended) {
    private static final Pattern STATUS = Pattern.compile("\\AHTTP/1\\.[01] ([0-9]+)");

    public enum End {
        CLOSED,
        RESET,
        OPEN
    }

    public static RawResponse exchange(int port, String raw) throws IOException {
        return exchange(port, raw.getBytes(StandardCharsets.ISO_8859_1), 15_000);
    }

    public static RawResponse exchange(int port, byte[] raw, int timeoutMillis) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(timeoutMillis);
            try {
                socket.getOutputStream().write(raw);
            } catch (IOException e) {
                // refused early: the answer is what counts
            }
            return readAll(socket);
        }
    }

    public static RawResponse readAll(Socket socket) throws IOException {
        var bytes = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[65536];
        try {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                bytes.write(buffer, 0, n);
            }
            return new RawResponse(bytes.toByteArray(), End.CLOSED);
        } catch (java.net.SocketTimeoutException e) {
            return new RawResponse(bytes.toByteArray(), End.OPEN);
        } catch (IOException e) {
            return new RawResponse(bytes.toByteArray(), End.RESET);
        }
    }

    /** One response with a Content-Length, or what came of it, and not a byte of what follows on the connection. */
    public static RawResponse readOne(InputStream in) throws IOException {
        var bytes = new ByteArrayOutputStream();
        while (true) {
            int b = in.read();
            if (b < 0) {
                return new RawResponse(bytes.toByteArray(), End.CLOSED);
            }
            bytes.write(b);
            if (b != '\n') {
                continue;
            }
            RawResponse head = new RawResponse(bytes.toByteArray(), End.OPEN);
            if (head.text().endsWith("\r\n\r\n")) {
                bytes.write(in.readNBytes(Integer.parseInt(head.header("Content-Length"))));
                return new RawResponse(bytes.toByteArray(), End.OPEN);
            }
        }
    }

    public String text() {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** The final response, interim ones taken off. */
    private String last() {
        String text = text();
        Matcher interim = Pattern.compile("\\AHTTP/1\\.[01] 1[0-9][0-9][^\\r\\n]*\\r\\n(?:[^\\r\\n]+\\r\\n)*\\r\\n")
                .matcher(text);
        while (interim.find() && !text.startsWith("HTTP/1.1 101")) {
            text = text.substring(interim.end());
            interim = interim.reset(text);
        }
        return text;
    }

    /** -1 when no final status line came. */
    public int status() {
        Matcher matcher = STATUS.matcher(last());
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : -1;
    }

    public String header(String name) {
        Matcher matcher = Pattern.compile("(?im)^" + name + ": ?([^\\r\\n]*)").matcher(head());
        return matcher.find() ? matcher.group(1) : "";
    }

    public String head() {
        String text = last();
        int end = text.indexOf("\r\n\r\n");
        return end < 0 ? text : text.substring(0, end + 2);
    }

    public String body() {
        String text = last();
        int end = text.indexOf("\r\n\r\n");
        return end < 0 ? "" : text.substring(end + 4);
    }

    /** The cause in Proxy-Status, empty for none. */
    public String cause() {
        Matcher matcher = Pattern.compile("cause=\"([^\"]+)\"").matcher(header("Proxy-Status"));
        return matcher.find() ? matcher.group(1) : "";
    }

    /** False when the body ended before its framing says. */
    public boolean whole(boolean headRequest) {
        if (headRequest || status() == 204 || status() == 304) {
            return true;
        }
        if (header("Transfer-Encoding").equalsIgnoreCase("chunked")) {
            return body().endsWith("0\r\n\r\n");
        }
        String length = header("Content-Length");
        if (!length.isEmpty() && length.matches("[0-9]+")) {
            return body().length() >= Integer.parseInt(length);
        }
        return ended == End.CLOSED;
    }

    /** {@code 502}, {@code 200 torn}, {@code none} or {@code raw}. */
    public String verdict(boolean headRequest) {
        if (bytes.length == 0 || last().isEmpty()) {
            return "none";
        }
        int status = status();
        if (status < 0) {
            return "raw";
        }
        return whole(headRequest) ? Integer.toString(status) : status + " torn";
    }
}
