package io.culprit.fuzz;

import io.culprit.triage.probe.Answer;
import io.culprit.triage.whose.Authorship;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Any bytes as a saved response: who wrote it is judged, or it is said why it is none. */
public final class AnswersFuzzTarget {
    private AnswersFuzzTarget() {}

    public static List<byte[]> seeds() {
        return Stream.of(
                        "HTTP/1.1 502 Bad Gateway\r\nServer: nginx/1.22.1\r\nContent-Length: 4\r\n\r\n<html>",
                        "HTTP/2 521\r\nserver: cloudflare\r\ncf-ray: 7d1-FRA\r\nvia: 1.1 varnish, 1.1 google\r\n\r\nerror code: 521",
                        "HTTP/1.1 503 x\r\nProxy-Status: edge; error=connection_refused; cause=\"connect.refused\"; details=\"a\\\"b\"\r\n\r\n")
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1))
                .toList();
    }

    public static void fuzzerTestOneInput(byte[] input) {
        Answer answer;
        try {
            answer = Answer.parse(input);
        } catch (IllegalArgumentException e) {
            if (e.getMessage() == null || e.getMessage().isEmpty()) {
                throw new AssertionError("no word of what is wrong", e);
            }
            return;
        }
        Authorship.of(answer);
    }
}
