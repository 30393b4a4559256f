package io.culprit.sim.fault;

import io.culprit.sim.pool.Signal;
import io.culprit.sim.pool.Worker;
import io.culprit.sim.pool.WorkerKilledException;
import io.culprit.sim.protocol.Connection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * FastCGI responses that break the rules, byte for byte: what a worker, a foreign server or a dying one may send. Each is
 * a few records, pauses and an ending. Stateless.
 */
public final class FastCgiFaults {
    private static final String HEAD = "Content-Type: text/plain\r\n\r\n";
    private static final String HELLO = HEAD + "hello";
    private static final Map<String, Play> ALL = all();

    private FastCgiFaults() {}

    /** What is done on the connection, in order. */
    private interface Act {
        void on(Connection connection, Worker worker) throws IOException;
    }

    private record Play(List<Act> acts) {}

    public static Set<String> names() {
        return ALL.keySet();
    }

    /** Whether it answers before the request's body was read. */
    public static boolean answersEarly(String name) {
        return name.equals("early-end");
    }

    /**
     * Plays one on the worker's connection; the response is over afterwards.
     *
     * @param name one of {@link #names}
     */
    public static void play(String name, Worker worker) throws IOException {
        for (Act act : Objects.requireNonNull(ALL.get(name)).acts()) {
            act.on(worker.connection(), worker);
        }
    }

    private static Map<String, Play> all() {
        Map<String, Play> all = new LinkedHashMap<>();
        records(all);
        heads(all);
        endings(all);
        return all;
    }

    private static void records(Map<String, Play> all) {
        put(all, "ok", send(out(HELLO), out(""), end(0, 0)));
        put(all, "ok-no-stdout-end", send(out(HELLO), end(0, 0)));
        put(all, "bad-version", send(record(0, 6, 1, HELLO, 0)));
        put(all, "bad-version-in-body", send(out(HELLO)), pause(100), send(record(9, 6, 1, "more", 0)));
        put(all, "http-reply", send(text("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")));
        put(all, "unknown-type", send(record(1, 99, 1, "x", 0), out(HELLO), end(0, 0)));
        put(
                all,
                "unknown-type-in-body",
                send(out(HELLO)),
                pause(100),
                send(record(1, 99, 1, "x", 0), out("more"), end(0, 0)));
        put(all, "values-result", send(record(1, 10, 0, "", 0), out(HELLO), end(0, 0)));
        put(all, "wrong-id", send(record(1, 6, 2, HELLO, 0)));
        put(all, "id-0", send(record(1, 6, 0, HELLO, 0)));
        put(all, "end-only", send(end(0, 0)));
        put(all, "overloaded", send(end(0, 2)));
        put(all, "cant-multiplex", send(end(0, 1)));
        put(all, "unknown-role", send(end(0, 3)));
        put(all, "app-status", send(out(HELLO), end(1, 0)));
        put(all, "end-empty", send(out(HELLO)), pause(100), send(record(1, 3, 1, "", 0)));
        put(all, "end-long", send(out(HELLO), record(1, 3, 1, "\0".repeat(16), 0)));
        put(all, "padding", send(record(1, 6, 1, HELLO, 7), record(1, 3, 1, "\0".repeat(8), 7)));
        put(all, "one-byte-records", send(split(HELLO)), send(end(0, 0)));
        put(all, "dribble", dribble(concat(out(HELLO), end(0, 0))));
        put(all, "data-after-end", send(out(HELLO), end(0, 0), out("more")));
        put(all, "largest-record", send(out(HEAD + "x".repeat(65_535 - HEAD.length())), end(0, 0)));
    }

    private static void heads(Map<String, Play> all) {
        put(all, "no-content-type", send(out("X-A: b\r\n\r\nhello"), end(0, 0)));
        put(all, "no-head", send(out("hello"), end(0, 0)));
        put(all, "html-without-head", send(out("<html><p>hi</p>\n</html>"), end(0, 0)));
        put(all, "lf-only", send(out("Content-Type: text/plain\n\nhello"), end(0, 0)));
        put(all, "header-no-colon", send(out("Content-Type: text/plain\r\nhello\r\n\r\nhello"), end(0, 0)));
        put(all, "header-nul", send(out("Foo: a\0b\r\n\r\nhello"), end(0, 0)));
        put(all, "header-unterminated", send(out("Content-Type: text/plain"), end(0, 0)));
        for (String each : List.of("abc", "1000", "", "200", "000", "-5", "200OK", "100", "101")) {
            put(
                    all,
                    "status-" + (each.isEmpty() ? "empty" : each),
                    send(out("Status: " + each + "\r\n" + HELLO), end(0, 0)));
        }
        put(all, "status-204-with-body", send(out("Status: 204 No Content\r\n" + HELLO), end(0, 0)));
        put(all, "location-only", send(out("Location: /x\r\n\r\n"), end(0, 0)));
        put(all, "header-5000", send(out("X-Big: " + "h".repeat(5000) + "\r\n" + HELLO), end(0, 0)));
        put(
                all,
                "header-70000",
                send(out("X-Big: " + "h".repeat(60_000)), out("h".repeat(10_000) + "\r\n" + HELLO), end(0, 0)));
        put(all, "length-short", send(out("Content-Length: 100\r\n" + HELLO)), pause(100), send(end(0, 0)));
        put(all, "length-long", send(out("Content-Length: 5\r\n" + HELLO + " world"), end(0, 0)));
        put(all, "stderr-then-ok", send(err("warn 1\n"), err("warn 2\n"), out(HELLO), end(0, 0)));
        put(all, "stderr-after-body", send(out(HELLO), err("late warn\n"), out("more"), end(0, 0)));
        put(all, "stderr-1m", send(repeat(err("e".repeat(32_768)), 32)), send(out(HELLO), end(0, 0)));
    }

    private static void endings(Map<String, Play> all) {
        put(all, "close");
        put(all, "reset", reset());
        put(all, "stderr-then-close", send(err("boom\n")));
        put(all, "close-in-record", send(concat(header(1, 6, 1, 200, 0), text("Content-Ty"))));
        put(all, "close-without-end", send(out(HELLO)));
        put(all, "close-without-end-length", send(out("Content-Length: 5\r\n" + HELLO)));
        put(all, "stdout-end-then-close", send(out(HELLO), out("")));
        put(all, "reset-after-head", send(out(HEAD)), pause(100), reset());
        put(all, "reset-after-20k", send(out(HEAD + "x".repeat(20_000))), pause(100), reset());
        put(all, "stall", hang());
        put(all, "stall-in-head", send(out("Content-Type: te")), hang());
        put(all, "stall-after-head", send(out(HEAD)), hang());
        put(all, "stall-in-body", send(out(HELLO)), hang());
        put(all, "end-then-hold", send(out(HELLO), end(0, 0)), hang());
        put(all, "end-then-reset", send(out(HELLO), end(0, 0)), pause(100), reset());
        put(all, "stdout-end-then-hold", send(out(HELLO), out("")), hang());
        put(all, "early-end", send(out(HEAD + "early"), end(0, 0)), pause(100), reset());
    }

    private static void put(Map<String, Play> all, String name, Act... acts) {
        all.put(name, new Play(List.of(acts)));
    }

    private static Act send(byte[]... pieces) {
        byte[] bytes = concat(pieces);
        return (connection, worker) -> connection.write(ByteBuffer.wrap(bytes));
    }

    private static Act dribble(byte[] bytes) {
        return (connection, worker) -> {
            for (byte each : bytes) {
                connection.write(ByteBuffer.wrap(new byte[] {each}));
                worker.pause(2_000_000, false);
            }
        };
    }

    private static Act pause(int millis) {
        return (connection, worker) -> worker.pause(millis * 1_000_000L, false);
    }

    private static Act hang() {
        return pause(60_000);
    }

    private static Act reset() {
        return (connection, worker) -> {
            worker.kill(Signal.KILL);
            throw new WorkerKilledException();
        };
    }

    private static byte[] out(String content) {
        return record(1, 6, 1, content, 0);
    }

    private static byte[] err(String content) {
        return record(1, 7, 1, content, 0);
    }

    private static byte[] end(int appStatus, int protocolStatus) {
        return concat(header(1, 3, 1, 8, 0), new byte[] {0, 0, 0, (byte) appStatus, (byte) protocolStatus, 0, 0, 0});
    }

    private static byte[] record(int version, int type, int id, String content, int padding) {
        byte[] bytes = text(content);
        return concat(header(version, type, id, bytes.length, padding), bytes, new byte[padding]);
    }

    private static byte[] header(int version, int type, int id, int length, int padding) {
        return new byte[] {
            (byte) version,
            (byte) type,
            (byte) (id >> 8),
            (byte) id,
            (byte) (length >> 8),
            (byte) length,
            (byte) padding,
            0
        };
    }

    private static byte[] split(String text) {
        List<byte[]> records = new ArrayList<>();
        for (char each : text.toCharArray()) {
            records.add(out(String.valueOf(each)));
        }
        return concat(records.toArray(new byte[0][]));
    }

    private static byte[] repeat(byte[] piece, int times) {
        var all = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) {
            all.writeBytes(piece);
        }
        return all.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] concat(byte[]... pieces) {
        var all = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            all.writeBytes(piece);
        }
        return all.toByteArray();
    }
}
