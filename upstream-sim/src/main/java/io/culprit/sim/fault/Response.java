package io.culprit.sim.fault;

/** Pieces of an ordinary response, for faults to break. Stateless. */
public final class Response {
    private Response() {}

    public static String head(int status, String framing) {
        return "HTTP/1.1 " + status + " " + reason(status) + "\r\nServer: culprit-sim\r\nContent-Type: text/plain\r\n"
                + framing + "\r\n\r\n";
    }

    static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 204 -> "No Content";
            case 304 -> "Not Modified";
            case 404 -> "Not Found";
            case 413 -> "Content Too Large";
            case 500 -> "Internal Server Error";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            default -> "Status";
        };
    }

    /** {@code size} bytes of text with line ends. */
    public static byte[] body(int size) {
        byte[] body = new byte[size];
        for (int i = 0; i < size; i++) {
            body[i] = (byte) (i % 64 == 63 ? '\n' : 'a' + i % 26);
        }
        return body;
    }

    public static String chunk(byte[] body) {
        return Integer.toHexString(body.length) + "\r\n"
                + new String(body, java.nio.charset.StandardCharsets.ISO_8859_1) + "\r\n";
    }
}
