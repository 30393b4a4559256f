package io.culprit.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Normal forms of paths that stand within other bytes, at the bounds of segments and escapes. */
class PathNormalizerTest {
    private static String normal(String path) {
        byte[] bytes = ("/%" + path + "41/.").getBytes(StandardCharsets.ISO_8859_1);
        return PathNormalizer.normalize(bytes, 2, bytes.length - 4)
                .map(n -> new String(n, StandardCharsets.ISO_8859_1))
                .orElse("refused");
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', textBlock = """
            /%00, refused
            /%01, "/\u0001"
            /%10, "/\u0010"
            /%0g, refused
            /%g0, refused
            /a%, refused
            /a%4, refused
            /a%41, /aA
            /a%ff, /a\u00ff
            /%2E%2e/, refused
            /a/.., /
            /a/../, /
            /a/b/../.., /
            /a/b/../../.., refused
            /a/b/../c/, /a/c/
            /ab/../../c, refused
            /a/b/c/../../d, /a/d
            /a/.b, /a/.b
            /a/b., /a/b.
            /a/x., /a/x.
            /a/.x/, /a/.x/
            /a/b../c, /a/b../c
            /a//, /a/
            /a///b, /a/b
            /a/./, /a/
            /a/.//./b, /a/b
            /x/y, /x/y
            "", /
            /, /
            """)
    void aPathIsResolvedByItsSegments(String path, String expected) {
        assertEquals(expected, normal(path));
    }

    @ParameterizedTest
    @CsvSource({
        "/, true",
        "/a, true",
        "/a/, true",
        "/a., true",
        "/a/b.c/d, true",
        "/a/.b, false",
        "/a//b, false",
        "%, false"
    })
    void onlyTheGivenBytesAreLookedAt(String path, boolean normal) {
        byte[] bytes = ("//" + path + ".%").getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(normal, PathNormalizer.isNormal(bytes, 2, bytes.length - 2));
    }

    @Test
    void aPathWithoutEscapesIsItsOwnDecoded() {
        String path = "/a/b";
        assertSame(path, PathNormalizer.decoded(path));
    }

    @ParameterizedTest
    @CsvSource({
        "%41, A",
        "%4, %4",
        "%4g, %4g",
        "%g4, %g4",
        "a%41, aA",
        "%c3%A0x, \u00c3\u00a0x",
        "%2541, %41",
        "%%41, %A",
        "4%, 4%"
    })
    void escapesAreDecodedOnce(String path, String decoded) {
        assertEquals(decoded, PathNormalizer.decoded(path));
    }

    @Test
    void anEscapeThatIsCutAtTheEndOfTheBytesIsRefused() {
        for (String path : new String[] {"/%", "/%4", "%"}) {
            byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
            assertEquals(true, PathNormalizer.normalize(bytes, 0, bytes.length).isEmpty(), path);
        }
    }

    @Test
    void controlBytesAreDecodedToo() {
        assertEquals("a\u0001", PathNormalizer.decoded("a%01"));
    }
}
