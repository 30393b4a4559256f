package io.culprit.server;

import io.culprit.http.HeaderName;
import io.culprit.http.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/** Request ids: 32 hexadecimal digits as nginx makes them, or what a trusted proxy gave if it can do no harm. */
final class RequestIds {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST = 128;

    private RequestIds() {}

    static String of(RequestHead head, boolean trusted) {
        if (trusted) {
            String given = head.headers().first(HeaderName.X_REQUEST_ID);
            if (!given.isEmpty()
                    && given.length() <= LONGEST
                    && given.chars().allMatch(c -> c > ' ' && c < 127 && c != '"' && c != '\\' && c != '<')) {
                return given;
            }
        }
        return fresh();
    }

    static String fresh() {
        byte[] digits = new byte[32];
        ThreadLocalRandom random = ThreadLocalRandom.current();
        fill(digits, 0, random.nextLong());
        fill(digits, 16, random.nextLong());
        return new String(digits, StandardCharsets.ISO_8859_1);
    }

    private static void fill(byte[] digits, int at, long bits) {
        for (int i = 0; i < 16; i++) {
            digits[at + i] = HEX[(int) (bits >>> (i * 4)) & 15];
        }
    }
}
