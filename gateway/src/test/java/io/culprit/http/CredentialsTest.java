package io.culprit.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is covered of a sample, and that everything around it stays. */
class CredentialsTest {
    private static String masked(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        Credentials.mask(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, quoteCharacter = '"', textBlock = """
            Cookie: a=b|Cookie:****
            cookie:a|cookie:*
            Cookie:|Cookie:
            Cookie|Cookie
            Cookie\\s|Cookie\\s
            Cookie\\t\\13\\f\\r: a|Cookie\\t\\13\\f\\r:**
            Cookie\\n: a|Cookie\\n:**
            Cookie; a|Cookie; a
            Coo kie: a|Coo kie: a
            A: 1\\nCookie: a\\nB: 2|A: 1\\nCookie:**\\nB: 2
            Cookie: a\\r\\n b\\r\\nB: 2|Cookie:*******\\nB: 2
            Cookie: a\\n\\tb|Cookie:*****
            Cookie: a\\n|Cookie:**\\n
            Cookie: a\\nb: c|Cookie:**\\nb: c
            A: 1\\r\\n\\r\\nCookie: a|A: 1\\r\\n\\r\\nCookie:**
            \\r\\tCookie: a|\\r\\tCookie:**
            A: 1\\n Cookie: a|A: 1\\n Cookie:**
            \\bCookie: a|\\bCookie: a
            \\16Cookie: a|\\16Cookie: a
            key: a|key: a
            X: Cookie: a|X: Cookie: a
            a.z_9%0-token: a|a.z_9%0-token:**
            A.Z_9%0-TOKEN: a|A.Z_9%0-TOKEN:**
            tokens: a|tokens:**
            toke: a|toke: a
            """)
    void theValueOfACredentialsHeader(String text, String shown) {
        assertEquals(shown.translateEscapes(), masked(text.translateEscapes()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            GET /?token=abc HTTP/1.1       | GET /?token=*** HTTP/1.1
            GET /?token=abc                | GET /?token=***
            GET /?token=                   | GET /?token=
            GET /?token                    | GET /?token
            GET /?                         | GET /?
            GET /?a=1&sig=abc&b=2 HTTP/1.1 | GET /?a=1&sig=***&b=2 HTTP/1.1
            GET /?sig=abc#top              | GET /?sig=***#top
            GET /?sig=a&&sid=b             | GET /?sig=*&&sid=*
            GET /?sig=a?pwd=b              | GET /?sig=*******
            GET /?monkey=a                 | GET /?monkey=a
            GET /?keys=a                   | GET /?keys=a
            GET /?KEY=a                    | GET /?KEY=*
            GET /?my_Session.id=a          | GET /?my_Session.id=*
            GET /key=a                     | GET /key=a
            GET /?key:a                    | GET /?key:a
            GET /?key=a\\nb                 | GET /?key=*\\nb
            """)
    void theValueOfACredentialInAQuery(String text, String shown) {
        assertEquals(shown.translateEscapes(), masked(text.translateEscapes()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "token",
                "secret",
                "passw",
                "apikey",
                "api-key",
                "api_key",
                "signature",
                "session",
                "credential",
                "cookie",
                "authorization"
            })
    void theseWithinANameMakeItACredential(String part) {
        assertEquals("x-" + part + "s:*", masked("x-" + part + "s:a"));
        assertEquals("?x-" + part + "s=*", masked("?x-" + part + "s=a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"key", "sig", "sid", "auth", "code", "jwt", "pass", "pwd"})
    void theseAreCredentialsInAQueryOnly(String name) {
        assertEquals("?" + name + "=*", masked("?" + name + "=a"));
        assertEquals(name + ":a", masked(name + ":a"));
    }

    @Test
    void nothingIsNothing() {
        assertEquals("", masked(""));
    }
}
