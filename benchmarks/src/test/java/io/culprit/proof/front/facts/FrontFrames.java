package io.culprit.proof.front.facts;

import io.culprit.http.hpack.HpackDecoder;
import io.culprit.http.hpack.HpackException;
import io.culprit.proof.harness.Http2Client;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The HTTP/2 of a script: frames by their words, and what a server's frames say. */
final class FrontFrames {
    private static final int PADDED = 8;
    private static final int PRIORITY = 32;
    private static final int LARGE_WINDOW = 1 << 24;

    private final FrontVerdict verdict;
    private final HpackDecoder decoder = new HpackDecoder();
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();
    private byte[] left = {};
    private boolean any;
    private boolean answers;

    FrontFrames(FrontVerdict verdict) {
        this.verdict = verdict;
    }

    static byte[] frame(int type, int flags, int stream, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
        return frame.array();
    }

    /** The preface with SETTINGS: a large window, or what the words say. */
    static byte[] preface(List<FrontScript.Word> settings) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        if (settings.isEmpty()) {
            ByteBuffer window = ByteBuffer.allocate(6).putShort((short) 4).putInt(LARGE_WINDOW);
            all.writeBytes(frame(Http2Client.SETTINGS, 0, 0, window.array()));
            all.writeBytes(frame(Http2Client.WINDOW_UPDATE, 0, 0, number(LARGE_WINDOW)));
        } else {
            all.writeBytes(frame(Http2Client.SETTINGS, 0, 0, settings(settings)));
        }
        return all.toByteArray();
    }

    private static byte[] number(long value) {
        return ByteBuffer.allocate(4).putInt((int) value).array();
    }

    private static byte[] settings(List<FrontScript.Word> pairs) {
        ByteBuffer all = ByteBuffer.allocate(6 * pairs.size());
        for (FrontScript.Word each : pairs) {
            if (!each.text().equals("none")) {
                all.putShort((short) (int) Integer.decode(each.key())).putInt((int) (long) Long.decode(each.value()));
            }
        }
        return Arrays.copyOf(all.array(), all.position());
    }

    /** Bytes of a header block: fields as literals, and {@code hex:} as it is. */
    static byte[] fields(List<FrontScript.Word> words) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (FrontScript.Word each : words) {
            all.writeBytes(each.isHex() ? each.bytes() : Http2Client.fields(each.key(), each.value()));
        }
        return all.toByteArray();
    }

    /** The frame a step says, null when its verb names none. */
    static byte[] of(FrontScript.Step step) {
        List<FrontScript.Word> words = step.words();
        switch (step.verb()) {
            case "headers" -> {
                boolean ends = words.size() > 2 && words.get(2).isBare("es");
                boolean more = words.size() > 3 && words.get(3).isBare("more");
                int flags = (ends ? Http2Client.END_STREAM : 0) | (more ? 0 : Http2Client.END_HEADERS);
                int from = 2 + (ends ? 1 : 0) + (more ? 1 : 0);
                return frame(Http2Client.HEADERS, flags, step.number(1), fields(words.subList(from, words.size())));
            }
            case "data" -> {
                boolean ends = words.size() > 2 && words.get(2).isBare("es");
                return frame(
                        Http2Client.DATA, ends ? Http2Client.END_STREAM : 0, step.number(1), step.bytes(ends ? 3 : 2));
            }
            case "reset" -> {
                return frame(Http2Client.RST_STREAM, 0, step.number(1), number(step.number(2)));
            }
            case "settings" -> {
                return frame(Http2Client.SETTINGS, 0, 0, settings(step.rest()));
            }
            case "goaway" -> {
                return frame(
                        Http2Client.GOAWAY,
                        0,
                        0,
                        ByteBuffer.allocate(8).putInt(4, step.number(1)).array());
            }
            case "window" -> {
                return frame(Http2Client.WINDOW_UPDATE, 0, step.number(1), number(step.number(2)));
            }
            case "frame" -> {
                return frame(step.number(1), step.number(2), step.number(3), step.bytes(4));
            }
            case "block" -> { // a frame whose payload are fields
                return frame(step.number(1), step.number(2), step.number(3), fields(words.subList(4, words.size())));
            }
            default -> {
                return null;
            }
        }
    }

    /** A client that has begun well says so: until then an answer would be one more fault. */
    void answersFromNowOn() {
        answers = true;
    }

    /** Takes what came and answers what has to be answered: SETTINGS and PING. */
    void take(byte[] bytes, FrontWire wire) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(left.length + bytes.length)
                .put(left)
                .put(bytes)
                .flip();
        if (!any && all.remaining() >= 4 && "HTTP".equals(new String(all.array(), 0, 4, StandardCharsets.US_ASCII))) {
            left = all.array();
            return;
        }
        while (all.remaining() >= 9) {
            int length = (all.getShort(all.position()) & 0xffff) << 8 | all.get(all.position() + 2) & 0xff;
            if (all.remaining() < 9 + length) {
                break;
            }
            any = true;
            int type = all.get(all.position() + 3);
            int flags = all.get(all.position() + 4);
            int stream = all.getInt(all.position() + 5) & 0x7fffffff;
            byte[] payload = new byte[length];
            all.position(all.position() + 9).get(payload);
            frame(type, flags, stream, payload, wire);
        }
        left = new byte[all.remaining()];
        all.get(left);
    }

    private void frame(int type, int flags, int stream, byte[] payload, FrontWire wire) throws IOException {
        boolean ends = (flags & Http2Client.END_STREAM) != 0;
        switch (type) {
            case Http2Client.HEADERS, Http2Client.CONTINUATION -> {
                int from =
                        type == Http2Client.CONTINUATION ? 0 : (flags & PADDED) / 8 + ((flags & PRIORITY) != 0 ? 5 : 0);
                block.write(payload, from, payload.length - from);
                if ((flags & Http2Client.END_HEADERS) != 0) {
                    head(stream, ends);
                }
            }
            case Http2Client.DATA -> verdict.data(stream, ends);
            case Http2Client.RST_STREAM -> verdict.reset(stream, code(payload, 0));
            case Http2Client.GOAWAY -> verdict.goaway(code(payload, 4));
            case Http2Client.SETTINGS, Http2Client.PING -> {
                if ((flags & 1) != 0) {
                    verdict.acks(type == Http2Client.PING ? "PING" : "SETTINGS", 1);
                } else if (answers) {
                    byte[] echo = type == Http2Client.PING ? payload : new byte[0];
                    wire.write(frame(type, 1, 0, echo));
                }
            }
            default -> {} // windows and what nobody knows
        }
    }

    private void head(int stream, boolean ends) {
        byte[] bytes = block.toByteArray();
        block.reset();
        String[] status = {""};
        try {
            decoder.decode(bytes, 0, bytes.length, (name, nameStart, nameEnd, value, valueStart, valueEnd) -> {
                if (new String(name, nameStart, nameEnd - nameStart, StandardCharsets.US_ASCII).equals(":status")) {
                    status[0] = new String(value, valueStart, valueEnd - valueStart, StandardCharsets.US_ASCII);
                }
            });
        } catch (HpackException e) {
            status[0] = "broken block";
        }
        if (status[0].isEmpty()) {
            verdict.data(stream, ends); // trailers
        } else {
            verdict.status(stream, status[0], ends);
        }
    }

    private static long code(byte[] payload, int at) {
        return ByteBuffer.wrap(payload).getInt(at) & 0xffffffffL;
    }

    /** Whoever speaks no HTTP/2 may have answered in HTTP/1.1. */
    void end() {
        if (!any && left.length > 0) {
            FrontAnswers.judge(left, false, verdict);
        }
    }
}
