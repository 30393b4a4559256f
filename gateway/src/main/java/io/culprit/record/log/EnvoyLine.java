package io.culprit.record.log;

import io.culprit.dialect.Answer;
import io.culprit.dialect.Dialect;
import io.culprit.dialect.DialectTable;
import io.culprit.failure.Attempt;
import io.culprit.failure.Failure;
import io.culprit.failure.Outcome;
import java.util.List;

/**
 * Envoy's default format (its access log documentation, "Default format string"): response flags and response code
 * details as Envoy would have given them, then durations in milliseconds. {@code X-Forwarded-For} is the client.
 */
final class EnvoyLine implements LineFormat {
    private final DialectTable dialects;
    private final Clock clock = new Clock(LogText.ISO_SECOND);

    EnvoyLine(DialectTable dialects) {
        this.dialects = dialects;
    }

    @Override
    public void append(Outcome o, Line line) {
        List<Attempt> attempts = o.attempts();
        Attempt last = attempts.isEmpty() ? null : attempts.get(attempts.size() - 1);
        line.add('[').add(clock.at(o.epochMillis())).add('.');
        int fraction = (int) Math.floorMod(o.epochMillis(), 1000L);
        line.add(Integer.toString(1000 + fraction).substring(1)).add("Z] \"");
        CombinedLine.request(o, line);
        line.add("\" ").add(o.status()).add(' ');
        flags(o, line);
        line.add(" - \"");
        line.escaped(o.failure() == null ? "-" : o.failure().detail()).add("\" ");
        line.add(o.bytesFromClient()).add(' ').add(o.bytesToClient()).add(' ');
        line.add(o.durationNanos() / 1_000_000).add(' ');
        line.add(
                last == null || last.status() == 0
                        ? "-"
                        : Long.toString((last.totalNanos() - Math.max(0, last.bodyNanos())) / 1_000_000));
        line.add(" \"").add(o.client()).add("\" \"").orDash(o.userAgent()).add("\" \"");
        line.escaped(o.requestId()).add("\" \"").orDash(o.host()).add("\" \"");
        line.add(last == null ? "-" : last.peer()).add('"');
    }

    /** Flag and details, as the dialect table has them: "UF upstream_reset_before_response_started{...}". */
    private void flags(Outcome o, Line line) {
        Failure failure = o.failure();
        if (failure == null) {
            line.add(o.attempts().isEmpty() ? "- direct_response" : "- via_upstream");
            return;
        }
        Answer answer = dialects.answer(failure.cause(), Dialect.ENVOY);
        String flag = answer.flag();
        boolean known = !flag.equals("?");
        line.add(known ? flag : "-");
        if (!known || flag.indexOf(' ') < 0) {
            line.add(flag.equals("-") && o.attempts().isEmpty() ? " direct_response" : " via_upstream");
        }
    }
}
