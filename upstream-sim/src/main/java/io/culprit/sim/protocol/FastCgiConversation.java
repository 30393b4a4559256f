package io.culprit.sim.protocol;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The application's side of FastCGI as PHP-FPM plays it, its oddities included: any version but 0, whole pairs in each
 * PARAMS record, the id of BEGIN_REQUEST in every answer, no answer at all to what it does not understand (measured).
 */
public final class FastCgiConversation implements Conversation {
    private static final int BEGIN_REQUEST = 1;
    private static final int PARAMS = 4;
    private static final int STDIN = 5;
    private static final int GET_VALUES = 9;
    private static final int GET_VALUES_RESULT = 10;
    private static final int HEADER = 8;
    private static final String MULTIPLEXES = "FCGI_MPXS_CONNS";

    private final Connection connection;
    private final ByteBuffer header = ByteBuffer.allocate(HEADER);
    private int requestId;
    private long contentLength;
    private long bodyLeft;
    private @Nullable Output output;

    public FastCgiConversation(Connection connection) {
        this.connection = connection;
    }

    @Override
    public boolean awaitBytes() throws IOException {
        header.clear().limit(1);
        boolean any = connection.readFully(header);
        header.limit(HEADER);
        return any;
    }

    @Override
    public Optional<ScriptRequest> request() throws IOException {
        boolean begun = header.position() == 1; // awaitBytes has taken the first byte
        while (true) {
            if (!begun) {
                header.clear();
            }
            if (!connection.readFully(header)) {
                return Optional.empty();
            }
            begun = false;
            if (version() == 0) {
                return Optional.empty();
            }
            int type = header.get(1);
            if (type == STDIN && length() == 0) {
                continue; // the end of a body nobody read
            }
            if (type == GET_VALUES) {
                answerValues(content());
                continue;
            }
            return type == BEGIN_REQUEST && length() == HEADER ? begin(content()) : Optional.empty();
        }
    }

    private int version() {
        return header.get(0) & 0xff;
    }

    private int length() {
        return header.getShort(4) & 0xffff;
    }

    private byte[] content() throws IOException {
        byte[] content = new byte[length()];
        readOrFail(content);
        readOrFail(new byte[header.get(6) & 0xff]);
        return content;
    }

    private void readOrFail(byte[] into) throws IOException {
        if (into.length > 0 && !connection.readFully(ByteBuffer.wrap(into))) {
            throw new EOFException("the other side left in the middle of a record");
        }
    }

    private void nextHeader() throws IOException {
        header.clear();
        if (!connection.readFully(header)) {
            throw new EOFException("the other side left between two records");
        }
    }

    private Optional<ScriptRequest> begin(byte[] body) throws IOException {
        requestId = header.getShort(2) & 0xffff;
        int role = (body[0] & 0xff) << 8 | body[1] & 0xff;
        if (role < 1 || role > 3) {
            return Optional.empty();
        }
        boolean keep = (body[2] & 1) != 0;
        Map<String, String> params = new LinkedHashMap<>();
        nextHeader();
        while (header.get(1) == PARAMS && length() > 0) {
            if (version() == 0 || !pairs(content(), params)) {
                return Optional.empty();
            }
            nextHeader();
        }
        if (version() == 0) {
            return Optional.empty();
        }
        output = new RecordOutput(connection, requestId);
        contentLength = number(params.getOrDefault("CONTENT_LENGTH", ""));
        bodyLeft = contentLength;
        return Optional.of(request(params, keep));
    }

    private static long number(String text) {
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    private ScriptRequest request(Map<String, String> params, boolean keep) {
        String file = params.getOrDefault("SCRIPT_FILENAME", params.getOrDefault("PATH_TRANSLATED", ""));
        String name = params.getOrDefault("SCRIPT_NAME", file);
        String query = params.getOrDefault("QUERY_STRING", "");
        return new ScriptRequest(
                params.getOrDefault("REQUEST_METHOD", ""),
                params.getOrDefault("REQUEST_URI", ""),
                name,
                file,
                HttpRequest.parseQuery(query),
                query,
                contentLength,
                params.getOrDefault("REMOTE_USER", ""),
                keep,
                params.containsKey("REQUEST_METHOD"));
    }

    /** @return false when a length leads beyond the record */
    private static boolean pairs(byte[] content, Map<String, String> into) {
        ByteBuffer in = ByteBuffer.wrap(content);
        while (in.hasRemaining()) {
            long name = pairLength(in);
            long value = pairLength(in);
            if (name < 0 || value < 0 || name + value > in.remaining()) {
                return false;
            }
            into.put(text(in, (int) name), text(in, (int) value));
        }
        return true;
    }

    private static long pairLength(ByteBuffer in) {
        if (!in.hasRemaining()) {
            return -1;
        }
        int first = in.get(in.position()) & 0xff;
        if (first < 128) {
            in.get();
            return first;
        }
        return in.remaining() < 4 ? -1 : in.getInt() & 0x7fff_ffff;
    }

    private static String text(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void answerValues(byte[] asked) throws IOException {
        Map<String, String> names = new LinkedHashMap<>();
        pairs(asked, names);
        String value = "0";
        int length = names.containsKey(MULTIPLEXES) ? 2 + MULTIPLEXES.length() + value.length() : 0;
        int padding = -length & 7;
        ByteBuffer answer = ByteBuffer.allocate(HEADER + length + padding);
        answer.put((byte) 1).put((byte) GET_VALUES_RESULT).putShort((short) 0).putShort((short) length);
        answer.put((byte) padding).put((byte) 0);
        if (length > 0) {
            answer.put((byte) MULTIPLEXES.length()).put((byte) value.length());
            answer.put((MULTIPLEXES + value).getBytes(StandardCharsets.US_ASCII));
        }
        connection.write(answer.position(0));
    }

    /** Reads STDIN up to CONTENT_LENGTH and leaves its end in the kernel. */
    @Override
    public void readBody() throws IOException {
        byte[] sink = new byte[16 * 1024];
        while (bodyLeft > 0) {
            nextHeader();
            if (header.get(1) != STDIN || version() == 0) {
                break; // another record where the body should be: the script gets what came
            }
            int left = length();
            while (left > 0) {
                byte[] piece = left < sink.length ? new byte[left] : sink;
                readOrFail(piece);
                left -= piece.length;
            }
            bodyLeft -= Math.min(bodyLeft, length());
            readOrFail(new byte[header.get(6) & 0xff]);
        }
    }

    @Override
    public Output output() {
        return Objects.requireNonNull(output);
    }
}
