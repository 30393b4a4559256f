package io.culprit.upstream.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an application sees of the bytes it is sent, by the FastCGI specification and not by the code that is tested. */
final class FastCgiRecords {
    private FastCgiRecords() {}

    /** One record's type and content. */
    record One(int type, byte[] content) {
        /** Such as {@code 5:3}. */
        @Override
        public String toString() {
            return type + ":" + content.length;
        }
    }

    /** All of the buffer's bytes, from its position to its limit. */
    static List<One> of(ByteBuffer bytes) {
        List<One> all = new ArrayList<>();
        while (bytes.hasRemaining()) {
            assertEquals(1, bytes.get(), "version");
            int type = bytes.get();
            assertEquals(1, bytes.getShort(), "request id");
            byte[] content = new byte[bytes.getShort() & 0xffff];
            int padding = bytes.get() & 0xff;
            assertEquals(0, bytes.get(), "reserved");
            bytes.get(content);
            bytes.position(bytes.position() + padding);
            all.add(new One(type, content));
        }
        return all;
    }

    /** The name-value pairs of one PARAMS record, which must hold whole ones. */
    static Map<String, String> pairs(One record) {
        assertEquals(4, record.type());
        Map<String, String> all = new LinkedHashMap<>();
        ByteBuffer in = ByteBuffer.wrap(record.content());
        while (in.hasRemaining()) {
            byte[] name = new byte[length(in)];
            byte[] value = new byte[length(in)];
            in.get(name).get(value);
            all.put(new String(name, StandardCharsets.UTF_8), new String(value, StandardCharsets.UTF_8));
        }
        return all;
    }

    private static int length(ByteBuffer in) {
        int first = in.get() & 0xff;
        if (first < 128) {
            return first;
        }
        in.position(in.position() - 1);
        return in.getInt() & 0x7fff_ffff;
    }
}
