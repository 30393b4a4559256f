package io.culprit.upstream.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culprit.upstream.exchange.ReaderHarness;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Records in, calls out; any cut of the bytes gives the same. */
class FastCgiResponseReaderTest {
    static final String HEAD = "Content-Type: text/plain\r\n\r\n";
    static final byte[] END = join(new byte[] {1, 3, 0, 1, 0, 8, 0, 0}, new byte[8]);

    static byte[] join(byte[]... pieces) {
        var all = new ByteArrayOutputStream();
        for (byte[] each : pieces) {
            all.writeBytes(each);
        }
        return all.toByteArray();
    }

    static byte[] record(int type, String content, int padding) {
        byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
        return join(
                new byte[] {1, (byte) type, 0, 1, (byte) (bytes.length >> 8), (byte) bytes.length, (byte) padding, 0},
                bytes,
                new byte[padding]);
    }

    static byte[] out(String content) {
        return record(6, content, 0);
    }

    private static FastCgiResponseReader reader() {
        return new FastCgiResponseReader(400, 6, false);
    }

    private static void reads(String expected, byte[]... records) {
        reads("GET", expected, records);
    }

    private static void reads(String method, String expected, byte[]... records) {
        byte[] bytes = join(records);
        var reused = reader();
        for (int cut = 0; cut <= bytes.length; cut++) {
            assertEquals(expected, ReaderHarness.read(reader(), method, bytes, cut), "cut at " + cut);
            assertEquals(expected, ReaderHarness.read(reused, method, bytes, cut), "reused, cut at " + cut);
        }
        int[] everywhere = new int[bytes.length];
        for (int i = 0; i < everywhere.length; i++) {
            everywhere[i] = i + 1;
        }
        assertEquals(expected, ReaderHarness.read(reader(), method, bytes, everywhere), "byte by byte");
    }

    @Test
    void ordinaryResponses() {
        reads("200 length -1 [hello] complete", out(HEAD + "hello"), END);
        reads("200 length -1 [hello] complete", record(6, HEAD, 3), record(6, "hel", 7), out("lo"), out(""), END);
        reads("404 length -1 [no] complete", out("Status: 404 Not Found\r\n" + HEAD + "no"), END);
        reads("302 length -1 [] complete", out("Location: /x\r\n\r\n"), END);
        reads("200 length 5 [hello] complete", out("Content-Length: 5\r\n" + HEAD + "hello"), END);
        reads("HEAD", "200 length 0 [] complete", out("Content-Length: 5\r\n" + HEAD), END);
    }

    @Test
    void whatTheApplicationSaysIsKept() {
        reads(
                "200 length -1 [ab] complete stderr \"one|two\"",
                record(7, "one\n", 4),
                out(HEAD + "a"),
                record(7, "two\n", 0),
                out("b"),
                END);
    }

    @Test
    void onlyEndRequestEndsAResponse() {
        reads("200 length -1 [hello] open", out(HEAD + "hello"));
        reads("200 length -1 [hello] open", out(HEAD + "hello"), out(""));
    }

    @Test
    void lengthsAreChecked() {
        reads("200 length 9 [hello] fastcgi.truncated", out("Content-Length: 9\r\n" + HEAD + "hello"), END);
        reads("200 length 4 [hell] complete warning body.excess", out("Content-Length: 4\r\n" + HEAD + "hello"), END);
        reads("204 length 0 [] complete warning body.excess", out("Status: 204\r\n\r\nhello"), END);
    }

    @Test
    void everyWayToEndWithoutAHead() {
        reads("[] fastcgi.no-head", END);
        reads("[] fastcgi.no-head", out("hello"), END);
        reads("[] fastcgi.no-head", out(""), END);
        reads("[] fastcgi.bad-head", out("<html>\n"), END);
        reads("[] fastcgi.bad-head", out("Content-Type: a\r\nhello\r\n\r\n"), END);
        reads("[] fastcgi.bad-head", out("Status: 2000\r\n\r\n"), END);
        reads("[] fastcgi.bad-head", out("HTTP/1.1 404 Not Found\r\nContent-Type: a\r\n\r\n"), END);
        reads("[] fastcgi.bad-head", out("hello\n\n"), END);
        reads("[] fastcgi.bad-head", out("Status: 200\r\nStatus: 404\r\n\r\n"), END);
        reads("[] head.unrequested-upgrade", out("Status: 101\r\n\r\n"), END);
        reads("[] head.bad-length", out("Content-Length: x\r\n\r\n"), END);
        reads("[] head.too-big", out("X: " + "x".repeat(500) + "\r\n"), END);
    }

    @Test
    void recordsAreJudgedVersionFirstThenTypeThenId() {
        reads("[] fastcgi.bad-version", "HTTP/1.1 400 Bad Request".getBytes());
        reads("[] fastcgi.bad-record", new byte[] {1, 10, 0, 0, 0, 0, 0, 0});
        reads("[] fastcgi.bad-id", new byte[] {1, 6, 0, 2, 0, 0, 0, 0});
        reads("[] fastcgi.bad-record", new byte[] {1, 3, 0, 1, 0, 4, 0, 0, 0, 0, 0, 0});
        reads("[] fastcgi.overloaded", new byte[] {1, 3, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0});
        reads("[] fastcgi.cant-multiplex", new byte[] {1, 3, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0});
        reads("[] fastcgi.unknown-role", new byte[] {1, 3, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0});
        reads("[] fastcgi.bad-record", new byte[] {1, 3, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0});
    }

    @Test
    void aMegabyteOfMessagesIsCountedAndNotKept() {
        var errors = new ErrorStream();
        for (int i = 0; i < 64; i++) {
            errors.take(java.nio.ByteBuffer.wrap(new byte[16_384]), 16_384);
        }
        String text = errors.text();
        assertEquals(
                true, text.length() < ErrorStream.KEPT + 64 && text.endsWith("+1044480 bytes"), text.substring(4000));
    }
}
