package io.culprit.bench.peers;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One POST and its answer on a connection that is kept, read as plainly as can be: head, then as many bytes as it says. */
final class Answers {
    private static final byte[] POST =
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx".getBytes(StandardCharsets.US_ASCII);

    private Answers() {}

    /** @param closes whether nothing more may be sent on the connection */
    record Answer(int status, boolean closes) {}

    /** @throws IOException when there is no whole answer */
    static Answer post(Socket socket, InputStream in) throws IOException {
        socket.getOutputStream().write(POST);
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                throw new EOFException("the connection ended within an answer");
            }
            head.append((char) c);
        }
        String lower = head.toString().toLowerCase(Locale.ROOT);
        int at = lower.indexOf("\r\ncontent-length:");
        if (at < 0) {
            return new Answer(status(lower), true);
        }
        int length = Integer.parseInt(
                lower.substring(at + 17, lower.indexOf('\r', at + 17)).strip());
        if (in.readNBytes(length).length < length) {
            throw new EOFException("the connection ended within a body");
        }
        return new Answer(status(lower), lower.contains("\r\nconnection: close"));
    }

    private static int status(String head) {
        return Integer.parseInt(head.substring(9, 12));
    }
}
