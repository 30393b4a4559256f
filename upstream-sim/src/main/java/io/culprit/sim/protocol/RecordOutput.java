package io.culprit.sim.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * FastCGI records as PHP-FPM cuts them (measured): one buffer of 8192 bytes for all records of a response, a record
 * stays open while writes of its type fit, large writes go past the buffer, content is padded to 8 with zeros, and no
 * empty record ends a stream. Owned by one worker.
 */
public final class RecordOutput implements Output {
    static final int END_REQUEST = 3;
    static final int STDOUT = 6;
    static final int STDERR = 7;

    private static final int BUFFER = 8192;
    private static final int HEADER = 8;
    private static final int LARGEST = 65_535;

    private final Connection connection;
    private final int requestId;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER + HEADER * 2);
    private int open = -1;
    private int openType;

    public RecordOutput(Connection connection, int requestId) {
        this.connection = connection;
        this.requestId = requestId;
    }

    @Override
    public void head(int status, String reason, List<String> lines) throws IOException {
        if (status != 200) {
            line("Status: " + status + (reason.isEmpty() ? "" : " " + reason));
        }
        for (String each : lines) {
            line(each);
        }
        write(STDOUT, "\r\n");
    }

    private void line(String text) throws IOException {
        write(STDOUT, text);
        write(STDOUT, "\r\n");
    }

    @Override
    public void body(byte[] bytes, int offset, int length) throws IOException {
        write(STDOUT, bytes, offset, length);
    }

    /** Messages that follow each other share a record. */
    @Override
    public void stderr(String message) throws IOException {
        write(STDERR, (open >= 0 && openType == STDERR ? "; " : "") + message);
    }

    private void write(int type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        write(type, bytes, 0, bytes.length);
    }

    private void write(int type, byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return;
        }
        if (open >= 0 && openType != type) {
            close();
        }
        int limit = BUFFER - buffer.position();
        if (open < 0) {
            limit = Math.max(0, limit - HEADER);
        }
        if (length < limit) {
            append(type, bytes, offset, length);
        } else if (length - limit < BUFFER - HEADER) {
            if (limit > 0) {
                append(type, bytes, offset, limit);
            }
            close();
            send();
            append(type, bytes, offset + limit, length - limit);
        } else {
            large(type, bytes, offset, length);
        }
    }

    private void large(int type, byte[] bytes, int offset, int length) throws IOException {
        close();
        int at = offset;
        int left = length;
        while (left > LARGEST) {
            direct(type, bytes, at, LARGEST & ~7);
            at += LARGEST & ~7;
            left -= LARGEST & ~7;
        }
        int even = left & ~7;
        direct(type, bytes, at, even);
        append(type, bytes, at + even, left - even);
    }

    private void direct(int type, byte[] bytes, int offset, int length) throws IOException {
        if (length > 0) {
            header(type, length, 0);
            send();
            connection.write(ByteBuffer.wrap(bytes, offset, length));
        }
    }

    private void append(int type, byte[] bytes, int offset, int length) {
        if (length == 0) {
            return;
        }
        if (open < 0) {
            open = buffer.position();
            openType = type;
            header(type, 0, 0);
        }
        buffer.put(bytes, offset, length);
    }

    private void close() {
        if (open < 0) {
            return;
        }
        int length = buffer.position() - open - HEADER;
        int padding = -length & 7;
        buffer.putShort(open + 4, (short) length).put(open + 6, (byte) padding);
        buffer.put(new byte[padding]);
        open = -1;
    }

    private void header(int type, int length, int padding) {
        buffer.put((byte) 1)
                .put((byte) type)
                .putShort((short) requestId)
                .putShort((short) length)
                .put((byte) padding)
                .put((byte) 0);
    }

    private void send() throws IOException {
        connection.write(buffer.flip());
        buffer.clear();
    }

    @Override
    public void flush() throws IOException {
        close();
        send();
    }

    @Override
    public void end() throws IOException {
        close();
        if (buffer.remaining() < 2 * HEADER) {
            send();
        }
        header(END_REQUEST, 8, 0);
        buffer.putLong(0);
        send();
    }

    @Override
    public void raw(byte[] bytes) throws IOException {
        connection.write(ByteBuffer.wrap(bytes));
    }
}
