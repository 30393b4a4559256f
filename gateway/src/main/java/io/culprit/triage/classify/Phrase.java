package io.culprit.triage.classify;

import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.app.PhpFpm;
import io.culprit.triage.classify.app.PhpMessage;
import io.culprit.triage.classify.proxy.Go;
import io.culprit.triage.classify.proxy.NginxError;
import io.culprit.triage.classify.text.Stamp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A known phrase anywhere in a line whose form is not known: a copy without head or tail, out of a chat or a terminal. */
final class Phrase implements LineReader {
    private static final String[] NGINX = {
        "connect() failed (",
        "connect() to ",
        "upstream timed out (",
        "upstream prematurely closed ",
        "recv() failed (",
        "readv() failed (",
        "writev() failed (",
        "no live upstreams while",
        "upstream sent ",
        "upstream SSL certificate ",
        "SSL_do_handshake() failed (",
        "peer closed connection in SSL handshake",
        "FastCGI sent in stderr",
        "rewrite or internal redirection cycle",
        "host not found in upstream",
        "no resolver defined to resolve",
        "limiting requests, excess",
        "client intended to send too large body"
    };
    private static final String[] FPM = {
        "server reached pm.max_children",
        "server reached max_children",
        "exited on signal ",
        "execution timed out (",
        "seems busy (you may"
    };

    @Override
    public @Nullable Finding read(Line line) {
        String s = line.text().replace('\u201c', '"').replace('\u201d', '"');
        for (String phrase : NGINX) {
            int at = s.indexOf(phrase);
            if (at >= 0) {
                int begin = begin(s, at);
                Finding whole =
                        begin < 0 ? null : new NginxError().read(line.inner(s.substring(begin), "", "", Stamp.NONE));
                if (whole != null) {
                    return whole;
                }
                Finding found = NginxError.message(s, at, -1);
                return found.kind() == Finding.Kind.NOISE ? null : again(found, Program.PHRASE, line);
            }
        }
        for (String phrase : FPM) {
            int at = s.indexOf(phrase);
            if (at >= 0) {
                int pool = s.indexOf("[pool ");
                int child = s.indexOf("child ");
                int from = pool >= 0 ? pool : child >= 0 && child < at ? child : at;
                Finding found = new PhpFpm()
                        .read(line.inner(
                                "[pool " + (pool >= 0 ? s.substring(from + 6) : "] " + s.substring(from)),
                                "",
                                "",
                                Stamp.NONE));
                return found == null || found.diagnoses().isEmpty()
                        ? null
                        : found.at(line.stamp()).host(line.host());
            }
        }
        Diagnosis php = PhpMessage.diagnosis(s);
        if (php != null) {
            return PhpMessage.judge(Program.PHRASE, s).at(line.stamp()).host(line.host());
        }
        List<Diagnosis> go =
                s.contains("dial tcp") || s.contains("dial unix") || s.contains("net/http: ") || s.contains("x509: ")
                        ? Go.causes(s)
                        : List.of();
        return go.isEmpty()
                ? null
                : Finding.error(Program.PHRASE).oneOf(go).at(line.stamp()).host(line.host());
    }

    /** Where nginx's line begins behind a prefix that is not known, -1 where it has no beginning. */
    private static int begin(String s, int phrase) {
        int level = s.lastIndexOf(" [", phrase);
        return level >= 19 && NginxError.recognises(s.substring(level - 19)) ? level - 19 : -1;
    }

    private static Finding again(Finding found, Program program, Line line) {
        Finding copy = new Finding(program, found.kind())
                .oneOf(found.diagnoses())
                .blame(found.blame())
                .upstream(found.upstream())
                .client(found.client())
                .site(found.site())
                .request(found.method(), found.target())
                .script(found.script());
        return copy.at(line.stamp()).host(line.host());
    }
}
