package io.culprit.proof.front.facts;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says what bytes in clear are: answers of HTTP/1.1, alerts of TLS, or neither. */
final class FrontAnswers {
    private static final Pattern HEAD =
            Pattern.compile("\\AHTTP/1\\.[01] (\\d{3})[^\\r\\n]*\\r\\n(.*?)\\r\\n\\r\\n", Pattern.DOTALL);
    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+)");
    private static final Pattern CHUNKED = Pattern.compile("(?im)^transfer-encoding:");
    private static final Pattern LAST_CHUNK = Pattern.compile("(?:^|\\r\\n)0\\r\\n\\r\\n");
    /** front-cases.tsv shows no more of a tunnel. */
    private static final int SHOWN = 24;

    private FrontAnswers() {}

    static void judge(byte[] bytes, boolean secured, FrontVerdict verdict) {
        if (!secured && bytes.length > 4 && bytes[0] >= 20 && bytes[0] <= 23 && bytes[1] == 3) {
            records(bytes, verdict);
        } else {
            answers(new String(bytes, StandardCharsets.ISO_8859_1), verdict);
        }
    }

    /** Alerts by their number; a record of 19 bytes is one that only who has the keys can read. */
    private static void records(byte[] bytes, FrontVerdict verdict) {
        for (int at = 0; at + 5 <= bytes.length; ) {
            int length = (bytes[at + 3] & 0xff) << 8 | bytes[at + 4] & 0xff;
            if (bytes[at] == 21 && length == 2 && at + 7 <= bytes.length) {
                verdict.alert(bytes[at + 6]);
            } else if (bytes[at] == 23 && length == 19) {
                verdict.word("sealed");
            } else {
                verdict.word("record " + bytes[at]);
            }
            at += 5 + length;
        }
    }

    private static void answers(String all, FrontVerdict verdict) {
        String text = all;
        while (!text.isEmpty()) {
            // a head without fields ends with its first line
            Matcher head = HEAD.matcher(
                    text.replaceFirst("\\A(HTTP/1\\.[01] \\d{3}[^\\r\\n]*\\r\\n)\\r\\n", "$1X: x\r\n\r\n"));
            if (!head.find()) {
                verdict.word(text.startsWith("HTTP/1.") ? "torn" : "raw");
                return;
            }
            verdict.word(head.group(1));
            int status = Integer.parseInt(head.group(1));
            text = text.substring(text.indexOf("\r\n\r\n") + 4);
            if (status == 101) {
                tunnel(text, verdict);
                return;
            }
            text = status < 200 || status == 204 || status == 304 ? text : behindBody(head.group(2), text, verdict);
        }
    }

    private static void tunnel(String text, FrontVerdict verdict) {
        if (text.chars().anyMatch(c -> c < ' ' || c > '~')) {
            verdict.word("raw");
        } else if (!text.isEmpty()) {
            verdict.word(text.substring(0, Math.min(SHOWN, text.length())));
        }
    }

    private static String behindBody(String fields, String text, FrontVerdict verdict) {
        Matcher length = LENGTH.matcher(fields);
        if (CHUNKED.matcher(fields).find()) {
            Matcher last = LAST_CHUNK.matcher(text);
            if (last.find()) {
                return text.substring(last.end());
            }
            verdict.word("torn");
        } else if (length.find()) {
            int announced = Integer.parseInt(length.group(1));
            if (text.length() >= announced) {
                return text.substring(announced);
            }
            verdict.word("torn");
        }
        return ""; // the rest is the body
    }
}
