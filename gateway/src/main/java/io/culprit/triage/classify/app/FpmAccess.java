package io.culprit.triage.classify.app;

import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.Line;
import io.culprit.triage.classify.LineReader;
import io.culprit.triage.classify.Program;
import io.culprit.triage.classify.text.Stamp;
import io.culprit.triage.classify.text.Times;
import io.culprit.triage.classify.text.Words;
import org.jspecify.annotations.Nullable;

/**
 * PHP-FPM's access log: {@code IP - user dd/Mon/yyyy:HH:MM:SS +zzzz "METHOD URI" status}, then what {@code access.format} adds,
 * most often script, milliseconds, kilobytes and CPU. The time is the request's beginning.
 */
public final class FpmAccess implements LineReader {
    @Override
    public @Nullable Finding read(Line line) {
        String s = line.text();
        int dash = s.indexOf(" - ");
        if (dash < 0) {
            dash = s.startsWith("- -") ? 1 : -1;
        }
        if (dash < 0 || dash > 60) {
            return null;
        }
        int at = s.indexOf('/', dash) - 2;
        if (at < dash || at > dash + 80 || s.charAt(at - 1) != ' ') {
            return null;
        }
        Stamp stamp = Times.common(s, at);
        if (!stamp.exists() || !s.startsWith(" \"", stamp.end())) {
            return null;
        }
        int quote = s.indexOf('"', stamp.end() + 2);
        int status = quote + 2;
        if (quote < 0 || Words.digitsEnd(s, status) != status + 3) {
            return null;
        }
        Finding found = new Finding(Program.PHP_FPM_ACCESS, Finding.Kind.WORK)
                .at(stamp)
                .host(line.host())
                .requestLine(s.substring(stamp.end() + 2, quote))
                .status((int) Words.number(s, status, status + 3));
        String[] more = s.substring(status + 3).strip().split(" ");
        for (int i = 0; i < more.length; i++) {
            if (more[i].startsWith("/")) {
                found.script(more[i]);
            } else if (found.duration() < 0 && more[i].indexOf('.') > 0) {
                found.duration(Words.scaled(more[i], 1e3)); // %d is written as milliseconds: %{mili}d
            }
        }
        return found;
    }
}
