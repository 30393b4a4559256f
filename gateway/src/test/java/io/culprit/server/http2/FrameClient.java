package io.culprit.server.http2;

import io.culprit.http.hpack.HpackDecoder;
import io.culprit.http.hpack.HpackException;
import io.culprit.server.Engine;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A client of an {@link Engine} that sends the frames it is told to, and says what comes in one line for each frame. */
final class FrameClient implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;
    private final HpackDecoder decoder = new HpackDecoder();
    private final ByteArrayOutputStream later = new ByteArrayOutputStream();

    /** @param settings identifiers and values by turns */
    FrameClient(Engine engine, int... settings) throws IOException {
        socket = engine.connect();
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        later.write(FrameReader.PREFACE);
        ByteBuffer pairs = ByteBuffer.allocate(3 * settings.length);
        for (int i = 0; i < settings.length; i += 2) {
            pairs.putShort((short) settings[i]).putInt(settings[i + 1]);
        }
        add(FrameType.SETTINGS, 0, 0, pairs.array());
    }

    /** Adds a frame to those that leave in one write. */
    FrameClient add(int type, int flags, int stream, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(FrameType.HEADER + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
        later.writeBytes(frame.array());
        return this;
    }

    void send() throws IOException {
        later.writeTo(socket.getOutputStream());
        later.reset();
    }

    /** A request's head, or its trailers where no method is given. */
    FrameClient headers(int stream, boolean end, String... fields) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2) {
            block.write(0); // a literal that no table keeps; all of them are short
            for (String each : List.of(fields[i], fields[i + 1])) {
                block.write(each.length());
                block.writeBytes(each.getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return add(
                FrameType.HEADERS,
                FrameType.END_HEADERS | (end ? FrameType.END_STREAM : 0),
                stream,
                block.toByteArray());
    }

    FrameClient request(int stream, boolean end, String method, String path, String... more) {
        List<String> all =
                new ArrayList<>(List.of(":method", method, ":scheme", "http", ":path", path, ":authority", "x"));
        all.addAll(List.of(more));
        return headers(stream, end, all.toArray(new String[0]));
    }

    FrameClient data(int stream, boolean end, String text) {
        return add(FrameType.DATA, end ? FrameType.END_STREAM : 0, stream, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    FrameClient reset(int stream, ErrorCode code) {
        return add(FrameType.RST_STREAM, 0, stream, ints(code.ordinal()));
    }

    FrameClient window(int stream, int more) {
        return add(FrameType.WINDOW_UPDATE, 0, stream, ints(more));
    }

    private static byte[] ints(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    /** Sends what was to be and says the next frame of a stream, the date left out; {@code CLOSED} at the end of the connection. */
    String next(int stream) throws IOException {
        send();
        while (true) {
            int length;
            try {
                length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            } catch (EOFException | SocketException e) {
                return "CLOSED";
            }
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int of = in.readInt();
            byte[] payload = in.readNBytes(length);
            String said = said(type, flags, payload);
            if (of == stream) {
                return said;
            }
        }
    }

    /** So many of them. */
    List<String> next(int stream, int frames) throws IOException {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < frames; i++) {
            all.add(next(stream));
        }
        return all;
    }

    /** The next response, WINDOW_UPDATE frames left out: statuses, then the body, then how it ends. */
    String answer(int stream) throws IOException {
        StringBuilder statuses = new StringBuilder();
        StringBuilder body = new StringBuilder();
        while (true) {
            String frame = next(stream);
            if (frame.startsWith("HEADERS ")) {
                statuses.append(frame, "HEADERS ".length(), frame.indexOf(' ', "HEADERS ".length()))
                        .append(' ');
            } else if (frame.startsWith("DATA ")) {
                body.append(frame, "DATA ".length(), frame.length() - (frame.endsWith(" END") ? 4 : 0));
            } else if (!frame.startsWith("WINDOW_UPDATE ")) {
                return statuses + body.toString() + " " + frame;
            }
            if (frame.endsWith(" END")) {
                return statuses + body.toString() + " END";
            }
        }
    }

    private String said(int type, int flags, byte[] payload) throws IOException {
        boolean ends = type <= FrameType.HEADERS && (flags & FrameType.END_STREAM) != 0;
        String what = switch (type) {
            case FrameType.DATA -> new String(payload, StandardCharsets.ISO_8859_1);
            case FrameType.HEADERS -> fields(payload);
            case FrameType.RST_STREAM ->
                ErrorCode.shown(ByteBuffer.wrap(payload).getInt());
            case FrameType.WINDOW_UPDATE ->
                Integer.toString(ByteBuffer.wrap(payload).getInt());
            default -> "";
        };
        return FrameType.shown(type) + " " + what + (ends ? " END" : "");
    }

    private String fields(byte[] block) throws IOException {
        List<String> all = new ArrayList<>();
        try {
            decoder.decode(block, 0, block.length, (name, n1, n2, value, v1, v2) -> {
                String key = new String(name, n1, n2 - n1, StandardCharsets.ISO_8859_1);
                String text = new String(value, v1, v2 - v1, StandardCharsets.ISO_8859_1);
                if (!key.equals("date")) {
                    all.add(key.equals(":status") ? text : key + "=" + text);
                }
            });
        } catch (HpackException e) {
            throw new IOException(e);
        }
        return String.join(" ", all) + " ";
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
