package io.culprit.bench.peers.capacity;

import java.nio.charset.StandardCharsets;

/** What each client of a {@link Crowd} sends before it says nothing more. */
public enum Behaviour {
    /** Whole requests, whose answers are read. */
    IDLE("idle after a request", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
    /** The beginning of a head. */
    HEAD_BEGUN("400 bytes of a head", head(400)),
    /** Most of what a head may have. */
    HALF_A_HEAD("16 KiB of a head", head(16 << 10)),
    /** A body that does not go on. */
    HALF_A_BODY(
            "62 kB of a 1 MB body",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + "b".repeat(62_000)),
    /** A large answer is asked for and none of it taken. */
    READS_NOTHING("reading nothing of 1 MB", "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");

    private final String title;
    private final byte[] bytes;

    Behaviour(String title, String bytes) {
        this.title = title;
        this.bytes = bytes.getBytes(StandardCharsets.US_ASCII);
    }

    private static String head(int size) {
        String filler = "X-Filler: " + "a".repeat(300) + "\r\n";
        String start = "GET / HTTP/1.1\r\nHost: x\r\n";
        return (start + filler.repeat(size / filler.length() + 1)).substring(0, size);
    }

    /** For people. */
    public String title() {
        return title;
    }

    /** What is sent. */
    byte[] bytes() {
        return bytes;
    }

    /** Whether what comes is read. */
    boolean reads() {
        return this != READS_NOTHING;
    }
}
