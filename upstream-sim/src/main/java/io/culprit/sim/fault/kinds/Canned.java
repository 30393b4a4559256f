package io.culprit.sim.fault.kinds;

import io.culprit.sim.fault.Fault;
import io.culprit.sim.fault.Spec;
import io.culprit.sim.protocol.HttpRequest;
import io.culprit.sim.protocol.RequestReader;
import io.culprit.sim.protocol.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Malformed responses that are nothing but their bytes: the list reads as a document of what goes wrong. */
public final class Canned implements Fault {
    private final String name;
    private final String help;
    private final String bytes;

    Canned(String name, String help, String bytes) {
        this.name = name;
        this.help = help;
        this.bytes = bytes;
    }

    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String HELLO = "Content-Length: 5\r\n\r\nhello";
    private static final String CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n";

    /** All malformed responses. */
    public static List<Fault> all() {
        return List.of(
                new Canned("status-1000", "a status of four digits", "HTTP/1.1 1000 Big\r\n" + HELLO),
                new Canned("status-099", "a status below 100", "HTTP/1.1 099 Small\r\n" + HELLO),
                new Canned("status-000", "a status of zeros", "HTTP/1.1 000 None\r\n" + HELLO),
                new Canned("status-999", "the highest status", "HTTP/1.1 999 Odd\r\n" + HELLO),
                new Canned("no-reason", "a status line without a reason", "HTTP/1.1 200\r\n" + HELLO),
                new Canned("double-space", "two spaces before the status", "HTTP/1.1  200 OK\r\n" + HELLO),
                new Canned("lower-case", "http in lower case", "http/1.1 200 OK\r\n" + HELLO),
                new Canned("leading-crlf", "an empty line before the status line", "\r\n" + OK + HELLO),
                new Canned("status-abc", "a status that is no number", "HTTP/1.1 abc OK\r\n" + HELLO),
                new Canned("version-2", "HTTP/2.0 in the status line", "HTTP/2.0 200 OK\r\n" + HELLO),
                new Canned("http09", "a body without any head", "<html>hello</html>"),
                new Canned("header-no-colon", "a header line without a colon", OK + "Foobar\r\n" + HELLO),
                new Canned("header-space-colon", "white space before the colon", OK + "Foo : bar\r\n" + HELLO),
                new Canned("header-bad-name", "a header name with forbidden bytes", OK + "F@o(x: 1\r\n" + HELLO),
                new Canned("header-obs-fold", "a folded header line", OK + "Foo: a\r\n b\r\n" + HELLO),
                new Canned("header-nul", "a NUL in a header value", OK + "Foo: a\0b\r\n" + HELLO),
                new Canned(
                        "length-differ",
                        "two Content-Lengths that differ",
                        OK + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
                new Canned("length-abc", "a Content-Length that is no number", OK + "Content-Length: abc\r\n\r\nhello"),
                new Canned("length-plus", "a Content-Length with a sign", OK + "Content-Length: +5\r\n\r\nhello"),
                new Canned("length-empty", "an empty Content-Length", OK + "Content-Length:\r\n\r\nhello"),
                new Canned("length-same", "two equal Content-Lengths", OK + "Content-Length: 5\r\n" + HELLO),
                new Canned("length-list", "a list of equal Content-Lengths", OK + "Content-Length: 5, 5\r\n\r\nhello"),
                new Canned("body-204", "a body behind 204", "HTTP/1.1 204 No Content\r\n" + HELLO),
                new Canned("body-304", "a body behind 304", "HTTP/1.1 304 Not Modified\r\n" + HELLO),
                new Canned(
                        "chunked-http10",
                        "chunks in an HTTP/1.0 response",
                        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
                new Canned("chunk-bad-second", "a bad second chunk size", CHUNKED + "5\r\nhello\r\nxyz\r\nhello\r\n"),
                new Canned("chunk-truncated", "a chunk that ends too early", CHUNKED + "5\r\nhel"),
                new Canned("chunk-no-last", "no last chunk", CHUNKED + "5\r\nhello\r\n"),
                new Canned("head-unfinished", "header lines but no empty line", OK + "Foo: bar\r\n"),
                new Canned(
                        "length-and-chunked",
                        "Content-Length and Transfer-Encoding together",
                        OK + "Transfer-Encoding: chunked\r\n" + HELLO),
                new Canned(
                        "coding-unknown",
                        "an unknown Transfer-Encoding",
                        OK + "Transfer-Encoding: xchunked\r\n\r\nhello"),
                new Canned(
                        "coding-gzip",
                        "Transfer-Encoding: gzip, chunked",
                        OK + "Transfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
                new Canned("chunk-bad-size", "a chunk size that is no number", CHUNKED + "xyz\r\nhello\r\n0\r\n\r\n"),
                new Canned("chunk-missing-crlf", "chunk data without its line end", CHUNKED + "5\r\nhello0\r\n\r\n"),
                new Canned("trailer-bad", "a malformed trailer", CHUNKED + "5\r\nhello\r\n0\r\nFoo bar\r\n\r\n"),
                new Canned(
                        "switch-protocols",
                        "101 although nobody asked",
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nxyz"));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String help() {
        return help;
    }

    @Override
    public boolean play(Wire wire, HttpRequest request, Spec spec) throws IOException {
        RequestReader.body(wire.in(), request);
        wire.send(bytes.getBytes(StandardCharsets.ISO_8859_1)).closeGently();
        return false;
    }
}
