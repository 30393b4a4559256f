package io.culprit.proof.harness;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A client that sends whatever frames it is told to, well-formed or not, on a plain connection with prior knowledge. */
public final class Http2Client implements AutoCloseable {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;

    public static final int END_STREAM = 1;
    public static final int END_HEADERS = 4;

    /** One frame that came. */
    public record Frame(int type, int flags, int stream, byte[] payload) {
        public boolean endsStream() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }

        int code() {
            return ByteBuffer.wrap(payload).getInt(type == GOAWAY ? 4 : 0);
        }
    }

    private final Socket socket;
    private final DataInputStream in;

    public Http2Client(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(5_000);
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
        raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, new byte[0]);
    }

    public void raw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    public void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
        raw(frame.array());
    }

    /** A request's fields, each name and value, without compression. */
    public static byte[] fields(String... namesAndValues) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i++) {
            byte[] text = namesAndValues[i].getBytes(StandardCharsets.ISO_8859_1);
            if (i % 2 == 0) {
                block.write(0);
            }
            if (text.length < 127) {
                block.write(text.length);
            } else {
                block.write(127);
                int rest = text.length - 127;
                while (rest >= 128) {
                    block.write(rest & 127 | 128);
                    rest >>= 7;
                }
                block.write(rest);
            }
            block.writeBytes(text);
        }
        return block.toByteArray();
    }

    public static byte[] get(String path, String... more) {
        List<String> all =
                new ArrayList<>(List.of(":method", "GET", ":scheme", "http", ":path", path, ":authority", "a.test"));
        all.addAll(List.of(more));
        return fields(all.toArray(new String[0]));
    }

    public static byte[] post(String path, String... more) {
        List<String> all =
                new ArrayList<>(List.of(":method", "POST", ":scheme", "http", ":path", path, ":authority", "a.test"));
        all.addAll(List.of(more));
        return fields(all.toArray(new String[0]));
    }

    /** The next frame; null at the end of the connection or when none comes in time. */
    public Frame next() throws IOException {
        try {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            return new Frame(type, flags, stream, in.readNBytes(length));
        } catch (EOFException | SocketTimeoutException | java.net.SocketException e) {
            return null;
        }
    }

    /** All frames of a stream up to its end, or up to GOAWAY or the connection's end, said in short. */
    public String answer(int stream) throws IOException {
        StringBuilder said = new StringBuilder();
        for (Frame frame = next(); frame != null; frame = next()) {
            if (frame.type() == GOAWAY) {
                return said + "GOAWAY " + frame.code();
            }
            if (frame.stream() == stream && frame.type() == RST_STREAM) {
                return said + "RST " + frame.code();
            }
            if (frame.stream() == stream && frame.type() == HEADERS) {
                said.append(status(frame.payload())).append(' ');
            }
            if (frame.stream() == stream && frame.endsStream()) {
                return said + "END";
            }
        }
        return said + "CLOSED";
    }

    /** Of a block that begins with it, as this gateway's do. */
    private static String status(byte[] block) {
        int at = block[0] == 0x20 ? 1 : 0;
        return switch (block[at] & 0xff) {
            case 0x88 -> "200";
            case 0x8c -> "400";
            case 0x8d -> "404";
            case 0x8e -> "500";
            default -> new String(block, at + 2, 3, StandardCharsets.US_ASCII);
        };
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
