package io.culprit.reply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.http.Field;
import io.culprit.http.HeaderBlock;
import io.culprit.http.HeaderName;
import io.culprit.http.HttpResponseHead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of an upstream's fields reach the client. */
class HeadChangesTest {
    private static List<String> passed(String lines, HeadChanges changes) throws Exception {
        HttpResponseHead head = new HttpResponseHead(4096, 50);
        head.reset();
        assertTrue(head.read(ByteBuffer.wrap(
                ("HTTP/1.1 200 OK\r\n" + lines.replace("~", "\r\n") + "\r\n").getBytes(StandardCharsets.US_ASCII))));
        HeaderBlock headers = head.headers();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < headers.count(); i++) {
            if (!changes.drops(head, headers.name(i), i, headers.has(HeaderName.CONNECTION))) {
                names.add(headers.nameText(i));
            }
        }
        return names;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            X-A: 1~Date: d~Server: s~                              | X-A Date Server
            Content-Length: 2~X-A: 1~                              | X-A
            Transfer-Encoding: chunked~Trailer: X-T~X-A: 1~        | Trailer X-A
            Connection: X-B, Date~X-B: 1~Date: d~X-A: 1~           | Date X-A
            Keep-Alive: timeout=5~Upgrade: h2c~Proxy-Connection: x~X-A: 1~ | X-A
            X-Accel-Redirect: /secret~X-Sendfile: /etc~X-A: 1~     | X-A
            X-B: 1~                                                | X-B
            """)
    void whatConcernsOneConnectionOrSpeaksToTheGatewayStays(String lines, String names) throws Exception {
        assertEquals(List.of(names.split(" ")), passed(lines, HeadChanges.NONE));
    }

    @ParameterizedTest
    @CsvSource({"x-powered-by, 1", "x-other, 2", "X-POWERED, 2"})
    void whatARouteRemovesStays(String removed, int left) throws Exception {
        HeadChanges changes = new HeadChanges(List.of(removed.toLowerCase()), List.of());
        assertEquals(left, passed("X-Powered-By: php~X-A: 1~", changes).size());
    }

    @ParameterizedTest
    @CsvSource({"'', '', 0", "X-A, b, 8"})
    void theBoundIsWhatTheLinesTake(String name, String value, int bound) {
        List<Field> added = name.isEmpty() ? List.of() : List.of(new Field(name, value));
        assertEquals(bound, new HeadChanges(List.of(), added).bound());
    }
}
