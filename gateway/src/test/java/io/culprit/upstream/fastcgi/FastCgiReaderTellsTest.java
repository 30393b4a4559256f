package io.culprit.upstream.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.upstream.exchange.ReaderHarness;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the reader says of a response while it comes and when it has ended: others decide and report by it. */
class FastCgiReaderTellsTest {
    private static final String HEAD = "Content-Type: a\r\n\r\n";
    private static final byte[] END = end(0, 0, 8);

    private final FastCgiResponseReader reader = new FastCgiResponseReader(400, 6, true);

    private static byte[] record(int type, byte[] content, int padding) {
        byte[] header = {1, (byte) type, 0, 1, (byte) (content.length >> 8), (byte) content.length, (byte) padding, 0};
        return FastCgiResponseReaderTest.join(header, content, new byte[padding]);
    }

    private static byte[] out(String content) {
        return record(6, content.getBytes(StandardCharsets.ISO_8859_1), 0);
    }

    private static byte[] end(int status, int protocol, int length) {
        byte[] content = new byte[length];
        for (int i = 0; i < 4; i++) {
            content[i] = (byte) (status >>> 24 - 8 * i);
        }
        content[4] = (byte) protocol;
        return record(3, content, 0);
    }

    private String read(String method, byte[]... records) {
        return ReaderHarness.read(reader, method, FastCgiResponseReaderTest.join(records));
    }

    private Failure failure(byte[]... records) {
        return ReaderHarness.failure(reader, FastCgiResponseReaderTest.join(records));
    }

    @Test
    void beforeTheFirstByteNothingIsTouched() {
        read("GET", new byte[0]);
        assertTrue(reader.untouched());
        assertTrue(reader.inHead());
        assertEquals(0, reader.headBytes());
        read("GET", new byte[] {1});
        assertFalse(reader.untouched());
        read("GET", out("Content-Type: "));
        assertTrue(reader.inHead());
        assertEquals("Content-Type: ".length(), reader.headBytes());
        read("GET", out(HEAD));
        assertFalse(reader.inHead());
        assertFalse(reader.endsWithConnection());
        assertEquals(Cause.FASTCGI_TRUNCATED, reader.truncated());
    }

    /** Whether a connection that ends now has still delivered all that was announced. */
    @Test
    void aBodyIsWholeWhenAsMuchHasComeAsWasAnnounced() {
        read("GET", out("Content-Length: 5\r\n" + HEAD + "hell"));
        assertFalse(reader.whole());
        assertEquals("4 of 5 bytes of the body", reader.bodyProgress());
        read("GET", out("Content-Length: 5\r\n" + HEAD + "hello"));
        assertTrue(reader.whole());
        Failure warning = reader.warning().orElseThrow();
        assertEquals(Cause.FASTCGI_TRUNCATED, warning.cause());
        assertTrue(warning.detail().contains("without END_REQUEST"), warning.detail());
        read("GET", out("Content-Length: 0\r\n" + HEAD));
        assertTrue(reader.whole());
        assertEquals("0 of 0 bytes of the body", reader.bodyProgress());
        read("GET", out("Content-Length: 0\r\n"));
        assertFalse(reader.whole(), "its head is not");
        read("GET", out(HEAD + "hello"));
        assertFalse(reader.whole(), "nobody has said how much it is");
        assertEquals("5 bytes of the body, without END_REQUEST", reader.bodyProgress());
    }

    @Test
    void aConnectionIsUsedAgainUnlessTooMuchCame() {
        read("GET", out("Content-Length: 5\r\n" + HEAD + "hello"), END);
        assertTrue(reader.reusable());
        assertEquals(Optional.empty(), reader.warning());
        read("GET", out("Content-Length: 4\r\n" + HEAD + "hello"), END);
        assertFalse(reader.reusable());
        assertEquals(
                "1 byte beyond Content-Length 4; they were dropped",
                reader.warning().orElseThrow().detail());
        read("GET", out("Status: 204\r\n\r\nhello"), out("you"), END);
        assertEquals(
                "8 bytes beyond a status without body; they were dropped",
                reader.warning().orElseThrow().detail());
        read("HEAD", out(HEAD + "hello"), END);
        assertTrue(reader.reusable(), "scripts that know no HEAD send a body all the same");
        var other = new FastCgiResponseReader(400, 6, false);
        ReaderHarness.read(other, "GET", FastCgiResponseReaderTest.join(out(HEAD), END));
        assertFalse(other.reusable(), "it was not asked to keep it");
    }

    @Test
    void theEndIsBehindItsPadding() {
        byte[] padded = record(3, new byte[8], 5);
        byte[] all = FastCgiResponseReaderTest.join(out(HEAD), padded);
        for (int cut = all.length - 13; cut <= all.length; cut++) {
            assertEquals("200 length -1 [] complete", ReaderHarness.read(reader, "GET", all, cut), "cut at " + cut);
        }
        assertEquals("200 length -1 [] open", ReaderHarness.read(reader, "GET", Arrays.copyOf(all, all.length - 1)));
        assertEquals(
                "200 length -1 [] complete", ReaderHarness.read(reader, "GET", all, all.length - 4, all.length - 2));
        assertEquals("200 length -1 [] complete +1", read("GET", all, new byte[1]));
        assertEquals("200 length -1 [] complete", read("GET", out(HEAD), end(0, 0, 12)), "longer is no harm");
        byte[] longer = FastCgiResponseReaderTest.join(out(HEAD), end(0, 0, 12));
        for (int cut = longer.length - 12; cut <= longer.length; cut++) {
            assertEquals("200 length -1 [] complete", ReaderHarness.read(reader, "GET", longer, cut), "cut at " + cut);
        }
        assertEquals("[] open", read("GET", new byte[] {1, 3, 0, 1, 0, 8, 0, 0, 0, 0}), "in the middle of it");
    }

    @Test
    void messagesAreTold() {
        read("GET", record(7, "o\n".getBytes(), 0), record(7, "no".getBytes(), 3));
        assertEquals("4 bytes of STDERR", reader.beside());
        assertEquals("o\nno", reader.stderr());
        assertEquals(List.of(new Evidence("stderr", "o\nno")), reader.evidence());
        read("GET", out(HEAD), END);
        assertEquals("", reader.beside(), "those of the request before are forgotten");
        assertEquals(List.of(), reader.evidence());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "16909060, 16909060", "-1, -1", "-2139062144, -2139062144", "8388608, 8388608", "128, 128"})
    void theExitStatusIsTold(int status, String told) {
        read("GET", out(HEAD), end(status, 0, 8));
        assertEquals(List.of(new Evidence("app_status", told)), reader.evidence());
        read("GET", out(HEAD));
        assertEquals(List.of(), reader.evidence(), "it is the last request's");
    }

    @Test
    void anIdleConnectionHoldsNothing() {
        read("GET", record(7, "oops".getBytes(), 0), out(HEAD), END);
        assertTrue(reader.held() >= ErrorStream.KEPT, "messages at least: " + reader.held());
        reader.rest();
        assertEquals(0, reader.held());
        assertEquals("200 length -1 [x] complete", read("GET", out(HEAD + "x"), END));
        var roomy = new FastCgiResponseReader(40_000, 6, true);
        ReaderHarness.read(
                roomy, "GET", FastCgiResponseReaderTest.join(out("X: " + "x".repeat(30_000) + "\r\n\r\n"), END));
        assertTrue(roomy.held() > 20_000, "a long head: " + roomy.held());
        roomy.rest();
        assertEquals(0, roomy.held());
    }

    @Test
    void whatBreaksOneResponseIsForgottenByTheNext() {
        for (byte[] torn : List.of(
                new byte[] {1, 6, 0},
                new byte[] {1, 6, 0, 1, 0, 9, 0, 0, 'X'},
                FastCgiResponseReaderTest.join(record(6, "X: y\r\n".getBytes(), 4)),
                new byte[] {1, 6, 0, 1, 0, 1, 9, 0, 'X', 0},
                new byte[] {1, 3, 0, 1, 0, 8, 0, 0, 9})) {
            read("GET", torn);
            assertEquals("200 length -1 [x] complete", read("GET", out(HEAD + "x"), END));
        }
    }

    @Test
    void whyThereIsNoHead() {
        assertEquals("the script ended without any output", failure(END).detail());
        assertEquals(
                "the application closed its output without any output",
                failure(out("")).detail());
        assertEquals(
                "the application closed its output after 5 bytes of output without the empty line that ends a head: \"X: yz\"",
                failure(out("X: yz"), out("")).detail());
        assertEquals(
                "the script ended after 4 of 5 bytes of the body",
                failure(out("Content-Length: 5\r\n" + HEAD + "hell"), END).detail());
    }

    @ParameterizedTest
    @CsvSource({
        "2:6:0:1, fastcgi.bad-version, 2",
        "72:84:84:80, fastcgi.bad-version, 72 (the upstream speaks HTTP)",
        "200:6:0:1, fastcgi.bad-version, 200",
        "1:10:0:0, fastcgi.bad-record, 10 (GET_VALUES_RESULT)",
        "1:11:0:0, fastcgi.bad-record, 11 (UNKNOWN_TYPE)",
        "1:12:0:0, fastcgi.bad-record, 12",
        "1:0:0:0, fastcgi.bad-record, 0",
        "1:200:0:0, fastcgi.bad-record, 200",
        "1:1:0:1, fastcgi.bad-record, 1 (BEGIN_REQUEST)",
        "1:6:0:2, fastcgi.bad-id, 2 (the request's is 1)",
        "1:6:1:1, fastcgi.bad-id, 257 (the request's is 1)",
        "1:6:200:200, fastcgi.bad-id, 51400 (the request's is 1)"
    })
    void aHeaderThatIsNoneIsShown(String header, String cause, String detail) {
        byte[] bytes = new byte[8];
        String[] numbers = header.split(":");
        for (int i = 0; i < numbers.length; i++) {
            bytes[i] = (byte) Integer.parseInt(numbers[i]);
        }
        Failure failure = failure(bytes);
        assertEquals(cause, failure.cause().id());
        assertEquals(detail, failure.detail());
        assertEquals("record", failure.evidence().get(0).name());
    }

    @Test
    void anEndThatIsNoneIsShown() {
        assertEquals(
                "3 (END_REQUEST) with 7 bytes instead of 8",
                failure(end(0, 0, 7)).detail());
        assertEquals(
                "3 (END_REQUEST) with protocolStatus 200",
                failure(end(0, 200, 8)).detail());
        assertTrue(failure(end(0, 2, 8)).detail().contains("it is overloaded"));
    }

    /** The two bytes of a length, the first of which is no small number. */
    @Test
    void longRecordsAreReadWhole() {
        String body = "b".repeat(65_000);
        assertEquals("200 length -1 [" + body + "] complete", read("GET", out(HEAD), out(body), END));
        byte[] far = record(6, HEAD.getBytes(), 255);
        assertEquals("200 length -1 [x] complete", read("GET", far, out("x"), END));
    }
}
