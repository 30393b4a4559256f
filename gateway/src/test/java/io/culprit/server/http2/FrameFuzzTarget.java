package io.culprit.server.http2;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.http.hpack.HpackDecoder;
import io.culprit.http.hpack.HpackException;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import io.culprit.server.ScriptedSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Any bytes behind the preface, split anywhere: the frames are the same for every split, a block is no longer than it may be,
 * only {@link ConnectionException} comes out with a word of what is wrong, and what passes as a request's fields is a head.
 */
public final class FrameFuzzTarget {
    private static final int LONGEST_BLOCK = 1024;
    private static final IoLoop LOOP = new IoLoop(null, 0);

    private FrameFuzzTarget() {}

    /** One frame of each kind. */
    public static List<byte[]> seeds() {
        String get = "000011010500000001" + "828641" + "8cf1e3c2e5f23a6ba0ab90f4ff" + "84";
        String settings = "000000040000000000";
        String split = "00000000"; // what the target takes first
        return Stream.of(
                        get,
                        "000006040000000000" + "000300000080",
                        "000008060000000000" + "0102030405060708",
                        "000004080000000001" + "00000400",
                        "000004030000000001" + "00000008",
                        "000008070000000000" + "0000000100000000",
                        "000005020000000001" + "0000000010",
                        get.replace("0105", "0104") + "000003000100000001" + "616263",
                        "000008000900000001" + "03616263640000000000",
                        "000001010000000001" + "82" + "000010090400000001" + "86418cf1e3c2e5f23a6ba0ab90f4ff84")
                .map(frames -> HexFormat.of().parseHex(settings + frames + split))
                .toList();
    }

    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        int split = data.consumeInt(0, 2048);
        byte[] rest = data.consumeRemainingAsBytes();
        byte[] bytes = new byte[FrameReader.PREFACE.length + rest.length];
        System.arraycopy(FrameReader.PREFACE, 0, bytes, 0, FrameReader.PREFACE.length);
        System.arraycopy(rest, 0, bytes, FrameReader.PREFACE.length, rest.length);
        String whole = read(bytes, bytes.length);
        String parts = read(bytes, Math.min(split, bytes.length));
        if (!whole.equals(parts)) {
            throw new AssertionError("whole: " + whole + ", split at " + split + ": " + parts);
        }
    }

    private static String read(byte[] bytes, int split) {
        StringBuilder said = new StringBuilder();
        MemoryAccount memory = new MemoryAccount(LOOP, Optional.empty());
        FrameReader reader = new FrameReader(LOOP, memory, LONGEST_BLOCK, new FloodGuard(), new Said(said));
        try {
            reader.read(new ScriptedSource(Arrays.copyOf(bytes, split)).conduit());
            reader.read(new ScriptedSource(Arrays.copyOfRange(bytes, split, bytes.length)).conduit());
        } catch (ConnectionException e) {
            if (e.getMessage().isEmpty() || e.failure().detail().isEmpty()) {
                throw new AssertionError("no word of what is wrong", e);
            }
            said.append(e.code()).append(' ').append(e.getMessage());
        } catch (IOException e) {
            throw new AssertionError("nothing was written", e);
        } finally {
            reader.release();
        }
        if (memory.held() != 0) {
            throw new AssertionError(memory.held() + " bytes are still held");
        }
        return said.toString();
    }

    private static final class Said implements FrameReader.Frames {
        private final StringBuilder said;
        private final HpackDecoder decoder = new HpackDecoder();
        private final RequestFields fields = new RequestFields(LONGEST_BLOCK);

        private Said(StringBuilder said) {
            this.said = said;
        }

        @Override
        public void headers(int stream, byte[] block, int length, boolean endStream) throws ConnectionException {
            if (length > LONGEST_BLOCK) {
                throw new AssertionError("a block of " + length);
            }
            fields.reset();
            try {
                decoder.decode(block, 0, length, fields);
            } catch (HpackException e) {
                throw ConnectionException.protocol(e.getMessage());
            }
            said.append("headers ").append(stream).append(endStream).append(fields.count());
            if (fields.wrongAsRequest().isEmpty() && !fields.tooBig() && fields.protocol() == null) {
                RequestHead head = new RequestHead(4 * LONGEST_BLOCK, 100, LONGEST_BLOCK, LOOP.heads());
                try {
                    head.readMultiplexed(fields.head(""), endStream);
                    said.append(head.method()).append(head.target());
                } catch (MessageException e) {
                    said.append(e.failure().cause());
                } finally {
                    head.release();
                }
            }
            if (!fields.tooBig() && fields.malformed().isEmpty()) {
                said.append(fields.trailers().fields());
            }
        }

        @Override
        public void blockBegins() {
            // its clock is the connection's
        }

        @Override
        public void data(int stream, ByteBuffer payload, int flow, boolean endStream) {
            if (payload.remaining() > flow) {
                throw new AssertionError("more payload than counts for windows");
            }
            said.append("data ")
                    .append(stream)
                    .append(payload.remaining())
                    .append(flow)
                    .append(endStream);
        }

        @Override
        public void reset(int stream, int code) {
            said.append("reset ").append(stream).append(code);
        }

        @Override
        public void settings(int identifier, int value) {
            said.append("settings ").append(identifier).append(value);
        }

        @Override
        public void settingsEnd() {
            said.append("ack ");
        }

        @Override
        public void ping(long opaque) {
            said.append("ping ").append(opaque);
        }

        @Override
        public void goAway(int lastStream, int code) {
            said.append("goaway ").append(lastStream).append(code);
        }

        @Override
        public void windowUpdate(int stream, int more) {
            said.append("window ").append(stream).append(more);
        }
    }
}
