package io.culprit.upstream.fastcgi;

import java.nio.ByteBuffer;

/**
 * Writes PARAMS records: name-value pairs (FastCGI specification, section 3.4) in as few records as they fit. No pair
 * crosses a record, because PHP-FPM reads each record by itself. Owned by one IO thread.
 */
final class Params {
    /** What a pair costs besides its bytes, at most: two lengths of four bytes. */
    static final int PAIR_OVERHEAD = 8;

    private static final int SHORT = 127;

    private final ByteBuffer out;
    private int recordStart = -1;

    Params(ByteBuffer out) {
        this.out = out;
    }

    /** Writes a record's header without padding. */
    static void header(ByteBuffer out, int type, int contentLength) {
        out.put((byte) FastCgi.VERSION)
                .put((byte) type)
                .putShort((short) FastCgi.REQUEST_ID)
                .putShort((short) contentLength)
                .putShort((short) 0);
    }

    /**
     * Begins a pair; exactly that many bytes of name and value must follow in {@link #out}.
     *
     * @param nameLength together with {@code valueLength} and {@link #PAIR_OVERHEAD} at most {@link FastCgi#LONGEST}
     */
    void pair(int nameLength, int valueLength) {
        int size = nameLength + valueLength + (nameLength > SHORT ? 4 : 1) + (valueLength > SHORT ? 4 : 1);
        if (recordStart < 0) {
            open();
        } else if (out.position() - recordStart - FastCgi.HEADER + size > FastCgi.LONGEST) {
            close();
            open();
        }
        length(nameLength);
        length(valueLength);
    }

    /** Writes a whole pair of characters below 256. */
    void pair(String name, String value) {
        pair(name.length(), value.length());
        text(name);
        text(value);
    }

    void text(String text) {
        for (int i = 0; i < text.length(); i++) {
            out.put((byte) text.charAt(i));
        }
    }

    ByteBuffer out() {
        return out;
    }

    /** Ends the stream of parameters. */
    void end() {
        if (recordStart >= 0) {
            close();
        }
        header(out, FastCgi.PARAMS, 0);
    }

    private void open() {
        recordStart = out.position();
        header(out, FastCgi.PARAMS, 0);
    }

    private void close() {
        out.putShort(recordStart + 4, (short) (out.position() - recordStart - FastCgi.HEADER));
        recordStart = -1;
    }

    private void length(int n) {
        if (n > SHORT) {
            out.putInt(n | 0x8000_0000);
        } else {
            out.put((byte) n);
        }
    }
}
